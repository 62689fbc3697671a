"""What an administrator sets about text messages: ceilings a day and the price of one."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kernel.actor import Actor, Ref
from kernel.errors import DomainError
from kernel.scope import current_institution
from ledger.record import record
from privacy.models import TextCeiling, TextPrice, TextScope
from privacy.usecases.text_ceilings import ceilings_for
from tenancy.roles import Permission
from tenancy.usecase import usecase

BOUNDS: dict[str, tuple[int, int]] = {
    TextScope.INSTITUTION: (10, 200_000),
    TextScope.CAMPAIGN: (10, 100_000),
    TextScope.RANGE: (10, 10_000),
    TextScope.NUMBER: (3, 30),
}
"""No ceiling is so low that nobody gets a code, or so high that it is none."""


class RaiseReason(TextChoices):
    """Why a ceiling is raised: one of a few, for the ledger keeps no free text."""

    EVENT = "event", _("线下活动或集中推广")
    GROWTH = "growth", _("参与人数增加")
    RESEND = "resend", _("短信到达慢，重发较多")
    REVIEWED = "reviewed", _("已核实，不是异常发送")


class CeilingOutOfBounds(DomainError):
    """A ceiling that would be none, or would stop everybody."""

    code = "ceiling_out_of_bounds"
    status = 422
    zh = "这个上限只能在 {least} 到 {most} 条之间。"
    en = "This ceiling can be set from {least} to {most} texts."


class ReasonMissing(DomainError):
    """A ceiling was raised and nothing said why."""

    code = "reason_missing"
    status = 422
    zh = "调高上限须选择原因，会记入台账。"
    en = "Raising a ceiling takes a reason, which is kept in the ledger."


class PriceUnknown(DomainError):
    """Not a price of one text."""

    code = "price_unknown"
    status = 422
    zh = "请填写 0.0001 到 10 元之间的单价，最多四位小数。"
    en = "Please enter a price from 0.0001 to 10 yuan, with four decimals at most."


@usecase(Permission.MANAGE_INSTITUTION)
def set_text_ceiling(
    *, actor: Actor, scope: str, campaign_id: UUID | None = None, most: int, reason: str = "", now: datetime
) -> TextCeiling:
    """Set a ceiling a day, for the institution or for one campaign; it holds from the next text on.

    Lowering needs no reason. Raises CeilingOutOfBounds, ReasonMissing.
    """
    least, highest = BOUNDS[TextScope(scope)]
    if not least <= most <= highest:
        raise CeilingOutOfBounds(least=least, most=highest)
    before = ceilings_for(campaign_id)[scope]
    if most > before and reason not in RaiseReason.values:
        raise ReasonMissing
    ceiling: TextCeiling = TextCeiling.objects.update_or_create(
        scope=scope, campaign_id=campaign_id, defaults={"most": most, "set_at": now}
    )[0]

    why = reason if most > before else ""
    record(
        "privacy.text_ceiling_set", actor=actor, subject=Ref("text_ceiling", ceiling.id), at=now,
        campaign_id=campaign_id, scope=scope, before=before, most=most, reason=why,
    )  # fmt: skip
    return ceiling


@usecase(Permission.MANAGE_INSTITUTION)
def set_text_price(*, actor: Actor, yuan: Decimal, now: datetime) -> TextPrice:
    """Set what one billed text costs. Raises PriceUnknown."""
    exponent = yuan.as_tuple().exponent
    if not yuan.is_finite() or not 0 < yuan <= 10 or not isinstance(exponent, int) or exponent < -4:
        raise PriceUnknown
    price: TextPrice = TextPrice.objects.update_or_create(
        institution_id=current_institution(), defaults={"yuan": yuan, "set_at": now}
    )[0]

    record(
        "privacy.text_price_set", actor=actor, subject=Ref("text_price", price.id), at=now, price=str(yuan)
    )
    return price
