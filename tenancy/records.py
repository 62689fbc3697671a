"""Record lists: Django admin in Unfold's clothes, for reading only. Writing is what use cases are for.

An app registers a list in its ``admin.py``:

    @records.show(Branch)
    class BranchRecords(TenantAdmin):
        permission = Permission.VIEW_STAFF
        list_display = ["name", "city"]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.db.models import BinaryField, Field, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from kernel.errors import NotFound
from tenancy.doors import staff_door
from tenancy.roles import Permission
from tenancy.views_access import sign_out

FRONT = Permission.VIEW_LEDGER


class TenantAdmin(ModelAdmin):
    """Rows of the visitor's institution, for those who hold ``permission``. Nothing can be changed here.

    Sealed columns and digests never show. There is no change history of the admin's own: the ledger is it.
    """

    permission: ClassVar[Permission]
    actions = None
    list_per_page = 50
    show_full_result_count = False
    list_disable_select_all = True
    ordering: Sequence[str] = ("-id",)

    def get_urls(self) -> list[URLPattern]:
        app, model = self.opts.app_label, self.opts.model_name
        door = staff_door(self.permission)
        return [
            path("", door(self.changelist_view), name=f"{app}_{model}_changelist"),
            path("<path:object_id>/change/", door(self.change_view), name=f"{app}_{model}_change"),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.model._default_manager.get_queryset().order_by(*self.get_ordering(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [field.name for field in self.opts.get_fields() if self._may_show(field)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.get_fields(request, obj)

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

    def _may_show(self, field: Any) -> bool:
        return (
            isinstance(field, Field)
            and not isinstance(field, BinaryField)
            and field.name not in {"institution_id", "password", "session_epoch"}
        )


class RecordsSite(UnfoldAdminSite):
    """The shelf of record lists. Only a front page, lists and single records: no sign-in, no writing."""

    site_title = site_header = "合趣"
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
            path(
                "password/",
                door(RedirectView.as_view(pattern_name="tenancy:password")),
                name="password_change",
            ),
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

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().index(request, extra_context)

    def show(self, model: type[Model]) -> Callable[[type[TenantAdmin]], type[TenantAdmin]]:
        """Put a model's list on the shelf."""

        def put(shelf: type[TenantAdmin]) -> type[TenantAdmin]:
            self.register(model, shelf)
            return shelf

        return put


records = RecordsSite(name="admin")
