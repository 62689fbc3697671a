"""An institution's own rules: drafted by one person, activated by another."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from compliance.library import articles
from compliance.models import RulePack
from compliance.packs import built
from compliance.scanner import default_pack, pack_hash
from compliance.usecases.leaning import submission_begins, was_withdrawn
from kernel.actor import Actor, Ref
from kernel.errors import BadRequest, DomainError, NotFound
from kernel.fingerprint import fingerprint
from ledger.record import record
from tenancy.roles import Permission
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

    Raises BadRequest, TermKnown.
    """
    words = term.strip()
    unfit = not 2 <= len(words) <= LONGEST or "\t" in words or "\n" in words
    known = category in default_pack().categories and severity in {"warn", "block"} and article in articles()
    if unfit or not known or len(suggestion) > 200 or len(unless) > 200:
        raise BadRequest
    draft = _draft(actor, now)
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
    return _rewritten(draft, [*draft.terms, row], actor, now)


@usecase(Permission.MANAGE_RULES)
def remove_term(*, actor: Actor, term: str, now: datetime) -> RulePack:
    """Take a term out of the draft. Raises NotFound."""
    draft = _draft(actor, now)
    left = [row for row in draft.terms if row["term"] != term]
    if len(left) == len(draft.terms):
        raise NotFound
    return _rewritten(draft, left, actor, now)


@usecase(Permission.MANAGE_RULES)
def activate_pack(*, actor: Actor, pack_id: UUID, now: datetime) -> RulePack:
    """Put a colleague's draft in force; what was in force retires.

    Raises NotFound, OwnDraft, PackWithdrawn.
    """
    submission_begins()
    draft: RulePack | None = RulePack.objects.filter(id=pack_id, status="draft").select_for_update().first()
    if draft is None:
        raise NotFound
    if actor.id in draft.contributors:
        raise OwnDraft
    if was_withdrawn(pack_hash(built(draft.terms))):
        raise PackWithdrawn
    RulePack.objects.filter(status="active").update(status="retired")
    draft.status = "active"
    draft.activated_by_id = actor.id
    draft.activated_at = now
    draft.save(update_fields=["status", "activated_by", "activated_at"])
    record(
        "compliance.pack_activated",
        actor=actor,
        subject=Ref("rule_pack", draft.id),
        at=now,
        number=draft.number,
        hash=draft.hash,
        terms=len(draft.terms),
    )
    return draft


def _draft(actor: Actor, now: datetime) -> RulePack:
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


def _rewritten(draft: RulePack, terms: list[dict[str, str]], actor: Actor, now: datetime) -> RulePack:
    built(terms)
    draft.terms = terms
    draft.hash = fingerprint(terms)
    draft.author_id = actor.id
    draft.contributors = sorted({*draft.contributors, actor.id})
    draft.save(update_fields=["terms", "hash", "author", "contributors"])
    record(
        "compliance.pack_drafted",
        actor=actor,
        subject=Ref("rule_pack", draft.id),
        at=now,
        number=draft.number,
        hash=draft.hash,
        terms=len(terms),
    )
    return draft
