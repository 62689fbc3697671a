"""Record lists: Django admin in Unfold's clothes, for reading only. Writing is what use cases are for.

An app registers a list in its ``admin.py``:

    @records.show(Branch)
    class BranchRecords(TenantAdmin):
        permission = Permission.VIEW_STAFF
        title = _("网点")
        columns = {"name": _("名称"), "city": _("城市")}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazily
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from kernel.errors import NotFound
from tenancy.doors import staff_door
from tenancy.roles import Permission
from tenancy.templatetags.desk import cn_datetime
from tenancy.views_access import sign_out

_LONGEST = 48
_SHORTENED = {False: 46, True: 12}  # of a fingerprint the beginning is enough to tell it by
FRONT = Permission.VIEW_LEDGER


class TenantAdmin(ModelAdmin):  # type: ignore[misc]  # Unfold ships no types
    """Rows of the visitor's institution, for those who hold ``permission``. Nothing can be changed here.

    Only the named columns show. There is no change history of the admin's own: the ledger is it.
    """

    permission: ClassVar[Permission]
    title: ClassVar[str | Promise]
    columns: ClassVar[Mapping[str, str | Promise]]
    actions = None
    list_per_page = 50
    show_full_result_count = False
    list_disable_select_all = True
    list_display_links = None
    ordering: Sequence[str] = ("-id",)

    def get_urls(self) -> list[URLPattern]:
        app, model = self.opts.app_label, self.opts.model_name
        door = staff_door(self.permission)
        return [
            path("", door(self.changelist_view), name=f"{app}_{model}_changelist"),
            path("<path:object_id>/change/", door(self.change_view), name=f"{app}_{model}_change"),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.get_queryset()
        return rows.order_by(*self.get_ordering(request))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        first, *others = self._cells(short=True)
        return [self._linked(first), *others]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self._cells()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self._cells()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        staff: Any = request.user
        return bool(staff.is_authenticated and staff.may(self.permission))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def log_addition(self, *_said: Any) -> None:
        """The ledger is the history."""

    log_change = log_deletion = log_addition

    def _cells(self, *, short: bool = False) -> list[Callable[[Any], Any]]:
        return [cell(name, label, short=short) for name, label in self.columns.items()]

    def _linked(self, shown: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """The first column leads to the record."""

        def linked(row: Any) -> SafeString:
            target = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
            return format_html('<a href="{}">{}</a>', target, shown(row))

        linked.__dict__.update(shown.__dict__)
        return linked


def cell(name: str, label: str | Promise, *, short: bool = False) -> Callable[[Any], Any]:
    """One column by its name (``benefit.title`` follows a tie), in words: choices by label, Shanghai time."""
    *ties, last = name.split(".")

    def shown(row: Any) -> Any:
        for tie in ties:
            row = getattr(row, tie)
        told = getattr(row, f"get_{last}_display", None)
        value = told() if told else getattr(row, last)
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if isinstance(value, datetime):
            return cn_datetime(value)
        if isinstance(value, list | tuple):
            return "、".join(str(each) for each in value)
        if short and isinstance(value, str) and len(value) > _LONGEST:
            return f"{value[: _SHORTENED[name.endswith('fingerprint')]]}…"
        return "—" if value is None or value == "" else value

    shown.short_description = label  # type: ignore[attr-defined]  # what the admin reads a heading from
    shown.__name__ = name.replace(".", "_")
    return shown


def to_password_page(_request: HttpRequest) -> HttpResponse:
    return redirect("tenancy:password")


class RecordsSite(UnfoldAdminSite):  # type: ignore[misc]  # Unfold ships no types
    """The shelf of record lists. Only a front page, lists and single records: no sign-in, no writing."""

    site_title = site_header = "合趣"
    index_title = lazily("记录")
    enable_nav_sidebar = True

    def get_urls(self) -> list[URLPattern | URLResolver]:
        door = staff_door(FRONT)
        shelves: list[URLPattern | URLResolver] = [
            path(f"{model._meta.app_label}/{model._meta.model_name}/", include(admin.get_urls()))
            for model, admin in self._registry.items()
            if isinstance(admin, TenantAdmin)
        ]
        front = [
            path("", door(self.index), name="index"),
            path("words.js", door(self.i18n_javascript), name="jsi18n"),
            path("leave/", sign_out, name="logout"),
            path("password/", door(to_password_page), name="password_change"),
            path("search/", door(self.search), name="search"),
            path("<slug:app_label>/", door(self.app_index), name="app_list"),
        ]
        return [*front, *shelves]

    def search(self, request: HttpRequest) -> HttpResponse:
        """Each list has its own search; one over all would keep answers in a cache. Raises NotFound."""
        raise NotFound

    def has_permission(self, request: HttpRequest) -> bool:
        staff: Any = request.user
        return bool(staff.is_authenticated and staff.may(FRONT))

    def show(self, model: type[Model]) -> Callable[[type[TenantAdmin]], type[TenantAdmin]]:
        """Put a model's list on the shelf."""

        def put(shelf: type[TenantAdmin]) -> type[TenantAdmin]:
            meta: Any = model._meta
            meta.verbose_name = meta.verbose_name_plural = shelf.title
            self.register(model, shelf)
            return shelf

        return put


records = RecordsSite(name="admin")
