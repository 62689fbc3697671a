"""Tags and filters of the back office; listed with examples in ``templates/desk/README.md``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.crypto import salted_hmac
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel.enumeration import enumerated
from kernel.timekeeping import SHANGHAI, last_whole_day
from kernel.visible import SCRIPT_PATTERN
from tenancy.models import Staff
from tenancy.navigation import LinkGroup, navigation
from tenancy.notices import MOST_COUNTED, unread_count
from tenancy.roles import Permission
from tenancy.scope import institution_of

register = template.Library()

_TONES = {"success": "good", "warning": "caution", "error": "danger", "debug": "", "info": ""}
_ICONS = {"good": "check-circle", "caution": "warning", "danger": "cross-circle"}
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame around a page says: whose house, who is in, where they may go."""

    institution: str
    slug: str
    seal: str
    person: str
    initial: str
    roles: str
    groups: list[LinkGroup]
    unread: int
    seat_until: date | None
    demo: bool
    owner: str  # of what is typed and not yet saved: tells two colleagues at one browser apart, names nobody


@register.simple_tag(takes_context=True)
def desk_frame(context: dict[str, Any]) -> Frame:
    """The frame for a signed-in visitor."""
    request = context["request"]
    staff = request.user
    institution = institution_of(staff.institution_id)
    english = _english()
    name = institution.name_en if english else institution.name
    mark = str(institution.brand.get("mark") or institution.name)
    return Frame(
        institution=name,
        slug=institution.slug,
        seal=(institution.name_en if english and not institution.brand.get("mark") else mark)[:1],
        person=staff.display_name,
        initial=staff.display_name[:1],
        roles=enumerated(staff.role_labels),
        groups=navigation.made_out_for(staff.roles, request.path),
        unread=unread_count(staff.id),
        seat_until=staff.last_day if staff.is_auditor_seat else None,
        demo=settings.DEMO,
        owner=salted_hmac("desk.unsaved", str(staff.id)).hexdigest()[:16],
    )


@register.filter
def may(staff: Staff, permission: str) -> bool:
    """Whether a colleague holds a permission: a link is drawn for those only who may follow it."""
    return staff.may(Permission(permission))


register.filter("enumerated", enumerated)


@register.filter
def at(members: Sequence[object], place: int) -> object:
    """The member at a place, for two lists that are read side by side; nothing beyond the end."""
    return members[place] if place < len(members) else ""


@register.filter
def capped(count: int) -> str:
    """A count as a badge says it: 7, 99+."""
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of ``desk/icons.svg``; decoration only, so put words beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>',
        extra,
        static("desk/icons.svg"),
        name,
    )


@register.simple_tag
def tone(name: str = "") -> str:
    """The banner class of a tone or of one of Django's message levels."""
    mapped = _TONES.get(name, name)
    return f"banner--{mapped}" if mapped else ""


@register.simple_tag
def tone_icon(name: str = "") -> SafeString:
    return icon(_ICONS.get(_TONES.get(name, name), "info"))


@register.simple_tag(takes_context=True)
def page_url(context: dict[str, Any], number: int) -> str:
    """The address of another page of the same list, with its filters kept."""
    query = context["request"].GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag
def desk_words() -> SafeString:
    """What the scripts say, in the visitor's language."""
    return json_script(
        {
            "adopt": _("采用"),
            "close": _("关闭"),
            "copied": _("已复制。"),
            "uncopied": _("这个浏览器不允许复制，请选中文字后手动复制。"),
            "failed": _("没有办成（{status}），请稍后再试。"),
            "go_on": _("确定"),
            "hidden_marks": _("已去掉看不见的字符。"),
            "hidden_pattern": SCRIPT_PATTERN,
            "live_at": _("实时 · {time} 更新"),
            "live_late": _("正在重新连接…"),
            "live_lost": _("暂时连不上，正在重试"),
            "not_needed": _("不需要"),
            "offline": _("网络不通，请检查后重试。"),
            "restore": _("恢复填写"),
            "reword": _("可改为"),
            "save_later": _("暂未保存，正在重试"),
            "saved_at": _("已保存 {time}"),
            "saving": _("正在保存…"),
            "signed_out": _("您已退出登录，请重新登录后继续。"),
            "unsaved": _("找到上次没有保存成功的内容"),
            "unsaved_files": _("它只留在这个浏览器标签页里，可以恢复到表单；文件需要重新选择。"),
            "unsaved_where": _("它只留在这个浏览器标签页里，可以恢复到表单，核对后再提交。"),
        },
        "desk-words",
    )


@register.filter
def cn_date(value: date | datetime | None) -> str:
    """2026年11月21日 周六； in English Sat 21 Nov 2026."""
    if not value:
        return "—"
    day = value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value
    if _english():
        return f"{day:%a} {day.day} {day:%b} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日 周{_WEEKDAYS[day.weekday()]}"


@register.filter
def cn_last_day(end: datetime | None) -> str:
    """The last whole day on which something holds that ends then."""
    return cn_date(last_whole_day(end) if end else None)


@register.filter
def cn_datetime(value: datetime | None) -> str:
    if not value:
        return "—"
    local = value.astimezone(SHANGHAI)
    if _english():
        return f"{local.day} {local:%b} {local.year} {local:%H:%M}"
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


@register.filter
def cn_time(value: datetime | None) -> str:
    return "—" if not value else f"{value.astimezone(SHANGHAI):%H:%M}"


@register.filter
def ago(value: datetime | None, now: datetime | None = None) -> str:
    """How long ago: 刚刚， 3 分钟前， 2 小时前， 5 天前."""
    if not value:
        return "—"
    passed = (now or datetime.now(UTC)) - value
    if passed < timedelta(minutes=1):
        return _("刚刚")
    return _("%(span)s前") % {"span": _span(passed)}


@register.filter
def left(value: datetime | None, now: datetime | None = None) -> str:
    """How long until a deadline, or how long past it."""
    if not value:
        return "—"
    remaining = value - (now or datetime.now(UTC))
    if remaining < timedelta(0):
        return _("已超时 %(span)s") % {"span": _span(-remaining)}
    return _("还有 %(span)s") % {"span": _span(remaining)}


@register.filter
def thousands(value: int | float | str | None) -> str:
    return "—" if value is None or isinstance(value, str) else f"{value:,}"


@register.filter
def percent(value: float | str | None, places: int = 1) -> str:
    """A share between 0 and 1 as a percentage; an unknown share is a dash, not a nought."""
    if value is None or value == "":
        return "—"
    shown = f"{float(value) * 100:.{places}f}"
    return f"{shown.rstrip('0').rstrip('.') if '.' in shown else shown}%"


@register.filter
def phone(value: str | None) -> str:
    """A mobile number, whole or masked, in groups of 3-4-4."""
    text = value or ""
    return f"{text[:3]} {text[3:7]} {text[7:]}" if len(text) == 11 else text


def _span(length: timedelta) -> str:
    minutes = max(1, int(length.total_seconds() // 60))
    if minutes < 60:
        return _("%(count)s 分钟") % {"count": minutes}
    if minutes < 48 * 60:
        return _("%(count)s 小时") % {"count": minutes // 60}
    return _("%(count)s 天") % {"count": minutes // (24 * 60)}


def _english() -> bool:
    return (get_language() or "").startswith("en")
