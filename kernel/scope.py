"""Which institution this piece of work belongs to.

The scope is a context variable. It reaches PostgreSQL by riding on the statements themselves: an execute
wrapper puts ``set_config('hequ.institution', …, true)`` in front of the first statement of each transaction
(and of each statement outside one), in the same round trip. The setting is local to the transaction, so it
cannot leak through a transaction-mode pooler; where it is missing, row-level security shows no rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from kernel.errors import DomainError

_institution: ContextVar[UUID | None] = ContextVar("hequ_institution", default=None)

# Transaction control carries no prefix; a savepoint's rollback may undo the setting, so it is sent again.
_CONTROL = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


class NoScope(DomainError):
    """Work on an institution's rows was tried without naming the institution: a fault of ours."""

    code = "no_scope"
    status = 500
    zh = "系统未能确定所属机构，操作已取消。"
    en = "The institution could not be determined; nothing was done."


@contextmanager
def scope(institution_id: UUID) -> Iterator[UUID]:
    """Do the enclosed work for one institution. Scopes nest; the inner one wins until it closes."""
    token = _institution.set(institution_id)
    try:
        yield institution_id
    finally:
        _institution.reset(token)


def current_institution() -> UUID:
    """The institution of the open scope. Raises NoScope."""
    institution_id = _institution.get()
    if institution_id is None:
        raise NoScope
    return institution_id


def institution_or_none() -> UUID | None:
    """The institution of the open scope, or None: the default of new rows, which then cannot be stored."""
    return _institution.get()


def scope_is_open() -> bool:
    return _institution.get() is not None


class _Rider:
    """Execute wrapper of one connection: keeps the transaction's setting equal to the open scope."""

    def __init__(self) -> None:
        self.sent: UUID | None = None
        self.sure = False

    def __call__(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        driver = context["connection"].connection
        if driver.get_transaction_status() == TRANSACTION_STATUS_IDLE:
            self.sent, self.sure = None, True
        if isinstance(sql, str) and sql.startswith(_CONTROL):
            self.sure = self.sure and not sql.startswith("ROLLBACK")
            return execute(sql, params, many, context)

        wanted = _institution.get()
        if self.sure and wanted == self.sent:
            return execute(sql, params, many, context)

        self.sent, self.sure = wanted, True
        setting = f"SELECT set_config('hequ.institution', '{wanted or ''}', true)"
        if many or not isinstance(sql, str):
            with driver.cursor() as plain:
                plain.execute(setting)
            return execute(sql, params, many, context)
        return execute(f"{setting}; {sql}", params, many, context)


def ride_along(*, connection: Any, **_signal: object) -> None:
    """Receiver of ``connection_created``: give each PostgreSQL connection its rider, once."""
    wrappers = connection.execute_wrappers
    if not any(isinstance(wrapper, _Rider) for wrapper in wrappers):
        wrappers.append(_Rider())
