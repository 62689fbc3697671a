"""What the service desk puts in the sidebar and on the home page."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kernel.actor import Actor
from kernel.timekeeping import SHANGHAI, local_day
from rewards.lookup import branch_id_of
from rewards.models import Appointment
from rewards.queries import appointments_within, visit_lines
from tenancy.home import MOST, Deed, Sample, Waiting, home_card, home_deed
from tenancy.navigation import NavItem, navigation
from tenancy.roles import Permission

navigation.add(NavItem(_("核销台"), "rewards:redeem", Permission.REDEEM_CODE, "scan", order=30))
navigation.add(NavItem(_("预约"), "rewards:appointments", Permission.VIEW_APPOINTMENTS, "calendar", order=31))
navigation.add(NavItem(_("服务权益"), "rewards:benefits", Permission.VIEW_BENEFITS, "ticket", order=40))
home_deed(Deed(_("核销"), "rewards:redeem", Permission.REDEEM_CODE, "scan", order=30))


@home_card(
    title=_("今天的到访"),
    permission=Permission.REDEEM_CODE,
    icon="calendar",
    order=20,
    url_name="rewards:appointments",
    empty=_("今天没有预约。"),
)
def todays_visits(*, actor: Actor, now: datetime) -> Sample:
    since = datetime.combine(local_day(now), time.min, SHANGHAI)
    today = appointments_within(since=since, until=since + timedelta(days=1), branch_id=branch_id_of(actor))
    open_today = today.filter(state=Appointment.State.BOOKED)
    shown = [
        Waiting(
            title=f"{visit.starts_at.astimezone(SHANGHAI):%H:%M} {visit.service}",
            url=reverse("rewards:appointments"),
            detail=" · ".join(
                filter(None, (visit.person.name if visit.person else "", visit.need, visit.branch))
            ),
            note=_t("待接待") if visit.staff_id is None else visit.state_label,
            tone="caution" if visit.staff_id is None else "",
        )
        for visit in visit_lines(open_today[:MOST])
    ]
    return Sample(shown, total=open_today.count())
