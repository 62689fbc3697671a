"""The shape of every row that belongs to an institution, and how personal data is declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.db import models

from kernel.ids import new_id
from kernel.scope import current_institution, institution_or_none


@dataclass(frozen=True, slots=True)
class Personal:
    """What one personal field holds, why, how long it is kept and what erasure does to it."""

    what: str
    why: str
    keep: str
    erase: str


NOTHING_PERSONAL: dict[str, Personal] = {}


class TenantQuerySet(models.QuerySet[Any]):
    """Rows of the open scope. Row-level security is the wall; the filter is for the planner's index."""


class TenantManager(models.Manager[Any]):
    """Refuses to build a query while no scope is open: a forgotten tenant is a fault, not an empty list.

    With adjectives of its own: ``TenantManager.from_queryset(CodeQuerySet)()``.
    """

    _queryset_class: type[models.QuerySet[Any]] = TenantQuerySet

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(institution_id=current_institution())

    def locked(self, pk: Any) -> Any:
        """The row, locked until the transaction ends. Raises the model's DoesNotExist."""
        return self.get_queryset().select_for_update().get(pk=pk)


class TenantModel(models.Model):
    """A row of one institution.

    ``institution_id`` is a plain UUID: the row-level-security check ties it to the open scope, and a foreign
    key on every hot insert would cost a quarter of the throughput.
    """

    PERSONAL: ClassVar[dict[str, Personal]]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    institution_id = models.UUIDField(default=institution_or_none, editable=False)

    objects = TenantManager()

    class Meta:
        abstract = True

    @classmethod
    def of(cls, pk: Any) -> Self:
        """The row by id in the open scope. Raises DoesNotExist."""
        found: Self = cls.objects.get(pk=pk)
        return found
