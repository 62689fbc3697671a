"""Words for people about things of this app, in the active language."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.games.base import Words


@dataclass(frozen=True, slots=True)
class Mark:
    """A badge: its words, tone and icon."""

    label: str | Promise
    tone: str = ""
    icon: str = ""


STATUS_MARKS = {
    "draft": Mark(_("未上线")),
    "published": Mark(_("进行中"), "good", "play"),
    "upcoming": Mark(_("待开始"), "brand", "clock"),
    "ended": Mark(_("已到期")),
    "paused": Mark(_("已暂停"), "caution", "pause"),
    "stopped": Mark(_("紧急停止"), "danger", "stop"),
    "closed": Mark(_("已结束")),
}

STANDING_MARKS = {
    "draft": Mark(_("草稿")),
    "open": Mark(_("审核中"), "brand"),
    "returned": Mark(_("退回修改"), "caution"),
    "rejected": Mark(_("未通过"), "danger"),
    "approved": Mark(_("已通过，待发布"), "good"),
    "live": Mark(_("已通过"), "good"),
    "ended": Mark(_("审核已失效"), "danger"),
}

# What a content is compared with: the newest submission, by what became of it.
SINCE_SENT = {
    "open": _("与正在审核的版本相比"),
    "approved": _("与上次通过的版本相比"),
    "returned": _("与上次退回的版本相比"),
    "rejected": _("与上次未通过的版本相比"),
    "withdrawn": _("与上次撤回的版本相比"),
    "lapsed": _("与审核已到期的版本相比"),
    "revoked": _("与审核已撤销的版本相比"),
}

# What a phone reads above a campaign that cannot be played, and what colleagues are told it reads.
AT_REST = {
    "upcoming": _("活动还没有开始"),
    "paused": _("活动暂停一会儿"),
    "stopped": _("活动已停止"),
}

# Kind: the name that is written into the content, and how the builder offers it.
CHANNELS = {
    "official_account": ("公众号菜单", _("公众号菜单"), _("官方公众号菜单栏与推文")),
    "website": ("官网", _("官网"), _("机构官网活动页，可嵌入")),
    "app": ("官方APP", _("手机银行 / 官方 APP"), _("合规板块或消息中心")),
    "mini_program": ("官方小程序", _("官方小程序"), _("由小程序跳转")),
    "branch": ("网点海报", _("所有网点通用海报"), _("印有二维码与审核编号的海报")),
}


def spoken(words: Words) -> str:
    """The sentence in the active language."""
    return words.en if (get_language() or "").startswith("en") else words.zh
