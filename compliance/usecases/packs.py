"""An institution's own rules: drafted by one person, tried, activated by another."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from compliance.golden import hold_still
from compliance.library import articles
from compliance.models import RulePack, Trial
from compliance.notices import tell_of_failed_trial
from compliance.packs import Rows, pack_of
from compliance.scanner import Pack, Text, default_pack, pack_hash, scan, verdict
from compliance.scanner.requirements import Sentence
from compliance.trials import Outcome, standing_trial
from compliance.usecases.leaning import submission_begins, was_withdrawn
from kernel.actor import Actor, Ref
from kernel.defer import defer
from kernel.errors import BadRequest, DomainError, NotFound
from kernel.fingerprint import fingerprint
from kernel.scope import current_institution
from ledger.record import record
from tenancy.roles import Permission
from tenancy.scope import institution_of
from tenancy.usecase import usecase

LONGEST = 40
MOST_TERMS = 5000


class OwnDraft(DomainError):
    """Four eyes: whoever wrote on the rules, first or last, does not put them in force."""

    code = "own_draft"
    status = 403
    zh = "您参与了这份规则的起草，请没有改动过它的同事启用。"
    en = "You worked on these rules. A colleague who changed nothing in them must put them in force."


class PackWithdrawn(DomainError):
    """The same terms again are the same pack."""

    code = "pack_withdrawn"
    zh = "这套规则与已撤回的规则包完全相同，不能再次启用。请先修改。"
    en = "These rules are exactly those of a pack that was withdrawn. Change them first."


class NotTried(DomainError):
    """Rules, draft or labelled sentences are not what they were at the trial, or nobody tried."""

    code = "pack_not_tried"
    zh = "草稿、现行规则或样本在试运行之后有改动，或试运行已超过一天。请重新试运行，看过结果再启用。"
    en = (
        "The draft, the rules in force or the golden set changed since the trial, or it is over a day old."
        " Try the draft again and look at the outcome first."
    )


class NotAcknowledged(DomainError):
    """Somebody must answer for a violation that passes, or an honest sentence that is blocked."""

    code = "pack_not_acknowledged"
    zh = "启用后有 {n} 句样本由对变错。请逐句看过，写明为何仍然启用。"
    en = "{n} sentences judged rightly today would be judged wrongly. Look at each and say why you go ahead."


class RequirementOffends(DomainError):
    """A sentence is asked for that these very rules refuse."""

    code = "requirement_offends"
    zh = "必备语句“{sentence}”会被这套规则拦截，活动将无法通过。请修改语句，或移除与它冲突的规则。"
    en = (
        "The required sentence “{sentence}” would be blocked by these very rules, so no campaign could pass."
        " Change the sentence, or remove the rule it offends."
    )


class TermKnown(DomainError):
    code = "term_known"
    zh = "“{term}”已在规则包中。"
    en = "“{term}” is in the pack already."


@usecase(Permission.MANAGE_RULES)
def add_term(
    *,
    actor: Actor,
    term: str,
    category: str,
    severity: str,
    article: str,
    suggestion: str = "",
    unless: str = "",
    now: datetime,
) -> RulePack:
    """Put a term into the draft, which begins as a copy of what is in force.

    Raises BadRequest, TermKnown, RequirementOffends.
    """
    words = term.strip()
    unfit = not 2 <= len(words) <= LONGEST or "\t" in words or "\n" in words
    known = category in default_pack().categories and severity in {"warn", "block"} and article in articles()
    if unfit or not known or len(suggestion) > 200 or len(unless) > 200:
        raise BadRequest
    draft = draft_in_hand(actor, now)
    if any(row["term"] == words for row in draft.terms) or len(draft.terms) >= MOST_TERMS:
        raise TermKnown(term=words)
    row = {
        "term": words,
        "category": category,
        "sector": "all",
        "severity": severity,
        "article": article,
        "suggestion": suggestion.strip(),
        "unless": unless.strip(),
    }
    return rewritten(draft, actor, now, terms=[*draft.terms, row])


@usecase(Permission.MANAGE_RULES)
def remove_term(*, actor: Actor, term: str, now: datetime) -> RulePack:
    """Take a term out of the draft. Raises NotFound."""
    draft = draft_in_hand(actor, now)
    left = [row for row in draft.terms if row["term"] != term]
    if len(left) == len(draft.terms):
        raise NotFound
    return rewritten(draft, actor, now, terms=left)


@usecase(Permission.MANAGE_RULES)
def ask_trial(*, actor: Actor, pack_id: UUID, now: datetime) -> RulePack:
    """Have a draft tried on every labelled sentence and every approved content; a worker does the reading.

    Asked again before it is made, it is the one asked for first. Raises NotFound.
    """
    draft = _draft_called(pack_id)
    if draft.trial_asked_at is None:
        draft.trial_asked_at = now
        draft.trial_asked_by_id = actor.id
        draft.save(update_fields=["trial_asked_at", "trial_asked_by"])
    record("compliance.trial_asked", actor=actor, subject=_ref(draft), at=now, number=draft.number)
    defer("compliance.tasks.try_draft", pack_id=draft.id)
    return draft


@usecase(by="system", may_do_nothing=True)
def record_trial(*, actor: Actor, read: RulePack, outcome: Outcome, now: datetime) -> Trial | None:
    """Write down what reading the draft, as it was in `read`, has shown. Of two readings the first counts.

    A draft that was rewritten meanwhile has a trial that does not stand.
    """
    answered = RulePack.objects.filter(id=read.id, trial_asked_at=read.trial_asked_at)
    if not answered.update(trial_asked_at=None):
        return None
    last = Trial.objects.order_by("-number").values_list("number", flat=True).first()
    trial: Trial = Trial.objects.create(
        number=(last or 0) + 1,
        pack=read,
        by_id=read.trial_asked_by_id,
        at=now,
        terms_hash=read.hash,
        newly_wrong=outcome.newly_wrong,
        **{field.name: getattr(outcome, field.name) for field in fields(outcome)},
    )
    record("compliance.pack_tried", actor=actor, subject=_ref(read), at=now, **_facts(trial))
    return trial


@usecase(by="system", may_do_nothing=True)
def give_up_trial(*, actor: Actor, pack_id: UUID, now: datetime) -> None:
    """Wait no longer for a trial that no worker could make, and tell whoever asked."""
    draft: RulePack | None = (
        RulePack.objects.select_for_update()
        .filter(id=pack_id, status="draft", trial_asked_at__isnull=False)
        .first()
    )
    if draft is None:
        return
    draft.trial_asked_at = None
    draft.save(update_fields=["trial_asked_at"])
    record("compliance.trial_failed", actor=actor, subject=_ref(draft), at=now, number=draft.number)
    tell_of_failed_trial(draft, now=now)


@usecase(Permission.MANAGE_RULES)
def activate_pack(
    *, actor: Actor, pack_id: UUID, trial: int, acknowledged: str = "", now: datetime
) -> RulePack:
    """Put a colleague's draft in force, as trial number `trial` showed it; what was in force retires.

    Where the trial found sentences that become wrong, `acknowledged` says why all the same. Raises NotFound,
    OwnDraft, PackWithdrawn, NotTried, NotAcknowledged, BadRequest (too long).
    """
    submission_begins()
    hold_still()
    draft = _draft_called(pack_id)
    if actor.id in draft.contributors:
        raise OwnDraft
    if was_withdrawn(pack_hash(pack_of(draft))):
        raise PackWithdrawn
    shown = standing_trial(draft, now=now)
    if shown is None or shown.number != trial:
        raise NotTried
    words = acknowledged.strip() if shown.newly_wrong else ""
    if shown.newly_wrong and not words:
        raise NotAcknowledged(n=shown.newly_wrong)
    if len(words) > 500:
        raise BadRequest
    RulePack.objects.filter(status="active").update(status="retired")
    draft.status = "active"
    draft.activated_by_id = actor.id
    draft.activated_at = now
    draft.trial = shown
    draft.newly_wrong = shown.newly_wrong
    draft.acknowledged = words
    draft.save(
        update_fields=["status", "activated_by", "activated_at", "trial", "newly_wrong", "acknowledged"]
    )
    record(
        "compliance.pack_activated",
        actor=actor,
        subject=_ref(draft),
        at=now,
        terms=len(draft.terms),
        requirements=len(draft.requirements),
        acknowledged=bool(words),
        **_facts(shown),
    )
    return draft


def _draft_called(pack_id: UUID) -> RulePack:
    draft: RulePack | None = RulePack.objects.filter(id=pack_id, status="draft").select_for_update().first()
    if draft is None:
        raise NotFound
    return draft


def _ref(pack: RulePack) -> Ref:
    return Ref("rule_pack", pack.id)


def _facts(trial: Trial) -> dict[str, Any]:
    """What of a trial the ledger keeps: by which rules, on which sentences, with what outcome."""
    return {
        "number": trial.pack.number,
        "hash": trial.pack.hash,
        "trial": trial.number,
        "pack_hash": trial.pack_hash,
        "against_hash": trial.against_hash,
        "golden_hash": trial.golden_hash,
        "golden_size": trial.golden_size,
        "figures": trial.after,
        "figures_before": trial.before,
        "newly_wrong": trial.newly_wrong,
        "contents_changed": len(trial.contents),
        "contents_read": trial.contents_read,
    }


def draft_in_hand(actor: Actor, now: datetime) -> RulePack:
    """The draft, locked; a fresh copy of what is in force when there is none."""
    return _draft_there_is() or _draft_begun(actor, now)


def _draft_there_is() -> RulePack | None:
    draft: RulePack | None = RulePack.objects.filter(status="draft").select_for_update().first()
    return draft


def _draft_begun(actor: Actor, now: datetime) -> RulePack:
    """A fresh draft; of two begun at the same moment the second is the first one's."""
    active = RulePack.objects.filter(status="active").first()
    last = RulePack.objects.order_by("-number").values_list("number", flat=True).first()
    fresh = RulePack(
        number=(last or 0) + 1,
        terms=list(active.terms) if active else [],
        requirements=list(active.requirements) if active else [],
        hash=fingerprint([]),
        author_id=actor.id,
        contributors=[actor.id],
        created_at=now,
    )
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError:
        if (begun := _draft_there_is()) is None:
            raise
        return begun
    return fresh


