"""The back office's way-signs. Each app puts up its own from ``<app>/desk.py``, which is found by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenancy.roles import Permission, allows

Group = Literal["work", "know", "keep", "house"]

GROUP_LABELS: dict[Group, str | Promise] = {
    "work": "",
    "know": _("看数"),
    "keep": _("留痕"),
    "house": _("机构"),
}
_HOME = "tenancy:home"


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the sidebar, shown to those who hold ``permission`` (and to nobody else)."""

    label: str | Promise
    url_name: str
    permission: Permission
    icon: str
    order: int = 50
    group: Group = "work"


@dataclass(frozen=True, slots=True)
class Link:
    """An entry made out for one visitor."""

    label: str
    url: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class LinkGroup:
    label: str
    items: list[Link]


@dataclass
class Navigation:
    """The registry. Adding the same URL twice is a mistake and says so."""

    items: list[NavItem] = field(default_factory=list)

    def add(self, item: NavItem) -> None:
        if any(known.url_name == item.url_name for known in self.items):
            raise ValueError(f"{item.url_name} is already in the sidebar")
        self.items.append(item)

    def made_out_for(self, roles: Iterable[str], path: str) -> list[LinkGroup]:
        """The groups this person sees; the longest entry that leads to ``path`` is the current one.

        Every path leads through the home page: that is current only on itself.
        """
        held = list(roles)
        seen = [item for item in sorted(self.items, key=_place) if allows(held, item.permission)]
        urls = {item.url_name: reverse(item.url_name) for item in seen}
        leading = [
            url for name, url in urls.items() if path.startswith(url) and (name != _HOME or path == url)
        ]
        here = max(leading, key=len, default="")
        groups: list[LinkGroup] = []
        for group, label in GROUP_LABELS.items():
            links = [
                Link(str(item.label), urls[item.url_name], item.icon, urls[item.url_name] == here)
                for item in seen
                if item.group == group
            ]
            if links:
                groups.append(LinkGroup(str(label), links))
        return groups


def _place(item: NavItem) -> tuple[int, str]:
    return item.order, item.url_name


navigation = Navigation()
navigation.add(NavItem(_("首页"), _HOME, Permission.VIEW_HOME, "home", order=0))
navigation.add(NavItem(_("人员"), "tenancy:staff", Permission.VIEW_STAFF, "people", order=80, group="house"))
navigation.add(NavItem(_("记录"), "records:index", Permission.VIEW_LEDGER, "list", order=90, group="keep"))
navigation.add(
    NavItem(
        _("机构与网点"),
        "tenancy:institution",
        Permission.MANAGE_INSTITUTION,
        "building",
        order=70,
        group="house",
    )
)
