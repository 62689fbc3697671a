"""Trying a draft of the rules and putting it in force, as two colleagues and a worker would."""

from __future__ import annotations

from django.utils import timezone

from compliance.models import RulePack, Trial
from compliance.trying import try_draft
from compliance.usecases import activate_pack, ask_trial
from kernel.actor import Actor


def tried(actor: Actor, draft: RulePack) -> Trial:
    """The draft's trial, made by a worker at once."""
    ask_trial(actor=actor, pack_id=draft.id, now=timezone.now())
    trial = try_draft(pack_id=draft.id, now=timezone.now())
    assert trial is not None
    return trial


def activated(actor: Actor, draft: RulePack, *, acknowledged: str = "") -> RulePack:
    """The draft, tried and put in force."""
    shown = tried(actor, draft)
    return activate_pack(
        actor=actor, pack_id=draft.id, trial=shown.number, acknowledged=acknowledged, now=timezone.now()
    )
