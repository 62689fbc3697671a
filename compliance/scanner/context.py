"""Honest teaching is let through: negation, prohibition, citation, quotation that is refuted, wrong options.

`excuse(…)` names the reason a hit is innocent, or None. The default is guilt: an excuse must be visible in
the same sentence or the next, must not be undone by "但", by our own product, or by a rhetorical question.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from compliance.scanner.answers import asserted
from compliance.scanner.check import Hit, Matter
from compliance.scanner.claimant import offered_for_taking, ours, quoted_whole, said_of_the_claim, told_of_us
from compliance.scanner.cues import (
    ADVERSATIVE,
    AFFIRMS,
    ANAPHORA,
    BAD_END,
    BOILERPLATE,
    CHOICE,
    CITES,
    DENIAL_UNDONE,
    DENIED_AFTER,
    EPISTEMIC,
    FAR_NO,
    FORBIDS,
    FRAUD_FRAME,
    INNER_NO,
    JUDGES,
    MARKED_WRONG,
    NO_AT_ONCE,
    NO_BEFORE,
    NO_DENIED,
    NOT_NEGATION,
    OFFERS,
    OWN,
    QUOTES,
    REFUTE_UNDONE,
    REFUTES,
    RHETORICAL,
    SPOILS_FAR_NO,
    SPOKEN_OF,
    STATED_ABOUT,
    SUITS,
    WANTS_WRONG,
    WARNED_ENOUGH,
    WORRY,
)
from compliance.scanner.kind_excuses import (
    annual_rate,
    evidence,
    goal,
    grade,
    investor_wish,
    performance_stated,
    trade_off,
    unlinked,
)
from compliance.scanner.place import Place, met, place_of

UNDONE_WITHIN = 16  # REFUTE_UNDONE looks no further back


@lru_cache(maxsize=1024)
def _refutes(text: str) -> bool:
    return any(
        not REFUTE_UNDONE.search(text, max(0, hit.start() - UNDONE_WITHIN), hit.start())
        for hit in REFUTES.finditer(text)
    )


def _plain_negation(place: Place) -> bool:
    if NO_DENIED.search(place.after + place.following):
        return False
    own_choice = CHOICE.split(place.near_before)[-1]  # what another choice denies is not denied here
    before = NOT_NEGATION.sub(lambda hit: "□" * len(hit.group()), own_choice)
    if RHETORICAL.search(place.near_before) or (
        NO_AT_ONCE.search(before) and place.after[:3] in {"才怪。", "才怪!"}
    ):
        return False
    if NO_AT_ONCE.search(before):
        return True
    near = NO_BEFORE.search(before)
    return near is not None and not OWN.search(near["gap"])


def _denied(place: Place) -> bool:
    """Said and at once denied: 保本,是不可能的. Not 谁说不可能, nor where the denial is taken back."""
    if RHETORICAL.search(place.before) or REFUTE_UNDONE.search(place.before):
        return False
    rest = place.after + place.following
    if NO_DENIED.search(rest) and NO_BEFORE.search(NOT_NEGATION.sub("□", place.near_before)):
        return False
    if WORRY.search(place.matched) and not INNER_NO.search(place.matched):
        return False  # 亏损?不存在的 promises
    denial = DENIED_AFTER.search(rest)
    if denial is None:
        return False
    rest = rest[denial.end() :]
    return not (OWN.search(rest) or ADVERSATIVE.search(rest) or DENIAL_UNDONE.search(rest))


def _prohibition(place: Place) -> bool:
    before = NOT_NEGATION.sub(lambda hit: "□" * len(hit.group()), place.near_before)
    far = FAR_NO.search(before)
    if far is None or SPOILS_FAR_NO.search(far["gap"]):
        return False
    return not (WARNED_ENOUGH.match(far["gap"]) and offered_for_taking(place))


def _refuted(place: Place) -> bool:
    """The sentence goes on to call it wrong, or the next one does."""
    after, following = place.after, place.following
    if place.hit.category != "past_performance":
        after, following = BOILERPLATE.sub("", after), BOILERPLATE.sub("", following)
    if place.content_type == "explanation" and BAD_END.search(after):
        return True
    if _refutes(after):
        return True
    return bool(ANAPHORA.search(following)) and _refutes(following)


def _fraud_frame(place: Place) -> bool:
    """Someone else is said to say it: a swindler, an advertisement, a mistaken belief."""
    before = NOT_NEGATION.sub(lambda hit: "□" * len(hit.group()), place.near_before)
    frames = list(FRAUD_FRAME.finditer(before))
    frame = frames[-1] if frames else None
    if frame is None or REFUTE_UNDONE.search(before[: frame.start()]):
        return False
    gap = before[frame.end() :]
    if OWN.search(gap) and not told_of_us(place):
        return False
    telling = frame.group() in {
        "遇到",
        "碰到",
        "看到",
        "听到",
        "听说",
        "收到",
        "任何",
        "网友",
        "陌生",
        "不明",
    } or frame.group().startswith(("有人", "若有人", "如", "对方", "凡", "但凡", "任何"))
    if not telling:
        return True
    rest = place.after + place.following
    return _refutes(rest) or bool(JUDGES.search(rest)) or _refutes(place.previous)


def _citation(place: Place) -> bool:
    governed = place.near_before + place.matched + ADVERSATIVE.split(place.after)[0]
    return (
        bool(CITES.search(governed))
        and bool(FORBIDS.search(governed))
        and not OWN.search(place.near_before[-8:])
    )


def _quoted(place: Place) -> bool:
    return _opened(place) >= 0


def _opened(place: Place) -> int:
    """Where the quotation opens that holds the hit; -1 where none does."""
    for opening, closing in QUOTES:
        left = place.before + place.matched[:1]
        opened = left.rfind(opening)
        if (
            opened >= 0
            and (closing == opening or left.rfind(closing) < opened)
            and (closing in place.after or closing in place.matched)
        ):
            if closing == opening and left.count(opening) % 2 == 0:
                continue
            return opened
    return -1


def _quotation(place: Place) -> bool:
    """In quotation marks, and the text at large judges or refutes it."""
    if not _quoted(place):
        return False
    rest = place.after + place.following
    if SPOKEN_OF.search(rest) and not OWN.search(place.before + rest):
        return True
    if place.content_type in {"question", "explanation"} and (
        met(JUDGES, place.whole) or _refutes(place.whole)
    ):
        return True
    return (
        _refutes(rest)
        or bool(BAD_END.search(rest))
        or _refutes(place.previous)
        or bool(FRAUD_FRAME.search(place.before))
        or bool(
            re.search(
                r"对吗|可信吗|是否(?:合规|可信|属实|违规|真实|靠谱|合法)|是什么意思|合规吗|真的吗|靠谱吗|正确吗|是真是假|是不是真的|(?:为什么|为何)(?:是|属于|违规)",
                rest,
            )
        )
    )


def _judged_question(place: Place) -> bool:
    """A quiz question asks the player to judge the passage."""
    if place.content_type not in {"question", "title"}:
        return False
    if place.content_type == "title" and "?" not in place.after:
        return False
    around = place.before + place.after
    owned = OWN.search(place.before[-14:])
    asked = JUDGES.search(place.after) or JUDGES.search(place.before)
    if not asked or (OWN.search(place.following) and not met(FRAUD_FRAME, place.whole)):
        return False
    if OFFERS.search(around) and not met(FRAUD_FRAME, place.whole) and not _quoted(place):
        return False
    if place.content_type == "title":
        return bool(JUDGES.search(place.after) or EPISTEMIC.search(place.before[-8:])) and not owned
    if re.search(r"(?:哪|几)(?:款|个|只|家|种)(?:产品|理财|基金|保险|银行)?[^,。]{0,2}$", place.before):
        return False
    return (
        not owned
        or bool(EPISTEMIC.search(place.before[-4:]))
        or bool(re.search(r"^[^,。]{0,12}(?:合规|正确|对吗|可信|说法|违)", place.after))
    )


def _honest_question(place: Place) -> bool:
    """ "基金定投一定赚钱吗?" asks; "想稳赚吗?" offers."""
    if re.search(r"^[^,。!;]{0,6}(?:是什么(?:意思)?|指什么|怎么回事|是啥)\??$", place.after):
        return not OWN.search(place.before)
    if not re.search(
        r"^[^,。!;]{0,10}(?:(?:吗|么|呢|嘛|吧)?\?|(?:吗|么)$)", place.after
    ) or RHETORICAL.search(place.before):
        return False
    clause = re.split(r"[,:]", place.before)[-1]
    if OFFERS.search(place.before) or OWN.search(place.before):
        return False
    asks = (
        EPISTEMIC.search(clause)
        or EPISTEMIC.search(place.matched)
        or re.search(r"^[^,。!;]{0,10}(?:吗|么)(?:\?|$)", place.after)
    )
    return bool(asks) and not AFFIRMS.search(place.following)


def _taught(place: Place) -> bool:
    """An explanation of a refuted claim, stated in the sentence before: "错误。…" """
    if place.content_type != "explanation":
        return False
    return bool(
        re.match(r"^(?:错误|错|不正确|不对|不可信|假|否|骗局|违规|不合规)[。,!:;]", place.whole)
    ) and not OWN.search(place.before[-10:])


def _marked_wrong(place: Place) -> bool:
    """The author marks the words as wrong: 错误选项:…, 误区一:…, C. … ×."""
    return bool(met(MARKED_WRONG, place.written))


def _inline_choice(place: Place) -> bool:
    """One of several choices written out after a stem that asks to choose among them."""
    if place.content_type not in {"question", "title", "explanation"}:
        return False
    begin = _choice_begins(place.whole)
    return 0 <= begin <= place.hit.begin


@lru_cache(maxsize=512)
def _choice_begins(text: str) -> int:
    """Where the choices begin that a stem asks to judge; -1 where there are none."""
    marks = list(CHOICE.finditer(text))
    stem = text[: marks[0].start()] if len(marks) > 1 else ""
    judged = JUDGES.search(stem) and not OWN.search(STATED_ABOUT.sub("", stem)) and not SUITS.search(stem)
    return len(stem) if judged else -1


EXCUSES: tuple[tuple[str, Callable[[Place], bool]], ...] = (
    ("negation", _plain_negation),
    ("denied", _denied),
    ("prohibition", _prohibition),
    ("refuted", _refuted),
    ("fraud_frame", _fraud_frame),
    ("citation", _citation),
    ("quotation", _quotation),
    ("judged_question", _judged_question),
    ("honest_question", _honest_question),
    ("taught", _taught),
    ("goal", goal),
    ("investor_wish", investor_wish),
    ("grade", grade),
    ("trade_off", trade_off),
    ("evidence", evidence),
    ("performance_stated", performance_stated),
    ("marked_wrong", _marked_wrong),
    ("inline_choice", _inline_choice),
    ("annual_rate", annual_rate),
    ("unlinked", unlinked),
)


CITING = frozenset({"citation", "prohibition"})
OF_ANOTHER = frozenset({"refuted", "fraud_frame", "citation", "quotation", "taught", "investor_wish"})
ASKING = frozenset({"quotation", "judged_question", "honest_question", "inline_choice"})


def excuse(matter: Matter, hit: Hit) -> str | None:
    """The name of the reason this hit is innocent, or None."""
    if not hit.excusable:
        return None
    text = matter.texts[hit.index]
    if text.content_type == "option" and (text.correct is False or _asked_for_wrong(matter, hit)):
        return "wrong_option"
    place = place_of(matter, hit)
    answered = asserted(place.whole, hit.begin, hit.end)
    own = _claimed(place)
    for reason, holds in EXCUSES:
        if own and reason in OF_ANOTHER:
            continue  # a warning about somebody else excuses no promise of ours
        if answered and reason in ASKING:
            continue  # a question that calls the claim right makes it
        if reason in CITING and hit.category == "factual_error":
            continue  # citing the law does not mend a wrong figure
        if holds(place):
            return reason
    return None if own else _group_refutes(matter, hit, place)


def claimed(matter: Matter, hit: Hit) -> bool:
    """Whether the passage is our own promise: then nothing said of somebody else excuses it."""
    return _claimed(place_of(matter, hit))


def _claimed(place: Place) -> bool:
    """Our own promise, neither quoted as a whole nor called wrong itself. Past figures are no promise: they
    need the statutory sentence, whoever speaks."""
    if place.hit.category == "past_performance" or not ours(place) or said_of_the_claim(place):
        return False
    opened = _opened(place)
    return opened < 0 or not quoted_whole(place, opened)


def _asked_for_wrong(matter: Matter, hit: Hit) -> bool:
    """The question asks which statement is wrong: then the right answer is a wrong statement."""
    group = matter.texts[hit.index].group
    return bool(group) and group in matter.facts(_groups_asking_for_wrong)


def _group_refutes(matter: Matter, hit: Hit, place: Place) -> str | None:
    """A question quoting a claim that its own explanation refutes."""
    text = matter.texts[hit.index]
    if not text.group or text.content_type not in {"question", "title"}:
        return None
    refuted = text.group in matter.facts(_groups_refuted)
    return "explained" if refuted and (_quoted(place) or met(JUDGES, place.whole)) else None


def _groups_asking_for_wrong(matter: Matter) -> frozenset[str]:
    return frozenset(
        text.group
        for text in matter.texts
        if text.content_type == "question" and WANTS_WRONG.search(text.text)
    )


def _groups_refuted(matter: Matter) -> frozenset[str]:
    return frozenset(
        text.group
        for text, view in zip(matter.texts, matter.views, strict=True)
        if text.group and text.content_type == "explanation" and _refutes(view.text)
    )
