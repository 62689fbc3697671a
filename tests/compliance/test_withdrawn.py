"""What was withdrawn carries nothing any longer: no submission, no decision, no second coming. F60."""

import pytest

from compliance.models import RulePack, Withdrawal
from compliance.packs import pack_in_force
from compliance.risk import ONE_OFFICER
from compliance.scanner import pack_hash
from compliance.usecases import (
    add_term,
    ask_withdrawal,
    confirm_withdrawal,
    decide_review,
    open_review,
)
from compliance.usecases.leaning import LeansOnWithdrawn, RulesWithdrawn
from compliance.usecases.packs import PackWithdrawn
from kernel.actor import Ref
from kernel.ids import new_id
from tests.cast import NOON, ONE_DAY, make_staff
from tests.trials import activated


def submitted(marketer, kind="campaign", **content):
    return open_review(
        actor=marketer,
        subject=Ref(kind, new_id()),
        title="反诈",
        fingerprint="a" * 64,
        content={"title": "反诈", **content},
        author_id=marketer.id,
        last_editor_id=marketer.id,
        pack_hash=pack_hash(pack_in_force()),
        stages=ONE_OFFICER,
        now=NOON,
    )


def withdraw_pack(officer):
    key = pack_hash(pack_in_force())
    asked = ask_withdrawal(
        actor=make_staff("wei.ju", "compliance").actor,
        kind="pack",
        key=key,
        version=key,
        title="规则包",
        reason="漏词",
        now=NOON,
    )
    confirm_withdrawal(actor=officer, withdrawal_id=asked.id, now=NOON)


@pytest.mark.parametrize("kind", ["campaign", "question", "anything"])
def test_nothing_of_any_kind_is_submitted_under_a_withdrawn_pack(marketer, officer, kind):
    withdraw_pack(officer)

    with pytest.raises(RulesWithdrawn):
        submitted(marketer, kind)


@pytest.mark.parametrize(
    ("kind", "key"), [("pack", ""), ("notice", "service_booking"), ("disclaimer", "education")]
)
def test_nobody_approves_what_leans_on_something_withdrawn_meanwhile(marketer, officer, kind, key):
    """It can be returned; it cannot be approved, however it came to be still open."""
    review = submitted(marketer, notice="service_booking", disclaimers=["education"])
    Withdrawal.objects.create(
        kind=kind,
        key=key or review.pack_hash,
        version="v",
        title="t",
        reason="过期",
        status="confirmed",
        asked_by_id=marketer.id,
        asked_at=NOON,
        settled_by_id=officer.id,
        settled_at=NOON + ONE_DAY,
    )
    verdict = {"actor": officer, "review_id": review.id, "now": NOON + ONE_DAY}

    with pytest.raises(LeansOnWithdrawn):
        decide_review(verdict="approve", **verdict)
    assert decide_review(verdict="return", reasons="依据已撤回", **verdict).status == "returned"


def test_the_terms_of_a_withdrawn_pack_are_not_put_in_force_again(officer, at_bank):
    """F74: the same terms are the same pack; one term more is another."""
    writer = make_staff("he.gui", "compliance").actor
    term = {"category": "factual_error", "severity": "block", "article": "AD-9-3", "now": NOON}
    activated(officer, add_term(actor=writer, term="甲乙丙", **term))
    withdraw_pack(officer)
    again = add_term(actor=writer, term="甲乙丙", **term)

    with pytest.raises(PackWithdrawn):
        activated(officer, again)
    assert not RulePack.objects.filter(status="active").exists()
    rewritten = add_term(actor=writer, term="丁戊己", **term)
    assert activated(officer, rewritten).status == "active"
