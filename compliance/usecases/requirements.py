"""What an institution requires beyond the shipped rules, written into the draft of its pack.

A sentence that must stand, a ceiling for shown percentages, a lower limit for the mechanics. A requirement
only ever adds a finding: what the shipped rules refuse stays refused, and a limit that is not lower than
theirs is no requirement.
"""

from __future__ import annotations

from datetime import datetime

from compliance.checks.required import CATEGORY, MEASURES
from compliance.library import articles
from compliance.models import RulePack
from compliance.scanner.requirements import Ceiling, Limit, Row, percent, required_by, rule_of, words_of
from compliance.usecases.packs import draft_in_hand, rewritten
from kernel.actor import Actor
from kernel.errors import BadRequest, DomainError, NotFound
from tenancy.roles import Permission
from tenancy.usecase import usecase

MOST_REQUIREMENTS = 50
MOST_WORDS = 20
LONGEST_WORD = 40
LONGEST_SENTENCE = 120
LONGEST_WHY = 100


class NotStricter(DomainError):
    """The shipped rules ask for that much already, or for more."""

    code = "requirement_not_stricter"
    zh = "平台规则的上限是 {shipped}，本机构的上限只能更低，且不低于 {fewest}。"
    en = "The shipped rules allow {shipped} at most. Yours may only be lower, and no lower than {fewest}."


class RequirementKnown(DomainError):
    """Two requirements of the same matter would contradict each other, or say it twice."""

    code = "requirement_known"
    zh = "已有同一事项的要求“{why}”，新要求与它重复或矛盾。请先移除它。"
    en = "“{why}” asks for the same already; the new requirement repeats or contradicts it. Remove it first."


class RequirementsFull(DomainError):
    code = "requirements_full"
    zh = "本机构要求最多 {most} 条。"
    en = "There can be {most} requirements of your own at most."


@usecase(Permission.MANAGE_RULES)
def require_sentence(
    *, actor: Actor, when: str, sentence: str, severity: str, article: str, why: str, now: datetime
) -> RulePack:
    """Ask for a sentence in every campaign that says one of the words `when` (set apart by "|"), or in all.

    Raises BadRequest, RequirementKnown, RequirementsFull, RequirementOffends.
    """
    words, said = words_of(when), sentence.strip()
    fits = len(words) <= MOST_WORDS and all(2 <= len(word) <= LONGEST_WORD for word in words)
    if not fits or not 4 <= len(said) <= LONGEST_SENTENCE or "\n" in said:
        raise BadRequest
    row = {"kind": "sentence", "when": "|".join(words), "sentence": said}
    return _added(actor, row, severity, article, why, now)


@usecase(Permission.MANAGE_RULES)
def require_ceiling(
    *, actor: Actor, measure: str, most: str, severity: str, article: str, why: str, now: datetime
) -> RulePack:
    """Let no yield ("yield") or yearly cost of a loan ("loan") above `most` percent be shown.

    Raises BadRequest, RequirementKnown, RequirementsFull, RequirementOffends.
    """
    try:
        value = percent(most.strip().removesuffix("%"))
    except ValueError as fault:
        raise BadRequest from fault
    if measure not in CATEGORY:
        raise BadRequest
    row = {"kind": "ceiling", "measure": measure, "most": format(value.normalize(), "f")}
    return _added(actor, row, severity, article, why, now)


@usecase(Permission.MANAGE_RULES)
def require_limit(
    *, actor: Actor, measure: str, most: int, severity: str, article: str, why: str, now: datetime
) -> RulePack:
    """Allow less of what a campaign's mechanics count (`compliance.checks.required.MEASURES`).

    Raises BadRequest, NotStricter, RequirementKnown, RequirementsFull.
    """
    if measure not in MEASURES:
        raise BadRequest
    bounds = MEASURES[measure]
    if not bounds.fewest <= most < bounds.shipped:
        raise NotStricter(shipped=bounds.shipped, fewest=bounds.fewest)
    row = {"kind": "limit", "measure": measure, "most": str(most)}
    return _added(actor, row, severity, article, why, now)


@usecase(Permission.MANAGE_RULES)
def remove_requirement(*, actor: Actor, rule: str, now: datetime) -> RulePack:
    """Take a requirement out of the draft. Raises NotFound."""
    draft = draft_in_hand(actor, now)
    left = [row for row in draft.requirements if rule_of(row) != rule]
    if len(left) == len(draft.requirements):
        raise NotFound
    return rewritten(draft, actor, now, requirements=left)


def _added(
    actor: Actor, said: dict[str, str], severity: str, article: str, why: str, now: datetime
) -> RulePack:
    reason = why.strip()
    known = severity in {"warn", "block"} and article in articles()
    if not known or not 2 <= len(reason) <= LONGEST_WHY or "\0" in "".join([*said.values(), reason]):
        raise BadRequest
    row = {**said, "severity": severity, "article": article, "why": reason}
    draft = draft_in_hand(actor, now)
    if len(draft.requirements) >= MOST_REQUIREMENTS:
        raise RequirementsFull(most=MOST_REQUIREMENTS)
    for other in draft.requirements:
        if _collide(row, other):
            raise RequirementKnown(why=other["why"])
    return rewritten(draft, actor, now, requirements=[*draft.requirements, row])


def _collide(row: Row, other: Row) -> bool:
    """The same matter twice; of a warning and a block, unless the warning comes at a lower number."""
    if row["kind"] != other["kind"]:
        return False
    if row["kind"] == "sentence":
        return (row["when"], row["sentence"]) == (other["when"], other["sentence"])
    if row["measure"] != other["measure"]:
        return False
    if row["severity"] == other["severity"]:
        return True
    most = {each["severity"]: _most(each) for each in (row, other)}
    return most["warn"] >= most["block"]


def _most(row: Row) -> float:
    one = required_by(row)
    return float(one.most) if isinstance(one, Ceiling | Limit) else 0
