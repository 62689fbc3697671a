"""This app's signs in the back office: sidebar entries, home cards, the marketer's first deed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import Campaign
from campaigns.queries import campaigns_matching, ending_within, standings_of
from campaigns.question_models import Question
from campaigns.question_quarantine import held_questions
from campaigns.usecases.holding import HELD
from campaigns.usecases.resting import RESTED
from campaigns.wording import STANDING_MARKS
from compliance.citing import MOST, Cited, CitedBy, citer
from kernel.actor import Actor
from kernel.timekeeping import end_of_day, local_day
from kernel.typed import typed_id
from privacy.models import TextScope, TextTally
from privacy.usecases.text_ceilings import NEARED, SURGED
from tenancy.home import Deed, Waiting, home_card, home_deed
from tenancy.navigation import NavItem, navigation
from tenancy.notices import Called, NoticeKind, notice_kind, notice_subject
from tenancy.roles import Permission

DAYS_AHEAD = 7
SHOWN = 30

navigation.add(
    NavItem(pgettext_lazy("list", "活动"), "campaigns:campaigns", Permission.VIEW_CAMPAIGNS, "flag", order=10)
)
navigation.add(NavItem(_("模板库"), "campaigns:gallery", Permission.EDIT_CAMPAIGN, "grid", order=12))
navigation.add(NavItem(_("题库"), "questions:own", Permission.VIEW_CAMPAIGNS, "book", order=14))
home_deed(Deed(_("新建活动"), "campaigns:gallery", Permission.EDIT_CAMPAIGN, "plus", order=10))


@home_card(
    title=_("等我处理的活动"),
    permission=Permission.EDIT_CAMPAIGN,
    icon="pencil",
    order=10,
    url_name="campaigns:campaigns",
    empty=_("没有等您处理的活动。可以从模板新建一个。"),
)
def waiting_for_author(*, actor: Actor, now: datetime) -> list[Waiting]:
    """The author's own campaigns that someone must do something about."""
    mine = list(campaigns_matching().filter(author_id=actor.id).exclude(status="closed"))
    standings = standings_of(mine, now=now)
    notes = {
        "returned": (say("退回修改"), "caution"),
        "rejected": (say("未通过"), "danger"),
        "approved": (say("可以发布"), "good"),
        "draft": (say("未送审"), ""),
        "ended": (say("审核已失效"), "danger"),
    }
    return [
        Waiting(
            title=campaign.title,
            url=_address(campaign, standings[campaign.id].step),
            since=campaign.saved_at,
            note=notes[standings[campaign.id].step][0],
            tone=notes[standings[campaign.id].step][1],
        )
        for campaign in mine
        if standings[campaign.id].step in notes
    ]


@home_card(
    title=_("我的活动"),
    permission=Permission.EDIT_CAMPAIGN,
    icon="flag",
    order=20,
    url_name="campaigns:campaigns",
    empty=_("还没有上线的活动。"),
)
def my_live_campaigns(*, actor: Actor, now: datetime) -> list[Waiting]:
    """What is out or on its way, with its state."""
    mine = list(campaigns_matching().filter(author_id=actor.id).exclude(status="closed"))
    standings = standings_of(mine, now=now)
    return [
        Waiting(
            title=campaign.title,
            url=reverse("campaigns:campaign", args=[campaign.id]),
            since=campaign.published_at,
            note=str(campaign.get_status_display())
            if campaign.live_version_id
            else str(STANDING_MARKS[standings[campaign.id].step].label),
            tone="good" if campaign.status == Campaign.Status.PUBLISHED else "caution",
        )
        for campaign in mine
        if campaign.live_version_id or standings[campaign.id].step == "open"
    ]


@home_card(
    title=_("即将到期的活动"),
    permission=Permission.VIEW_CAMPAIGNS,
    icon="clock",
    order=60,
    url_name="campaigns:campaigns",
    empty=_("一周内没有活动到期。"),
)
def ending_soon(*, actor: Actor, now: datetime) -> list[Waiting]:  # noqa: ARG001 - the same for everyone
    """Live campaigns whose last day is within a week."""
    return [
        Waiting(
            title=campaign.title,
            url=reverse("campaigns:campaign", args=[campaign.id]),
            due=end_of_day(campaign.ends_on),
        )
        for campaign in ending_within(DAYS_AHEAD, today=local_day(now))
        if campaign.ends_on is not None
    ]