def rewritten(
    draft: RulePack,
    actor: Actor,
    now: datetime,
    *,
    terms: Rows | None = None,
    requirements: Rows | None = None,
) -> RulePack:
    """The draft with these rows instead of its own, of which whoever wrote them is an author.

    Raises BadPack, RequirementOffends.
    """
    draft.terms = draft.terms if terms is None else list(terms)
    draft.requirements = draft.requirements if requirements is None else list(requirements)
    _free_of_contradiction(pack_of(draft))
    whole = [draft.terms, draft.requirements] if draft.requirements else draft.terms
    draft.hash = fingerprint(whole)
    draft.author_id = actor.id
    draft.contributors = sorted({*draft.contributors, actor.id})
    draft.save(update_fields=["terms", "requirements", "hash", "author", "contributors"])
    record(
        "compliance.pack_drafted",
        actor=actor,
        subject=_ref(draft),
        at=now,
        number=draft.number,
        hash=draft.hash,
        terms=len(draft.terms),
        requirements=len(draft.requirements),
    )
    return draft


def _free_of_contradiction(pack: Pack) -> None:
    """No sentence is asked for that the same rules refuse: then no campaign could ever be right."""
    sector = institution_of(current_institution()).sector
    for one in pack.requirements:
        if isinstance(one, Sentence):
            found = scan([Text("rules", "rule", one.sentence)], sector, pack=pack, reword=False)
            if verdict(found) == "block":
                raise RequirementOffends(sentence=one.sentence)
