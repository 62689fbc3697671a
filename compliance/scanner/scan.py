"""Run every check over the matter, let context speak, and give findings back in the words as written."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from compliance.scanner.answers import asserted, given, wrong_options
from compliance.scanner.check import Check, Hit, Matter
from compliance.scanner.context import claimed, excuse
from compliance.scanner.cues import BOASTS, MARKED_WRONG, NO_MATTER_SHARING
from compliance.scanner.frames import names_in
from compliance.scanner.hearing import hear
from compliance.scanner.kinship import nearest
from compliance.scanner.likeness import likeness
from compliance.scanner.matter import ALL_SECTORS, Excuse, Finding, Report, Severity, Shape, Text, let_through
from compliance.scanner.normalise import View
from compliance.scanner.pack import Pack, default_pack
from compliance.scanner.place import clause_at, sentence_at
from compliance.scanner.rewording import Look, offered_words, with_rewording
from compliance.scanner.spans import Spans
from compliance.scanner.work import (
    TOO_DEAR,
    TOO_MANY,
    WORDINGS_OF_A_CONTENT,
    WORDINGS_OF_A_FIELD,
    TooMuchWork,
    Work,
    capped,
    too_long,
    unread,
)
from kernel.registry import discover

ENGINE = "6"
ALIKE_RULE = "LK-01"
ALIKE = -0.2
SHORT_ALIKE = 0.5
EXCUSED_ALIKE = 1.8
ANSWER_ALIKE = 0.0
VOUCHED = -1.0
VOUCHED_WITHOUT_CUE = -3.0
SETTLING = frozenset(
    {"marked_wrong", "inline_choice", "wrong_option", "taught", "explained", "reads_honestly", "denied"}
)
NEVER_VOUCHED = frozenset({"factual_error"})
UNVOUCHED_IN_A_TITLE = frozenset({"absolute_term"})  # a headline boasts, it teaches nothing
SOLD = frozenset(  # what nobody may say of our own goods, however honest the words around
    {
        "principal_protection",
        "guaranteed_return",
        "risk_downplay",
        "deposit_confusion",
        "insurance_misleading",
        "loan_misleading",
        "securities_advice",
        "credit_repair_scam",
    }
)
VOUCHED_ON_CUE_ONLY = frozenset({"privacy_overcollect", "past_performance", "credit_repair_scam"})
SENTENCE_VOUCHED = 0.5
CLAUSE_VOUCHED = 2.5
HONEST_FRAMES = frozenset({"BAN", "WARN", "FRAUD", "JUDGE", "LAW", "PUNISH", "REFUSE"})
SHORT = 10
SHORTEST = 6
INNER_QUOTES = str.maketrans("“”", "‘’")
LONGEST_PASSAGE = 80
SPELT = re.compile(r"[a-z]{2}")
SENTENCE_END = re.compile(r"[。!?;\n]")


@lru_cache(maxsize=1)
def checks() -> tuple[Check, ...]:
    """Every check in the checks folder, in name order."""
    return tuple(module.CHECK for module in discover("compliance.checks"))


def pack_hash(pack: Pack | None = None) -> str:
    """Names the rules and the engine that gave a result."""
    return f"{ENGINE}-{(pack or default_pack()).hash[:32]}"


def scan(
    texts: Sequence[Text],
    sector: str = ALL_SECTORS,
    *,
    shape: Shape | None = None,
    pack: Pack | None = None,
    reword: bool = True,
) -> list[Finding]:
    """Findings over these fields, in their order; with `reword`, each with a wording that passes, if any."""
    pack = pack or default_pack()
    findings = examine(texts, sector, shape=shape, pack=pack).findings
    return _reworded(texts, sector, pack, findings) if reword else findings


def scan_with_excused(
    texts: Sequence[Text], sector: str, *, shape: Shape | None = None, pack: Pack
) -> tuple[list[Finding], list[Excuse]]:
    """As `scan`, and what was seen and let through: a passage once, nothing that a finding covers."""
    report = examine(texts, sector, shape=shape, pack=pack)
    return _reworded(texts, sector, pack, report.findings), let_through(report)


def examine(
    texts: Sequence[Text], sector: str = ALL_SECTORS, *, shape: Shape | None = None, pack: Pack | None = None
) -> Report:
    """As `scan` without wordings, with the excused hits and their reasons."""
    return _read(texts, sector, shape, pack or default_pack())


def _reworded(texts: Sequence[Text], sector: str, pack: Pack, findings: Sequence[Finding]) -> list[Finding]:
    fields = {text.path: text for text in texts}
    beside: dict[str, list[Finding]] = defaultdict(list)
    for one in findings:
        beside[one.path].append(one)
    work = {path: Work(WORDINGS_OF_A_FIELD) for path in fields}
    spent, reworded = 0, []
    for one in findings:
        if one.path not in fields:
            reworded.append(one)
            continue
        if spent > WORDINGS_OF_A_CONTENT:
            reworded.append(replace(one, replacement=None))
            continue
        before = work[one.path].spent
        look = _looking(fields[one.path], sector, pack, work[one.path])
        reworded.append(with_rewording(fields[one.path].text, beside[one.path], one, pack, look))
        spent += work[one.path].spent - before
    return reworded


def _looking(field: Text, sector: str, pack: Pack, work: Work) -> Look:
    """Reads the same field with other words in it, by itself. Raises TooMuchWork."""
    return lambda words: _read_within([replace(field, text=words)], sector, None, pack, work).findings


def _read(texts: Sequence[Text], sector: str, shape: Shape | None, pack: Pack) -> Report:
    """The report; where there is more than may be read, a report that says so and blocks."""
    if long := too_long(texts):
        return Report([unread(pack, rule, path) for rule, path in long])
    try:
        report = _read_within(texts, sector, shape, pack, Work())
    except TooMuchWork:
        return Report([unread(pack, TOO_DEAR, texts[0].path if texts else "")])
    report.findings, more = capped(report.findings)
    if more:
        report.findings.append(unread(pack, TOO_MANY, report.findings[-1].path))
    return report


def _read_within(texts: Sequence[Text], sector: str, shape: Shape | None, pack: Pack, work: Work) -> Report:
    matter = Matter.of(texts, sector, pack, shape, work)
    report = _judged(matter)
    heard = [hear(view) for view in matter.views]
    changed = [index for index, view in enumerate(heard) if view is not None]
    if changed:
        report.findings, excused = _with_heard(matter, heard, changed, report.findings)
        report.excuses += excused
    return report


def _with_heard(
    matter: Matter, heard: Sequence[View | None], changed: Sequence[int], findings: list[Finding]
) -> tuple[list[Finding], list[Excuse]]:
    """What is found once disguised words are put right, beside what stands there plainly; what is excused."""
    groups = {matter.texts[index].group for index in changed} - {""}
    among = [
        index
        for index, text in enumerate(matter.texts)
        if heard[index] is not None or (text.group and text.group in groups)
    ]
    again = Matter(
        tuple(matter.texts[index] for index in among),
        tuple(heard[index] or matter.views[index] for index in among),
        matter.sector,
        matter.pack,
        work=matter.work,
    )
    matter.work.characters(sum(len(view.text) for view in again.views))
    paths = {matter.texts[index].path for index in changed}
    told: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for known in findings:
        told[known.path].append((known.start, known.end))
    plain = {path: Spans(told[path]) for path in paths}
    report = _judged(again)
    added = [
        one
        for one in report.findings
        if one.path in paths
        and not plain[one.path].touch(one.start, one.end)
        and not (one.rule == ALIKE_RULE and told[one.path])
    ]
    places = {text.path: place for place, text in enumerate(matter.texts)}
    found = sorted(
        [*findings, *added], key=lambda one: (places.get(one.path, -1), one.start, one.end, one.rule)
    )
    return found, [one for one in report.excuses if one.path in paths]


def _judged(matter: Matter) -> Report:
    wrong = [wrong_options(text.text) for text in matter.texts]
    report = Report()
    kept: list[Hit] = []
    for check in checks():
        for hit in check.examine(matter):
            matter.work.hit()
            if hit.index < 0:
                kept.append(hit)
                continue
            reason = _inline_wrong(matter, hit, wrong[hit.index]) or excuse(matter, hit)
            if reason is None and _vouched(matter, hit):
                reason = "reads_honestly"
            if reason is None:
                kept.append(hit)
            else:
                start, end = matter.views[hit.index].span(hit.begin, hit.end)
                text = matter.texts[hit.index]
                said = text.text[start:end]
                report.excuses.append(
                    Excuse(hit.rule, text.path, start, end, reason, hit.category, hit.severity, said)
                )
    kept += _second_reading(matter, kept, report.excuses)
    report.findings = [_finding(matter, hit) for hit in _without_echoes(kept)]
    return report


def _vouched(matter: Matter, hit: Hit) -> bool:
    """The second reader finds it honest, and the more surely where no word of warning or judgement stands.

    Field, sentence and clause must all read honestly: a promise is not bought free by what stands around it,
    least of all by a wording that we offer ourselves.
    """
    own = hit.rule in matter.pack.terms_by_rule and hit.rule not in default_pack().terms_by_rule
    if own or not hit.excusable or hit.category in NEVER_VOUCHED:  # what an institution added, it wants seen
        return False
    text, view = matter.texts[hit.index], matter.views[hit.index]
    if len(view.text) > LONGEST_PASSAGE or BOASTS.search(view.text):
        return False
    if asserted(view.text, hit.begin, hit.end):
        return False
    if hit.category in SOLD and claimed(matter, hit):
        return False
    if SPELT.search(view.text[hit.begin : hit.end]):  # who writes wenzhuan for 稳赚 has something to hide
        return False
    if text.content_type == "title" and hit.category in UNVOUCHED_IN_A_TITLE:
        return False
    offered = offered_words(matter.pack)
    whole = offered.sub("", view.text)
    cued = not names_in(whole).isdisjoint(HONEST_FRAMES)
    wary = hit.category in VOUCHED_ON_CUE_ONLY
    if wary and not cued:
        return False
    if likeness(whole) > (VOUCHED if cued and not wary else VOUCHED_WITHOUT_CUE):
        return False
    sentence = sentence_at(view.text, hit.begin, hit.end)
    clause = clause_at(view.text, hit.begin, hit.end)
    return (
        likeness(offered.sub("", view.text[slice(*sentence)])) <= SENTENCE_VOUCHED
        and likeness(view.text[slice(*clause)]) <= CLAUSE_VOUCHED
    )


def _second_reading(matter: Matter, kept: Sequence[Hit], excuses: Sequence[Excuse]) -> list[Hit]:
    """Where the rules found nothing: does the field read like what has been refused before?

    A field whose words were looked at and excused must look much worse than another; one whose author
    marks it as wrong is left alone.
    """
    spoken = {hit.index for hit in kept}
    excused = {excuse.path for excuse in excuses}
    settled = {excuse.path for excuse in excuses if excuse.reason in SETTLING}
    found = []
    for index, (text, view) in enumerate(zip(matter.texts, matter.views, strict=True)):
        if index in spoken or text.content_type == "option" or len(view.text) < SHORTEST:
            continue
        if text.path in settled or MARKED_WRONG.search(text.text):
            continue
        asked = SHORT_ALIKE if len(view.text) <= SHORT else ALIKE
        if text.path in excused or NO_MATTER_SHARING.search(view.text):
            asked = EXCUSED_ALIKE
        said = given(view.text)  # what a question calls right is read by itself: it is said in its own voice
        answers = frozenset(said)
        for begin, end in [*_passages(view.text), *said]:
            score = likeness(view.text[begin:end])
            bar = max(asked, ANSWER_ALIKE) if (begin, end) in answers else asked
            if score >= bar and end - begin >= SHORTEST:
                found.append(
                    Hit(
                        index=index,
                        begin=begin,
                        end=end,
                        rule=ALIKE_RULE,
                        category="likely_misleading",
                        severity="warn",
                        article="AD-28",
                        why=_resembles(matter.pack, text.text, view, begin, end),
                        suggestion=_way_out(matter.pack, view.text[begin:end]),
                        excusable=False,
                    )
                )
                break
    return found


def _resembles(pack: Pack, written: str, view: View, begin: int, end: int) -> str:
    """Which sentence reads like which known kind, as one sentence; empty when it is like none clearly.

    Then the category's own explanation stands alone: pieces of words explain nothing.
    """
    kind = pack.categories.get(nearest(view.text[begin:end]) or "")
    if kind is None:
        return ""
    stops = [begin, *(mark.end() for mark in SENTENCE_END.finditer(view.text, begin, end)), end]
    sentences = [pair for pair in pairwise(stops) if pair[1] - pair[0] >= SHORTEST] or [(begin, end)]
    start, stop = view.span(*max(sentences, key=lambda pair: likeness(view.text[pair[0] : pair[1]])))
    said = written[start:stop].strip().translate(INNER_QUOTES)
    said = said if len(said) <= LONGEST_PASSAGE else f"{said[:LONGEST_PASSAGE]}…"
    return f"“{said}”这句话的写法与“{kind.label}”类表述相近，请人工判断是否属于此类。"


def _way_out(pack: Pack, passage: str) -> str:
    """What helps where the passage is what it most resembles; empty when it resembles nothing clearly."""
    kind = pack.categories.get(nearest(passage) or "")
    return f"较像“{kind.label}”，请人工判断；如属此类：{kind.suggestion}" if kind else ""


def _passages(text: str) -> list[tuple[int, int]]:
    """The whole of a short field; of a long one, each two sentences that follow one another."""
    if len(text) <= LONGEST_PASSAGE:
        return [(0, len(text))]
    stops = [0, *(mark.end() for mark in SENTENCE_END.finditer(text))]
    if stops[-1] != len(text):
        stops.append(len(text))
    return list(zip(stops, stops[2:] or [len(text)], strict=False))


def verdict(findings: Sequence[Finding]) -> str:
    """block when any finding blocks, warn when any warns, else pass."""
    worst = max((Severity(finding.severity).weight for finding in findings), default=0)
    return ("pass", "warn", "block")[worst]


def _inline_wrong(matter: Matter, hit: Hit, wrong: Spans) -> str | None:
    if hit.begin >= hit.end:
        return None
    start, end = matter.views[hit.index].span(hit.begin, hit.end)
    return "wrong_option" if wrong.hold(start, end) else None


def _without_echoes(hits: list[Hit]) -> list[Hit]:
    """One passage, one finding a category: the worst, then the longest."""
    ranked = sorted(
        hits,
        key=lambda hit: (hit.index, -Severity(hit.severity).weight, hit.begin - hit.end, hit.begin, hit.rule),
    )
    kept: list[Hit] = []
    standing: dict[tuple[int, int], list[Hit]] = defaultdict(list)  # by field and character
    for hit in ranked:
        cells = [(hit.index, place) for place in range(hit.begin, hit.end)]
        echo = any(
            other.category == hit.category or (other.begin <= hit.begin and hit.end <= other.end)
            for cell in cells
            for other in standing.get(cell, ())
        )
        if echo:
            continue
        kept.append(hit)
        for cell in cells:
            standing[cell].append(hit)
    return sorted(kept, key=lambda hit: (hit.index, hit.begin, hit.end, hit.rule))


def _finding(matter: Matter, hit: Hit) -> Finding:
    category = matter.pack.categories[hit.category]
    path, written, start, end = hit.path, "", 0, 0
    sector = matter.sector_of(hit.index) if hit.index >= 0 else matter.sector
    if hit.index >= 0:
        text = matter.texts[hit.index]
        path, written, end = hit.path or text.path, text.text, len(text.text)
        if hit.begin < hit.end:
            start, end = matter.views[hit.index].span(hit.begin, hit.end)
    return Finding(
        rule=hit.rule,
        category=hit.category,
        severity=hit.severity,
        path=path,
        start=start,
        end=end,
        matched=written[start:end],
        article=matter.pack.article_for(hit.article, sector),
        why=hit.why or category.why,
        suggestion=hit.suggestion or category.suggestion,
        penalty=category.penalty,
        replacement=hit.replacement,
    )
