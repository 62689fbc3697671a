"""Promise 3: what was said and settled in reviews stands, also for the application's own database role."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from compliance.usecases import (
    ask_withdrawal,
    confirm_withdrawal,
    drop_withdrawal,
    name_substitute,
    write_comment,
)
from compliance.withdrawals import what_can_be_withdrawn
from kernel.actor import Ref
from kernel.ids import new_id
from tests.cast import NOON, make_staff


def refused(statement):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("settle", [confirm_withdrawal, drop_withdrawal])
def test_plain_sql_settles_no_withdrawal_a_second_time(officer, at_bank, settle):
    """F50: two people's word is not taken back by one statement."""
    second = make_staff("he.gui", "compliance").actor
    kind, key, version = next(one for one in what_can_be_withdrawn() if one[0] == "disclaimer")
    asked = ask_withdrawal(
        actor=second, kind=kind, key=key, version=version, title="提示语", reason="过期", now=NOON
    )

    settle(actor=officer, withdrawal_id=asked.id, now=NOON)

    refused("UPDATE compliance_withdrawal SET status = 'dropped'")
    refused("UPDATE compliance_withdrawal SET status = 'asked', settled_by_id = NULL")


def test_plain_sql_rewrites_no_remark_and_no_arrangement(officer, legal):
    other = make_staff("fa.wu", "legal").actor
    write_comment(actor=officer, subject=Ref("campaign", new_id()), text="标题像保本", now=NOON)
    day = NOON.date()
    name_substitute(actor=legal, role="legal", substitute_id=other.id, first_day=day, last_day=day, now=NOON)

    refused("UPDATE compliance_comment SET text = '很好'")
    refused("DELETE FROM compliance_comment")
    refused("UPDATE compliance_substitute SET first_day = first_day - 9")
    refused("DELETE FROM compliance_substitute")
