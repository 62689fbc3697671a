"""Two people at the same moment: the second waits for the first and sees what she did."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections, transaction

from compliance.models import Review, RulePack
from compliance.packs import pack_in_force
from compliance.scanner import pack_hash
from compliance.usecases import add_term, ask_withdrawal, confirm_withdrawal
from kernel.scope import current_institution, scope
from tests.cast import NOON, make_staff
from tests.compliance.test_withdrawn import submitted

WAITING = """SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (
    SELECT pid FROM pg_stat_activity WHERE datname = current_database())"""
PATIENCE = 20_000


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return cursor.fetchone()[0] > 0


def meanwhile(first, second):
    """`second` begins while `first` is done but not committed; both end."""
    bank = current_institution()

    def run():
        try:
            with scope(bank):
                return second()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            other = pool.submit(run)
            for _ in range(PATIENCE):
                if other.done() or somebody_waits():
                    break
        return other.result()


def test_a_withdrawal_waits_for_a_submission_and_takes_it_back(committed_db, marketer, officer):
    """F60: no review slips through between the looking and the taking back."""

    key = pack_hash(pack_in_force())
    asked = ask_withdrawal(
        actor=make_staff("wei.ju", "compliance").actor,
        kind="pack", key=key, version=key, title="规则包", reason="漏词", now=NOON,
    )  # fmt: skip

    meanwhile(
        lambda: submitted(marketer),
        lambda: confirm_withdrawal(actor=officer, withdrawal_id=asked.id, now=NOON),
    )

    assert Review.objects.get().status == "withdrawn"


def test_two_who_begin_a_rule_draft_write_on_the_same_one(committed_db, officer):
    """F74: neither term is lost."""
    other = make_staff("he.gui", "compliance").actor
    rule = {"category": "factual_error", "severity": "block", "article": "AD-9-3", "now": NOON}

    meanwhile(
        lambda: add_term(actor=officer, term="甲乙丙", **rule),
        lambda: add_term(actor=other, term="丁戊己", **rule),
    )

    draft = RulePack.objects.get()
    assert [row["term"] for row in draft.terms] == ["甲乙丙", "丁戊己"]
    assert set(draft.contributors) == {officer.id, other.id}
