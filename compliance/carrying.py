"""Only what changed is decided again: whom a change concerns, and whose earlier opinion stands for the rest.

Which post answers for which matter is a table. An opinion is carried as a row of its own, naming the decision
it was, and never when something speaks against it; the database holds the same line (`compliance.carry_sql`).
Nothing is written here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compliance.models import ArticleVersion, Carried, Citation, Condition, Decision, Recheck, Review, Verdict
from compliance.subjects import Difference

EVERYTHING = "compliance"  # the officer's post answers for the whole: never carried
CONCERNS: Mapping[str, frozenset[str]] = {
    "wording": frozenset({"creative", "legal"}),
    "look": frozenset({"creative"}),
    "question": frozenset({"creative", "legal"}),
    "teaching": frozenset({"legal"}),
    "law": frozenset({"legal", "consumer_protection"}),
    "mechanics": frozenset({"legal", "operations", "consumer_protection"}),
    "benefit": frozenset({"legal", "operations", "consumer_protection"}),
    "form": frozenset({"legal", "operations", "consumer_protection"}),
    "notice": frozenset({"legal", "consumer_protection"}),
    "channel": frozenset({"operations", "consumer_protection"}),
    "period": frozenset({"operations"}),
}
STILL_TO_RUN = timedelta(days=30)
_WATCHED = (Condition.Kind.CLEAN_SCAN, Condition.Kind.SERVICE_ON_OFFER)  # met today, perhaps not tomorrow

BECAUSE: Mapping[str, str | Promise] = {
    "lapsed": _("上次审核已到期或被撤销"),
    "ending": _("上次审核 30 天内到期，重新审核后有效期重新计算"),
    "recheck": _("所引法规已更新或撤回，正在重新审核"),
    "same": _("内容没有变化"),
    "risk": _("修改后风险更高，需要更多岗位审核"),
    "findings": _("未改动的部分有新的检测提示"),
    "everyone": _("改动涉及所有岗位"),
    "people": _("上次的审核人不再适合沿用"),
}


@dataclass(frozen=True, slots=True)
class Carrying:
    """Whom the changes concern, and which decisions stand for the rest, each with its stage in the new one.

    Either both are filled, or neither is and `because` says why everyone is asked (empty at a first review).
    """

    asked: Sequence[str] = ()
    opinions: Sequence[tuple[int, Decision]] = ()
    because: str = ""


def carried_over(
    *,
    previous: Review | None,
    differences: Sequence[Difference],
    findings: Sequence[Mapping[str, Any]],
    stages: Sequence[Mapping[str, int]],
    writers: Collection[UUID],
    now: datetime,
) -> Carrying:
    """What the newest approval still answers for. Writers of the new content carry nothing."""
    if previous is None:
        return Carrying()
    if because := _against(previous, differences, findings, stages, now):
        return Carrying(because=because)
    asked = concerned(differences)
    demands = [
        (number, role, needed) for number, posts in enumerate(stages) for role, needed in posts.items()
    ]
    if all(role in asked for _number, role, _needed in demands):
        return Carrying(because="everyone")
    voices = _voices(previous, writers, now)
    opinions: list[tuple[int, Decision]] = []
    for number, role, needed in demands:
        if role not in asked and len(voices[role]) >= needed:
            opinions += [(number, decision) for decision in voices[role][:needed]]
            voices[role] = voices[role][needed:]
    if not opinions or len(opinions) == sum(needed for _number, _role, needed in demands):
        return Carrying(because="people")
    return Carrying(sorted(asked), opinions)


def concerned(differences: Iterable[Difference]) -> set[str]:
    """The posts these changes concern; the officer's always."""
    everyone = frozenset().union(*CONCERNS.values())
    return {EVERYTHING}.union(*(CONCERNS.get(one.concern, everyone) for one in differences))


