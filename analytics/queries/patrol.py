"""What the seals' patrol wrote down last: a row of the ledger, so that no emptied cache forgets an alarm."""

from __future__ import annotations

from typing import Any

from kernel.scope import current_institution
from ledger.models import Entry
from tenancy.scope import every_institution


def last_round() -> dict[str, Any]:
    """What the open institution's last patrol wrote down; nothing before the first."""
    found: dict[str, Any] | None = (
        Entry.objects.filter(subject_id=current_institution(), verb="ledger.patrolled")
        .order_by("-at", "-id")
        .values_list("data", flat=True)
        .first()
    )
    return found or {}


def every_ledger_holds() -> bool:
    """Whether the last round found every institution's seals sound."""
    rounds = [last_round() for _each in every_institution(reason="one alarm tells of every ledger")]
    return not any(each.get("faults") for each in rounds)
