"""The only place that writes: scope, permission, one transaction, a ledger row or no commit."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal, ParamSpec, TypeVar

from django.db import transaction

from kernel.actor import Actor, ActorKind
from kernel.errors import Denied
from kernel.scope import current_institution
from ledger.record import recorded
from tenancy.roles import PERMISSION_LABELS, Permission, allows

_In = ParamSpec("_In")
_Out = TypeVar("_Out")

# Whether a use case is running: a nested one joins its transaction without a savepoint.
_inside: ContextVar[bool] = ContextVar("hequ_inside_usecase", default=False)

By = Literal["staff", "participant", "system", "staff_or_system", "anyone"]


@dataclass(frozen=True, slots=True)
class Guard:
    """What a use case asks of its actor; read by the guard tests."""

    permission: Permission | None
    by: By


class Unrecorded(AssertionError):
    """A use case changed something and wrote no ledger row: a fault of ours, rolled back."""


def usecase(
    permission: Permission | None = None, *, by: By = "staff", may_do_nothing: bool = False
) -> Callable[[Callable[_In, _Out]], Callable[_In, _Out]]:
    """Make a function a use case.

    1. An institution scope must be open (NoScope).
    2. The actor must be of the kind ``by`` and, if staff, hold ``permission`` (Denied). The platform itself
       (``staff_or_system``) needs no role.
    3. The body runs in one transaction; nested use cases join it.
    4. It must have recorded in the ledger before it commits (Unrecorded). ``may_do_nothing`` is for
       sweeps and replays that rightly find nothing to do.
    """
    if (permission is not None) != by.startswith("staff"):
        raise TypeError("a use case open to staff names its permission, and no other does")

    def decorate(body: Callable[_In, _Out]) -> Callable[_In, _Out]:
        @functools.wraps(body)
        def guarded(*args: _In.args, **kwargs: _In.kwargs) -> _Out:
            if args:
                raise TypeError(f"{body.__name__} takes keyword arguments only")
            current_institution()
            _check(kwargs["actor"], permission, by)
            before = recorded.get()
            nested = _inside.get()
            entered = _inside.set(True)
            try:
                with transaction.atomic(savepoint=not nested):
                    result = body(*args, **kwargs)
                    if recorded.get() == before and not may_do_nothing:
                        raise Unrecorded(f"{body.__module__}.{body.__name__} recorded nothing")
                return result
            finally:
                _inside.reset(entered)

        guarded.guard = Guard(permission, by)  # type: ignore[attr-defined]  # read by the guard tests
        return guarded

    return decorate


_KINDS: dict[By, frozenset[ActorKind]] = {
    "staff": frozenset({"staff"}),
    "participant": frozenset({"participant"}),
    "system": frozenset({"system"}),
    "staff_or_system": frozenset({"staff", "system"}),
    "anyone": frozenset({"staff", "participant", "system"}),
}


def _check(actor: Any, permission: Permission | None, by: By) -> None:
    wanted = str(PERMISSION_LABELS[permission]) if permission else by
    if not isinstance(actor, Actor) or actor.kind not in _KINDS[by]:
        raise Denied(permission=wanted)
    if permission is not None and actor.kind == "staff" and not allows(actor.roles, permission):
        raise Denied(permission=wanted)
