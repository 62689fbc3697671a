"""What the redemption desk says for each outcome: a colour, an icon, a word, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rewards.lookup import Difference, Outcome


@dataclass(frozen=True, slots=True)
class Banner:
    """One full-width answer."""

    tone: str
    icon: str
    word: str | Promise
    advice: str | Promise


BANNERS: dict[Outcome, Banner] = {
    Outcome.READY: Banner(
        "", "ticket", _("可以核销"), _("请核对客户和服务，然后按“确认核销”。核销后不能再用。")
    ),
    Outcome.REDEEMED: Banner("good", "check-circle", _("核销成功"), _("请为客户提供下面这项服务。")),
    Outcome.ALREADY_USED: Banner(
        "danger", "cross-circle", _("已经用过"), _("这个码已核销，不能再次使用。请与客户核对下面的核销时间。")
    ),
    Outcome.EXPIRED: Banner(
        "caution", "clock", _("已过有效期"), _("请告诉客户可以再参加活动获得新的服务，不要承诺补发。")
    ),
    Outcome.WRONG_INSTITUTION: Banner(
        "danger", "building", _("不是本机构的码"), _("请客户核对是哪一家机构的活动，到对应机构使用。")
    ),
    Outcome.UNKNOWN: Banner(
        "danger", "search", _("查无此码"), _("请客户打开“我的权益”，出示页面上的核销码，不接受截图转发。")
    ),
    Outcome.REVOKED: Banner(
        "danger", "stop", _("已被撤销"), _("这项服务已撤销。客户如有疑问，请转消费者权益保护岗。")
    ),
    Outcome.MISTYPED: Banner(
        "caution", "pencil", _("输入有误"), _("核销码共 12 位，没有 0、O、1、I、L。请重新核对或扫码。")
    ),
    Outcome.WRONG_PHONE: Banner(
        "danger", "phone", _("手机号不符"), _("输入的手机号与预约人不一致，请核对是否为本人到访。")
    ),
    Outcome.WRONG_BRANCH: Banner(
        "caution", "building", _("不在本网点"), _("这项服务只在指定网点提供，请引导客户到预约的网点。")
    ),
    Outcome.NOT_AS_BOOKED: Banner(
        "caution", "calendar", _("与预约不一致"), _("请先看清下面的不同之处；客户同意现在办理，再确认核销。")
    ),
    Outcome.NOT_BOOKED: Banner(
        "caution", "calendar", _("尚未预约"), _("客户取消了预约。请客户在“我的权益”重新选择时间。")
    ),
}

DIFFERENCES: dict[Difference, str | Promise] = {
    Difference.OTHER_BRANCH: _("预约的是另一个网点，不是您所在的网点。"),
    Difference.EARLY: _("还没到预约的时间。现在办理会取消原来的时段。"),
    Difference.LATE: _("预约的时间已经过了。"),
}
