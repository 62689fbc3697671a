"""Record lists: rows of an institution in people's words, for reading only; use cases are for writing.

An app registers a list in its ``record_lists.py``:

    @records.show(Branch)
    class BranchRecords(RecordList):
        permission = Permission.VIEW_STAFF
        title = _("网点")
        columns = {"name": _("名称"), "city": _("城市")}
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, ClassVar
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kernel.enumeration import enumerated
from kernel.errors import NotFound
from kernel.timekeeping import is_midnight
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission
from tenancy.templatetags.desk import cn_datetime, cn_last_day

FRONT = Permission.VIEW_LEDGER
A_PAGE = 50
MOST_WORDS, LONGEST_SEARCH = 5, 40
_LONGEST = 48
_SHORTENED = {False: 46, True: 12}  # of a fingerprint the beginning is enough to tell it by


class NotShown(TypeError):
    """A list would search a column that it does not show: whoever searches would learn what stands there."""


class RecordList:
    """Rows of the visitor's institution, for those who hold ``permission``. Nothing can be changed here.

    Only the named columns show: ``benefit.title`` follows a tie. What columns follow is read with the rows. A
    visitor's query says which page and which words, nothing else; words are sought in shown columns only.

    Raises NotShown.
    """

    permission: ClassVar[Permission]
    title: ClassVar[str | Promise]
    columns: ClassVar[Mapping[str, str | Promise]]
    search_fields: ClassVar[Sequence[str]] = ()
    ordering: ClassVar[Sequence[str]] = ("-id",)

    def __init__(self, model: type[Model]) -> None:
        hidden = [name for name in self.search_fields if name.replace("__", ".") not in self.columns]
        if hidden:
            raise NotShown(f"{type(self).__name__} does not show {hidden}")
        self.model = model
        self.name = f"{model._meta.app_label}_{model._meta.model_name}"
        self.place = f"{model._meta.app_label}/{model._meta.model_name}/"
        self.ties = {tie for name in self.columns if (tie := _tie(model, name))}

    def rows(self, words: str = "") -> QuerySet[Any]:
        """Newest first; those in which every word stands, where the list can be searched."""
        rows: QuerySet[Any] = self.model._default_manager.all()
        if self.ties:
            rows = rows.select_related(*sorted(self.ties))
        for word in words.split()[:MOST_WORDS] if self.search_fields else ():
            rows = rows.filter(reduce(or_, (Q((f"{name}__icontains", word)) for name in self.search_fields)))
        return rows.order_by(*self.ordering)

    def cells(self, row: Any, *, short: bool = False) -> list[Any]:
        return [cell(row, name, short=short) for name in self.columns]

    def address(self) -> str:
        return reverse(f"records:{self.name}")

    def urls(self) -> Iterator[URLPattern]:
        door = staff_door(self.permission)
        yield path(self.place, door(require_safe(self._list)), name=self.name)
        one = door(require_safe(self._record))
        yield path(f"{self.place}<uuid:record_id>/change/", one, name=f"{self.name}_record")

    def _list(self, request: StaffRequest) -> HttpResponse:
        words = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
        page = Paginator(self.rows(words), A_PAGE).get_page(request.GET.get("page"))
        shown = [
            Line(reverse(f"records:{self.name}_record", args=[row.pk]), *self._split(row)) for row in page
        ]
        context = {"list": self, "headings": self.columns.values(), "page": page, "lines": shown}
        return render(request, "tenancy/records_list.html", {**context, "words": words})

    def _split(self, row: Any) -> tuple[Any, list[tuple[str | Promise, Any]]]:
        first, *others = zip(self.columns.values(), self.cells(row, short=True), strict=True)
        return first[1], others

    def _record(self, request: StaffRequest, record_id: UUID) -> HttpResponse:
        row = self.rows().filter(pk=record_id).first()
        if row is None:
            raise NotFound
        facts = list(zip(self.columns.values(), self.cells(row), strict=True))
        return render(request, "tenancy/record.html", {"list": self, "facts": facts, "name": facts[0][1]})


def _tie(model: type[Model], name: str) -> str:
    """The rows beside a model's own that a column shows, as a query names them; empty for its own."""
    ties: list[str] = []
    of: Any = model  # Any: the model at the end of the ties so far
    for part in name.split("."):
        field = next((one for one in of._meta.concrete_fields if one.name == part), None)
        if field is None or not field.is_relation:
            break
        ties.append(part)
        of = field.related_model
    return "__".join(ties)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list: its first cell leads to the record."""

    url: str
    first: Any
    others: list[tuple[str | Promise, Any]]


# Columns that hold the moment something ends: where that is a midnight, its last whole day is said.
_LAST_DAYS = {"access_until", "book_before", "expires_at"}


def cell(row: Any, name: str, *, short: bool = False) -> Any:
    """One column by its name, in words: choices by label, Shanghai time."""
    *ties, last = name.split(".")
    for tie in ties:
        row = getattr(row, tie)
    told = getattr(row, f"get_{last}_display", None)
    value = told() if told else getattr(row, last)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        return cn_last_day(value) if last in _LAST_DAYS and is_midnight(value) else cn_datetime(value)
    if isinstance(value, list | tuple):
        return enumerated(value)
    if short and isinstance(value, str) and len(value) > _LONGEST:
        return f"{value[: _SHORTENED[name.endswith('fingerprint')]]}…"
    return "—" if value is None or value == "" else value


class Records:
    """The shelf of record lists: a front page, lists and single records."""

    def __init__(self) -> None:
        self.lists: dict[type[Model], RecordList] = {}

    def show(self, model: type[Model]) -> Callable[[type[RecordList]], type[RecordList]]:
        """Put a model's list on the shelf."""

        def put(shelf: type[RecordList]) -> type[RecordList]:
            self.lists[model] = shelf(model)
            return shelf

        return put

    @property
    def urls(self) -> tuple[list[URLPattern], str, str]:
        front = path("", staff_door(FRONT)(require_safe(self._front)), name="index")
        lists = [pattern for one in self.lists.values() for pattern in one.urls()]
        return [front, *lists], "records", "records"

    def _front(self, request: StaffRequest) -> HttpResponse:
        mine = [one for one in self.lists.values() if request.user.may(one.permission)]
        return render(request, "tenancy/records.html", {"lists": mine})


records = Records()
