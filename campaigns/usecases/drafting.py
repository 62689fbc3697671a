"""Drafts: started from a preset, saved while typing. Whatever was typed is kept, right or wrong."""

from __future__ import annotations

import math
import re
import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from campaigns.gallery import Preset, preset_called
from campaigns.games.base import Json
from campaigns.lifecycle import LIFECYCLE
from campaigns.models import Campaign
from kernel.actor import Actor
from kernel.errors import DomainError, NotFound
from kernel.fingerprint import canonical_json
from kernel.models import TenantManager
from kernel.scope import current_institution
from kernel.timekeeping import local_day
from ledger.record import record
from rewards.models import Benefit
from tenancy.roles import Permission
from tenancy.scope import institution_of
from tenancy.usecase import usecase

LARGEST_DRAFT = 256 * 1024
DEEPEST_DRAFT = 24
CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread from a poster
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class DraftMoved(DomainError):
    """Someone saved in the meantime; both texts are kept, nothing is overwritten."""

    code = "draft_moved"
    zh = "草稿已在别处更新，请刷新后合并您的修改；您刚输入的内容仍在本页。"
    en = "The draft was saved elsewhere. Refresh to merge; what you typed is still on this page."

    def __init__(self, *, revision: int) -> None:
        super().__init__(revision=revision)


class DraftTooLarge(DomainError):
    code = "draft_too_large"
    status = 413
    zh = "内容过大，请精简题目或文字。"
    en = "The content is too large. Please shorten it."


class WrongSector(DomainError):
    code = "wrong_sector"
    status = 400
    zh = "该模板不适用于本机构的业态。"
    en = "This template is not made for your kind of institution."


class NotCertified(DomainError):
    code = "preset_not_certified"
    zh = "该模板的合规认证已失效，暂不能使用。"
    en = "The certificate of this template is not valid. It cannot be used for now."


@usecase(Permission.EDIT_CAMPAIGN)
def create_campaign_from_preset(*, actor: Actor, preset: str, title: str = "", now: datetime) -> Campaign:
    """A fresh draft from a preset, with the institution's own service filled in where it has one.

    Raises NotFound, WrongSector, NotCertified.
    """
    chosen = preset_called(preset)
    sector = institution_of(current_institution()).sector
    if sector not in chosen.sectors:
        raise WrongSector
    if not chosen.is_certified(local_day(now)):
        raise NotCertified
    draft = storable({**chosen.draft(sector=sector, today=local_day(now)), "awards": _awards(chosen)})
    if title:
        draft["title"] = storable(title)[:500]

    campaign: Campaign = Campaign.objects.create(
        code=free_code(Campaign.objects, CODE_LETTERS, 8),
        preset=chosen.key,
        game=draft["game"],
        title=draft["title"],
        draft=draft,
        saved_at=now,
        author_id=actor.id,
        last_editor_id=actor.id,
        created_at=now,
    )
    record(
        "campaigns.created",
        actor=actor,
        subject=campaign.ref,
        at=now,
        campaign_id=campaign.id,
        preset=chosen.key,
    )
    return campaign


@usecase(Permission.EDIT_CAMPAIGN, may_do_nothing=True)
def save_draft(*, actor: Actor, campaign_id: UUID, revision: int, draft: Json, now: datetime) -> Campaign:
    """Keep what was typed, if it was typed onto `revision`. The live version is not touched.

    A save whose answer was lost may be sent again: what is kept already is never a conflict.
    Raises NotFound, DraftMoved, DraftTooLarge, IllegalTransition.
    """
    campaign = locked_campaign(campaign_id)
    LIFECYCLE.next(campaign.status, "edit")
    kept = storable({**draft, "game": campaign.game})  # the game is chosen with the preset, for good
    if len(canonical_json(kept)) > LARGEST_DRAFT:
        raise DraftTooLarge
    if kept == campaign.draft:
        return campaign
    if campaign.revision != revision:
        raise DraftMoved(revision=campaign.revision)

    campaign.draft = kept
    campaign.title = _title(kept, campaign.title)
    campaign.revision += 1
    campaign.last_editor_id = actor.id
    campaign.saved_at = now
    campaign.save(update_fields=["draft", "title", "revision", "last_editor", "saved_at"])
    record(
        "campaigns.edited",
        actor=actor,
        subject=campaign.ref,
        at=now,
        campaign_id=campaign.id,
        revision=campaign.revision,
    )
    return campaign


@usecase(Permission.EDIT_CAMPAIGN)
def discard_draft(*, actor: Actor, campaign_id: UUID, now: datetime) -> Campaign:
    """Put away a campaign that never went out. Raises NotFound, IllegalTransition."""
    campaign = locked_campaign(campaign_id)
    campaign.status = LIFECYCLE.next(campaign.status, "discard")
    campaign.save(update_fields=["status"])
    record("campaigns.discarded", actor=actor, subject=campaign.ref, at=now, campaign_id=campaign.id)
    return campaign


def locked_campaign(campaign_id: UUID) -> Campaign:
    """The campaign of the open scope, locked. Raises NotFound."""
    campaign: Campaign | None = Campaign.objects.select_for_update().filter(id=campaign_id).first()
    if campaign is None:
        raise NotFound
    return campaign


def storable(value: Any, depth: int = 0) -> Any:
    """The same JSON without what PostgreSQL cannot keep. Raises DraftTooLarge for endless nesting."""
    if depth > DEEPEST_DRAFT:
        raise DraftTooLarge
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [storable(part, depth + 1) for part in value]
    if isinstance(value, dict):
        return {_UNSTORABLE.sub("", name): storable(part, depth + 1) for name, part in value.items()}
    return value


def _title(draft: Json, before: str) -> str:
    title = draft.get("title")
    return title[:500] if isinstance(title, str) and title.strip() else before


def _awards(preset: Preset) -> Json:
    offered = Benefit.objects.filter(is_active=True, service__in=preset.services.values()).order_by("id")
    by_service = {benefit.service: benefit.id for benefit in reversed(list(offered))}
    return {
        award: {"benefit": str(by_service[service])}
        for award, service in preset.services.items()
        if service in by_service
    }


def free_code(among: TenantManager, letters: str, length: int, prefix: str = "") -> str:
    """A code that none of these carries yet."""
    while True:
        code = prefix + "".join(secrets.choice(letters) for _ in range(length))
        if not among.filter(code=code).exists():
            return code