def changed_paths(differences: Iterable[Difference]) -> dict[str, Difference]:
    """Where the new content differs. What is gone from a field, or moved in it, changes what held it; a whole
    question gone or moved changes none of the others.
    """
    changes: dict[str, Difference] = {}
    for one in differences:
        gone = one.kind == "removed"
        holder = one.path.rpartition(".")[0] or one.path if gone else one.path
        of_a_list = one.kind == "moved" or (gone and one.path.rpartition(".")[2].isdigit())
        if of_a_list and not any(name.isdigit() for name in holder.split(".")):
            continue
        changes[holder] = one
    return changes


def change_at(changes: Mapping[str, Difference], path: str) -> Difference | None:
    """The change of this field, of what holds it (a whole new question), or of something in it."""
    holder = path
    while holder:
        if holder in changes:
            return changes[holder]
        holder = holder.rpartition(".")[0]
    return next((one for inner, one in changes.items() if inner.startswith(f"{path}.")), None)


def _against(
    previous: Review,
    differences: Sequence[Difference],
    findings: Sequence[Mapping[str, Any]],
    stages: Sequence[Mapping[str, int]],
    now: datetime,
) -> str:
    """What forbids that anything be carried; empty when nothing does."""
    if previous.status != "approved" or previous.expires_at is None or previous.expires_at <= now:
        return "lapsed"
    if previous.expires_at < now + STILL_TO_RUN:
        return "ending"
    if _law_moved_on(previous):
        return "recheck"
    if not differences:
        return "same"
    if len(stages) > len(previous.stages) or _demanded(stages) - _demanded(previous.stages):
        return "risk"
    return "findings" if _speaks_against(previous, differences, findings) else ""


def _law_moved_on(previous: Review) -> bool:
    """Whether an article it cites has a newer wording, be it that no sweep has raised the recheck yet."""
    if Recheck.objects.filter(review=previous, settled_at__isnull=True).exists():
        return True
    newer = ArticleVersion.objects.filter(
        article_id=OuterRef("article_id"), number__gt=OuterRef("version__number")
    )
    return bool(Citation.objects.filter(Exists(newer), review=previous).exists())


def _demanded(stages: Sequence[Mapping[str, int]]) -> Counter[str]:
    asked: Counter[str] = Counter()
    for posts in stages:
        asked.update(posts)
    return asked


def _speaks_against(
    previous: Review, differences: Sequence[Difference], findings: Sequence[Mapping[str, Any]]
) -> bool:
    """Whether untouched parts hold a blocking finding, or one that the previous review had not seen."""
    changes = changed_paths(differences)
    untouched = [one for one in findings if change_at(changes, one["path"]) is None]
    seen = Counter((one["rule"], one["matched"]) for one in previous.findings)
    now = Counter((one["rule"], one["matched"]) for one in untouched)
    return bool(now - seen) or any(one["severity"] == "block" for one in untouched)


def _voices(previous: Review, writers: Collection[UUID], now: datetime) -> dict[str, list[Decision]]:
    """Approvals of the previous review that may stand again, by post: given in it, then carried by it.

    Not one whose condition is unmet or is watched on: the condition belongs to the earlier review, and the
    new one would go out without it.
    """
    before = Carried.objects.filter(review=previous).holding().values("decision_id")
    given = Decision.objects.filter(Q(review=previous) | Q(id__in=before), verdict=Verdict.APPROVE)
    tied = Condition.objects.filter(Q(met_at__isnull=True) | Q(kind__in=_WATCHED), decision__in=given)
    fit = given.exclude(reviewer_id__in=list(writers)).exclude(id__in=tied.values("decision_id"))
    fit = fit.exclude(reviewer__access_until__lte=now).select_related("reviewer")
    voices: dict[str, list[Decision]] = defaultdict(list)
    heard: set[UUID] = set()
    for decision in sorted(fit, key=lambda one: (one.review_id != previous.id, one.at, one.id)):
        in_office = decision.reviewer.is_active and decision.role in decision.reviewer.roles
        if in_office and decision.reviewer_id not in heard:
            heard.add(decision.reviewer_id)
            voices[decision.role].append(decision)
    return voices
