"""Literal terms of the lexicon: one pass over the text, its sound, and the seam of two fields."""

from collections.abc import Iterator
from dataclasses import dataclass

import ahocorasick_rs

from compliance.scanner.check import Check, CheckSample, Hit, Matter
from compliance.scanner.matter import Text
from compliance.scanner.pack import Pack, Term
from compliance.scanner.sound import sound_row, term_sound
from compliance.scanner.spans import Spans

SOUND_FREELY = frozenset({"principal_protection", "guaranteed_return", "risk_downplay"})
SEAM = 12


@dataclass(frozen=True)
class _Automata:
    terms: ahocorasick_rs.AhoCorasick
    innocents: ahocorasick_rs.AhoCorasick
    sounds: ahocorasick_rs.AhoCorasick
    sounded: tuple[Term, ...]


def _automata(pack: Pack) -> _Automata:
    ready = pack.caches.get("lexical")
    if isinstance(ready, _Automata):
        return ready
    sounded = [
        (sound, term)
        for term in pack.terms
        if term.severity == "block" and len(term.term) >= 2 and (sound := term_sound(term.term)) is not None
    ]
    built = _Automata(
        terms=ahocorasick_rs.AhoCorasick([term.term for term in pack.terms]),
        innocents=ahocorasick_rs.AhoCorasick([word.lower() for word in pack.innocents]),
        sounds=ahocorasick_rs.AhoCorasick([sound for sound, _ in sounded]),
        sounded=tuple(term for _, term in sounded),
    )
    pack.caches["lexical"] = built
    return built


def innocent_spans(pack: Pack, text: str) -> Spans:
    """Where ordinary words stand: 担保, 最新, 国家级贫困县."""
    hits = _automata(pack).innocents.find_matches_as_indexes(text, overlapping=True)
    return Spans((begin, end) for _, begin, end in hits)


class Lexical(Check):
    key = "lexical"
    label = "词库"
    samples = (
        CheckSample(
            "a plain term", (Text("title", "title", "本理财保本保息"),), frozenset({"principal_protection"})
        ),
        CheckSample(
            "written in pinyin",
            (Text("title", "title", "放心,bao本bao息"),),
            frozenset({"principal_protection"}),
        ),
        CheckSample("an innocent substring", (Text("rule", "rule", "环保本身就是责任"),), frozenset()),
        CheckSample(
            "split over two fields",
            (Text("title", "title", "新品上线 只赚"), Text("share", "share_copy", "不赔等你来")),
            frozenset({"guaranteed_return"}),
        ),
    )

    def examine(self, matter: Matter) -> Iterator[Hit]:
        automata = _automata(matter.pack)
        for index in range(len(matter.texts)):
            yield from self._literal(matter, automata, index)
            yield from self._sounding(matter, automata, index)
        yield from self._seams(matter, automata)

    def _literal(self, matter: Matter, automata: _Automata, index: int) -> Iterator[Hit]:
        text = matter.views[index].text
        found = automata.terms.find_matches_as_indexes(text, overlapping=True)
        if not found:
            return
        ordinary = innocent_spans(matter.pack, text)
        for number, begin, end in found:
            term = matter.pack.terms[number]
            if not matter.binds(term.sector, index) or ordinary.cut(begin, end):
                continue
            if _excepted(term, text, begin, end) or _inside_latin(text, begin, end):
                continue
            yield _hit(term, index, begin, end)

    def _sounding(self, matter: Matter, automata: _Automata, index: int) -> Iterator[Hit]:
        row = sound_row(matter.views[index])
        text = matter.views[index].text
        places = {begin: place for place, begin in enumerate(row.begins)}
        for number, begin, _ in automata.sounds.find_matches_as_indexes(row.text, overlapping=True):
            term = automata.sounded[number]
            first = places[begin + 1]
            last = first + len(term.term) - 1
            start, stop = row.spans[first][0], row.spans[last][1]
            if text[start:stop] == term.term or not matter.binds(term.sector, index):
                continue
            heard, latin = row.spans[first : last + 1], row.latin[first : last + 1]
            if any(latin) and _inside_latin(text, start, stop):
                continue
            if _sounds_meant(term, text, heard, latin):
                yield _hit(term, index, start, stop)

    def _seams(self, matter: Matter, automata: _Automata) -> Iterator[Hit]:
        """A term begun at the end of one field and finished at the start of the next."""
        for index in range(len(matter.texts) - 1):
            left, right = matter.views[index].text, matter.views[index + 1].text
            if not left or not right or left[-1] in "。!?;,、:":
                continue
            tail, head = left[-SEAM:], right[:SEAM]
            joined = tail + head
            ordinary = innocent_spans(matter.pack, joined)
            for number, begin, end in automata.terms.find_matches_as_indexes(joined, overlapping=True):
                term = matter.pack.terms[number]
                if not begin < len(tail) < end or term.severity != "block":
                    continue
                if len(term.term) < 3 and min(len(left), len(right)) > 2:
                    continue
                if matter.binds(term.sector, index) and not ordinary.cut(begin, end):
                    yield Hit(
                        index=index,
                        begin=len(left) - len(tail) + begin,
                        end=len(left),
                        rule=term.rule,
                        category=term.category,
                        severity=term.severity,
                        article=term.article,
                        suggestion=term.suggestion,
                        why=f"与下一栏连读为“{term.term}”",
                        excusable=False,
                    )


def _sounds_meant(term: Term, text: str, spans: tuple[tuple[int, int], ...], latin: tuple[bool, ...]) -> bool:
    """Latin letters stand in for a character, or a long run of homophones leaves no doubt."""
    different = [
        latin[offset] for offset, (begin, end) in enumerate(spans) if text[begin:end] != term.term[offset]
    ]
    if different and all(different):
        return True
    if len(term.term) >= 4:
        return True
    return len(term.term) == 3 and term.category in SOUND_FREELY and len(different) <= 2


def _excepted(term: Term, text: str, begin: int, end: int) -> bool:
    for phrase in term.unless:
        at = text.find(phrase, max(0, begin - len(phrase)), end + len(phrase))
        if at >= 0 and at < end and begin < at + len(phrase):
            return True
    return False


def _inside_latin(text: str, begin: int, end: int) -> bool:
    """A Latin term must not be a piece of a longer word: top1 in top10, vx in vxlan."""
    first, last = text[begin], text[end - 1]
    before = text[begin - 1] if begin else ""
    after = text[end] if end < len(text) else ""
    left = first.isascii() and first.isalnum() and before.isascii() and before.isalnum()
    right = last.isascii() and last.isalnum() and after.isascii() and after.isalnum()
    return bool(left or right)


def _hit(term: Term, index: int, begin: int, end: int) -> Hit:
    return Hit(
        index=index,
        begin=begin,
        end=end,
        rule=term.rule,
        category=term.category,
        severity=term.severity,
        article=term.article,
        suggestion=term.suggestion,
    )


CHECK = Lexical()