def campaigns_called(ids: Sequence[UUID]) -> Mapping[UUID, Called]:
    """Campaigns by title, found on their own page."""
    titles = Campaign.objects.filter(id__in=ids).values_list("id", "title")
    return {pk: Called(title, reverse("campaigns:campaign", args=[pk])) for pk, title in titles}


notice_subject("campaign", names=campaigns_called)
notice_kind(NoticeKind(RESTED, _("《%(title)s》已从手机下线，请查看原因"), icon="stop", tone="danger"))


def text_tallies_called(ids: Sequence[UUID]) -> Mapping[UUID, Called]:
    """What a ceiling on texts was counted for, found where texts are counted. Never a number."""
    tallies = list(TextTally.objects.filter(id__in=ids))
    campaigns = {typed_id(tally.subject.partition(".")[0]) for tally in tallies}
    titles = dict(Campaign.objects.filter(id__in=campaigns - {None}).values_list("id", "title"))
    url = reverse("campaigns:texts")

    def called(tally: TextTally) -> str:
        if tally.scope == TextScope.INSTITUTION:
            return say("本机构今天的短信")
        if tally.scope == TextScope.RANGE:
            return say("发往同一号段的短信")
        title = titles.get(typed_id(tally.subject.partition(".")[0]), "")
        return say("活动“%(title)s”的短信") % {"title": title}

    return {tally.id: Called(called(tally), url) for tally in tallies}


notice_subject("text_tally", names=text_tallies_called)
notice_kind(NoticeKind(NEARED[50], _("%(title)s已用到上限的 50%%"), icon="chart", tone="caution"))
notice_kind(NoticeKind(NEARED[80], _("%(title)s已用到上限的 80%%"), icon="warning", tone="caution"))
notice_kind(NoticeKind(NEARED[100], _("%(title)s已到上限，今天不再发送"), icon="stop", tone="danger"))
notice_kind(NoticeKind(SURGED, _("%(title)s请求异常增多，请核实"), icon="warning", tone="danger"))
navigation.add(
    NavItem(_("短信用量"), "campaigns:texts", Permission.MANAGE_INSTITUTION, "chart", order=86, group="house")
)


def questions_called(ids: Sequence[UUID]) -> Mapping[UUID, Called]:
    """Questions of the library by their text."""
    texts = Question.objects.filter(id__in=ids).values_list("id", "text", "code")
    return {pk: Called(text or code, reverse("questions:question", args=[pk])) for pk, text, code in texts}


notice_subject("question", names=questions_called)
notice_kind(
    NoticeKind(
        HELD, _("题目“%(title)s”所引法规有更新或撤回，已暂停使用，等待复核"), icon="law", tone="caution"
    )
)


def questions_citing(key: str) -> CitedBy:
    """The institution's own questions that rest on an article."""
    found = Question.objects.filter(article=key, retired_at=None).order_by("-saved_at", "-id")
    shown = [Cited(one.text, one.code, reverse("questions:question", args=[one.id])) for one in found[:MOST]]
    return CitedBy(say("本机构题目"), "book", found.count(), shown)


citer(questions_citing)


def _address(campaign: Campaign, step: str) -> str:
    page = "campaigns:build" if step in ("draft", "returned") else "campaigns:campaign"
    return reverse(page, args=[campaign.id])


@home_card(
    title=_("因法规更新待复核的题目"),
    permission=Permission.CLEAR_QUESTION,
    icon="book",
    order=15,
    url_name="questions:held",
    empty=_("没有待复核的题目。"),
)
def questions_to_clear(*, actor: Actor, now: datetime) -> list[Waiting]:  # noqa: ARG001 - the same for everyone
    """Questions out of use until someone looks at them again, those that are live in a campaign first."""
    held = sorted(held_questions(now=now, most=SHOWN), key=lambda one: not one.campaigns)
    return [
        Waiting(
            title=one.text,
            url=f"{reverse('questions:held')}#{one.code}",
            since=one.after.published_at,
            due=min((used.due_at for used in one.campaigns if used.due_at), default=None),
            note=one.after.article_id,
            tone="danger" if one.campaigns else "caution",
        )
        for one in held[:SHOWN]
    ]
