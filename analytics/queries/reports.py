"""Reports that were made or asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from analytics.models import Report, ReportOrder, Tally
from analytics.stages import Stage
from campaigns.models import Campaign
from kernel.timekeeping import local_day, start_of_day

AFTER_END = timedelta(days=1)


def report_orders(campaign_id: UUID | None = None) -> QuerySet[ReportOrder]:
    """Every report asked for, the newest first, with the report where it is made (without its PDF)."""
    orders: QuerySet[ReportOrder] = ReportOrder.objects.select_related("report").defer(
        "report__pdf", "report__content"
    )
    if campaign_id is not None:
        orders = orders.filter(campaign_id=campaign_id)
    return orders.order_by("-until", "-asked_at", "id")


def reports_of_campaign(campaign_id: UUID) -> Sequence[Report]:
    """The campaign's reports, the newest first, without their PDFs."""
    return list(Report.objects.filter(campaign_id=campaign_id).defer("pdf").order_by("-until", "id")[:20])


def earlier_contents(kind: str, campaign_id: UUID, until: datetime) -> list[dict[str, object]]:
    """What this kind of report has already told about the campaign, oldest first."""
    earlier = Report.objects.filter(kind=kind, campaign_id=campaign_id, until__lt=until)
    return list(earlier.order_by("until", "id").values_list("content", flat=True))


def orders_due(now: datetime) -> list[UUID]:
    """Orders whose next try has come: bells that were lost, and failures that waited long enough. Not those
    that were given up, nor those that somebody is making.
    """
    over = (ReportOrder.State.MADE, ReportOrder.State.GIVEN_UP)
    waiting = ReportOrder.objects.exclude(state__in=over).filter(next_try_at__lte=now)
    waiting = waiting.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
    return list(waiting.order_by("next_try_at", "id").values_list("id", flat=True)[:50])


def checks_due(now: datetime) -> list[tuple[UUID, UUID]]:
    """Reports to be computed again whose message was lost: the order, and who waits."""
    waiting = ReportOrder.objects.filter(check_for__isnull=False, next_try_at__lte=now)
    return list(waiting.order_by("next_try_at", "id").values_list("id", "check_for"))


def campaigns_without_first_report(kind: str) -> list[Campaign]:
    """Campaigns that somebody finished and that have no report yet, waiting or made."""
    ordered = ReportOrder.objects.filter(kind=kind, campaign_id=OuterRef("pk"))
    finished = Tally.objects.filter(campaign_id=OuterRef("pk"), stage=Stage.FINISHED)
    found = Campaign.objects.filter(Exists(finished), ~Exists(ordered), published_at__isnull=False)
    return list(found.order_by("id"))


def campaigns_over(kind: str, now: datetime) -> list[Campaign]:
    """Campaigns whose last day has passed and that lack this report of the end."""
    ordered = ReportOrder.objects.filter(kind=kind, campaign_id=OuterRef("pk"))
    found = Campaign.objects.filter(~Exists(ordered), published_at__isnull=False, ends_on__lt=local_day(now))
    return list(found.order_by("id"))


def campaigns_of_yesterday(kind: str, now: datetime) -> list[Campaign]:
    """Campaigns that ran yesterday, or whose last day was yesterday, and lack that day's report."""
    midnight = start_of_day(local_day(now))
    ordered = ReportOrder.objects.filter(kind=kind, campaign_id=OuterRef("pk"), until=midnight)
    seen = Tally.objects.filter(campaign_id=OuterRef("pk"), day=local_day(midnight - AFTER_END))
    found = Campaign.objects.filter(Exists(seen), ~Exists(ordered), published_at__lt=midnight)
    return list(found.order_by("id"))
