"""Promise 1: no scope, no rows; one institution never sees or writes another's."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from kernel.errors import Denied
from kernel.ids import new_id
from kernel.scope import NoScope, scope
from ledger.models import Entry
from tenancy.models import Branch, Staff
from tenancy.scope import every_institution
from tenancy.usecase import Unrecorded, usecase
from tenancy.usecases import add_staff, open_branch
from tests.cast import NOON, make_staff


def test_a_query_without_a_scope_is_refused(bank):
    with pytest.raises(NoScope):
        Staff.objects.count()


def test_raw_sql_without_a_scope_sees_nothing(bank):
    with scope(bank.id):
        make_staff("lin.yue", "marketer")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenancy_staff")
        seen = cursor.fetchone()[0]

    assert seen == 0


def test_raw_sql_in_a_scope_sees_only_its_own(bank, insurer):
    with scope(bank.id):
        make_staff("lin.yue", "marketer")

    with scope(insurer.id), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenancy_staff WHERE institution_id = %s", [str(bank.id)])
        others = cursor.fetchone()[0]

    assert others == 0


def test_writing_for_another_institution_fails(bank, insurer):
    with scope(bank.id), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Branch.objects.create(institution_id=insurer.id, name="别家网点", city="上海", address="某路1号")


def test_the_scope_survives_a_rolled_back_savepoint(bank, insurer):
    with scope(bank.id):
        make_staff("lin.yue", "marketer")
        try:
            with transaction.atomic(), scope(insurer.id):
                Staff.objects.count()
                raise RuntimeError
        except RuntimeError:
            pass

        seen = Staff.objects.count()

    assert seen == 1


def test_a_sweep_visits_each_institution_in_its_own_scope(bank, insurer):
    for institution in (bank, insurer):
        with scope(institution.id):
            make_staff("lin.yue", "marketer")

    counts = [Staff.objects.count() for _ in every_institution(reason="test")]

    assert counts == [1, 1]


def test_a_role_without_the_permission_is_denied_with_the_reason(at_bank, marketer):
    with pytest.raises(Denied) as refusal:
        add_staff(actor=marketer, username="new", display_name="新人", roles=["service"], now=NOON)

    assert "管理人员" in refusal.value.message("zh-hans")
    assert not Staff.objects.filter(username="new").exists()


def test_a_deed_that_recorded_nothing_is_rolled_back(at_bank):
    @usecase(by="anyone")
    def open_silently(*, actor, now):
        Branch.objects.create(name="无记录网点", city="上海", address="某路1号")

    with pytest.raises(Unrecorded), transaction.atomic():
        open_silently(actor=make_staff("x", "marketer").actor, now=NOON)

    assert not Branch.objects.filter(name="无记录网点").exists()


def test_a_ledger_row_can_be_neither_changed_nor_deleted(at_bank, administrator):
    open_branch(actor=administrator, name="人民广场支行", city="上海", address="人民大道1号", now=NOON)

    for deed in ("UPDATE ledger_entry SET verb = 'x'", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry"):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(deed)

    assert Entry.objects.filter(verb="tenancy.branch_opened").count() == 1


@pytest.mark.parametrize("column", ["transaction", "id"])
def test_nobody_files_an_entry_under_another_place_in_the_order(at_bank, column):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO ledger_entry ({column}) VALUES ('1')")


def test_a_partition_is_no_way_around_the_ledger(at_bank):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ledger_entry_rest")


def test_an_unknown_institution_has_no_rows(bank):
    with scope(bank.id):
        make_staff("lin.yue", "marketer")

    with scope(new_id()):
        assert Staff.objects.count() == 0
