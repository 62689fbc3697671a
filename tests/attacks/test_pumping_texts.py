"""Nobody makes the platform text strangers: 113 texts to 113 numbers once left in 14 s from one address."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import RequestFactory
from django.utils import timezone

from campaigns.live import LiveCampaign
from campaigns.player import proofs, text_risk
from campaigns.player.doors import Visit
from campaigns.player.text_risk import (
    BOUNDS,
    FREE_OF_BLOCK,
    FREE_OF_CAMPAIGN,
    FREE_OF_NETWORK,
    admit_text,
    code_was_right,
)
from integrations.texts import carry_text
from kernel.actor import SYSTEM
from kernel.proof_of_work import VALID, ProofNeeded, issue
from kernel.timekeeping import start_of_day
from ledger.models import Entry
from privacy.models import OutboundText, SpentProof, TextTally
from privacy.queries import due_texts
from privacy.usecases import note_refused_text, report_text_surge, spend_proof, sweep_retention
from privacy.usecases.text_ceilings import Bill, billed_parts, charge
from privacy.usecases.text_proofs import note_spent_proof
from rewards.models import Grant
from rewards.usecases import book_grant, cancel_booking
from tenancy.models import Institution, StaffNotice
from tenancy.usecase import usecase
from tests.cast import NOON, make_staff
from tests.integrations.conftest import provider
from tests.player.conftest import Phone, another_phone, live_quiz, phone
from tests.player.test_booking import code_sent, confirm, fill
from tests.player.test_recovery import ask
from tests.privacy.people import a_participant
from tests.rewards.visits import a_booking
from tests.walk import APPS, python_files, short, tree

pytestmark = pytest.mark.django_db
__all__ = ["another_phone", "live_quiz", "phone", "provider"]

ASSAULT = 113
OURS = "203.0.113.7"


def scattered(number: int) -> str:
    """Mobile numbers without any order, as an honest crowd has them."""
    return f"1{3 + number % 7}{int(sha256(str(number).encode()).hexdigest(), 16) % 10**9:09d}"


def texts() -> int:
    return OutboundText.objects.filter(kind="phone_code").count()


def challenge_in(page: Any) -> str:
    found = re.search(r'name="proof_token" value="([^"]+)"', page.content.decode())
    assert found, "the page asks for no proof"
    return unescape(found[1])


def solution(token: str) -> str:
    bound, _issued, salt, target, _signature = token.split(".")
    tried = range(int(bound))
    return str(next(n for n in tried if sha256(f"{salt}{n}".encode()).hexdigest() == target))


def carried(provider: Any) -> int:
    """Every text that is due is handed to the provider; how many reached phones."""
    for text_id in due_texts(timezone.now()):
        carry_text(text_id=text_id, clock=timezone.now)
    return len(provider.texts)


def attack(
    new_phone: Callable[[], Phone], count: int, *, solve: bool = False, spread: bool = False
) -> list[Any]:
    """A fresh visitor for each number, from one address or each from its own."""
    answers = []
    for number in range(count):
        visitor = new_phone()
        if spread:
            visitor.client.defaults["REMOTE_ADDR"] = f"10.{number % 250}.{number // 250}.9"
        answer = ask(visitor, scattered(number))
        if solve and answer.status_code == 428:
            token = challenge_in(answer)
            answer = ask(visitor, scattered(number), proof_token=token, proof=solution(token))
        answers.append(answer)
    return answers


@pytest.fixture
def few_numbers(monkeypatch: pytest.MonkeyPatch) -> tuple[int, ...]:
    """Less work for this machine: what counts here is that it is asked for."""
    bounds = (0, 20, 40, 80, 160, 320)
    monkeypatch.setattr(text_risk, "BOUNDS", bounds)
    return bounds


def test_from_one_address_five_texts_leave_and_then_none_without_work(
    another_phone: Callable[[], Phone], provider: Any
) -> None:
    answers = attack(another_phone, ASSAULT)

    assert carried(provider) == FREE_OF_NETWORK == 5, "it was 113"
    assert [answer.status_code for answer in answers] == [200] * 5 + [428] * (ASSAULT - 5)


def test_fresh_addresses_are_asked_for_work_as_one_campaign(
    another_phone: Callable[[], Phone], provider: Any
) -> None:
    attack(another_phone, 50, spread=True)

    assert carried(provider) == FREE_OF_CAMPAIGN == 30


def test_whoever_does_the_work_meets_the_ceiling_of_the_campaign(
    another_phone: Callable[[], Phone], few_numbers: tuple[int, ...], settings: Any, provider: Any
) -> None:
    """The work of a script is cheap: what bounds the money is a row."""
    settings.TEXTS_CAMPAIGN_DAY = 40
    administrator = make_staff("guan.li", "administrator")

    answers = attack(another_phone, 50, solve=True, spread=True)
    cache.clear()  # an emptied Redis lets nothing more out
    again = ask(another_phone(), scattered(9_999))

    assert carried(provider) == 40
    assert {answer.status_code for answer in [*answers[40:], again]} == {429}
    assert "今天的验证码短信已发到上限，您填写的内容都还在" in again.content.decode()
    assert f'value="{scattered(9_999)}"' in again.content.decode(), "nothing typed is lost"
    told = set(StaffNotice.objects.filter(recipient=administrator).values_list("kind", flat=True))
    assert {"privacy.texts_at_half", "privacy.texts_at_four_fifths", "privacy.texts_at_ceiling"} <= told
    assert Entry.objects.filter(verb="privacy.texts_paused").count() == 1
    ledger = repr(list(Entry.objects.values_list("data", flat=True)))
    assert not any(scattered(number) in ledger for number in range(ASSAULT))


def test_numbers_that_follow_one_another_are_noticed_from_anywhere(
    another_phone: Callable[[], Phone],
) -> None:
    for number in range(20):
        visitor = another_phone()
        visitor.client.defaults["REMOTE_ADDR"] = f"10.{number}.0.9"
        ask(visitor, f"138001380{number:02d}")

    assert texts() == FREE_OF_BLOCK == 3


def test_a_solved_challenge_counts_once_and_for_nobody_else(another_phone: Callable[[], Phone]) -> None:
    attack(another_phone, FREE_OF_NETWORK)
    mine, other = another_phone(), another_phone()
    token = challenge_in(ask(mine, scattered(100)))
    challenge_in(ask(other, scattered(101)))  # it is a visitor of its own now
    proof = {"proof_token": token, "proof": solution(token)}

    of_another = ask(other, scattered(101), **proof)
    first = ask(mine, scattered(100), **proof)
    second = ask(mine, scattered(102), **proof)

    assert (of_another.status_code, first.status_code, second.status_code) == (428, 200, 428)
    assert texts() == FREE_OF_NETWORK + 1
    assert SpentProof.objects.count() == 1


def test_a_used_proof_stays_used_when_the_text_is_refused(another_phone: Callable[[], Phone]) -> None:
    """Or whoever replays it would learn that the number had a text a moment ago."""
    ask(another_phone(), scattered(0))
    attack(another_phone, FREE_OF_NETWORK)
    asking = another_phone()
    token = challenge_in(ask(asking, scattered(0)))
    proof = {"proof_token": token, "proof": solution(token)}
    before = texts()

    answers = [ask(asking, scattered(0), **proof).status_code for _time in range(2)]

    assert answers == [200, 428]
    assert texts() == before, "the number's own pace refused it, and nobody is told"


@pytest.fixture
def visit(live_quiz: LiveCampaign, bank: Institution) -> Visit:
    return Visit(institution=bank, code=live_quiz.code, participant_id=uuid4(), now=timezone.now())


def posted(visit: Visit, number: int = 0, purpose: str = "recover", **fields: str) -> None:
    request = RequestFactory().post("/", fields, REMOTE_ADDR=OURS)
    admit_text(request, visit, scattered(number), purpose)


def needed(visit: Visit, number: int = 0, **fields: str) -> ProofNeeded:
    with pytest.raises(ProofNeeded) as asked:
        posted(visit, number, **fields)
    return asked.value


def flooded(visit: Visit, count: int = FREE_OF_NETWORK) -> None:
    for number in range(count):
        stranger = Visit(
            institution=visit.institution, code=visit.code, participant_id=uuid4(), now=visit.now
        )
        try:
            posted(stranger, 1_000 + number)
        except ProofNeeded as asked:
            token = asked.details["token"]
            posted(stranger, 1_000 + number, proof_token=token, proof=solution(token))


@pytest.mark.parametrize(
    "how", ["purpose", "campaign", "expired", "future", "forged", "bound", "answer", "junk"]
)
def test_a_challenge_is_for_one_thing_and_one_time_and_ours(visit: Visit, how: str) -> None:
    flooded(visit)
    token = needed(visit).details["token"]
    for_whom = f"{visit.institution.id}|{visit.code}|recover|{visit.actor.id}"

    def made(**changes: Any) -> str:
        given = {"bound": BOUNDS[1], "purpose": for_whom, "key": proofs._key(), "now": visit.now, **changes}
        return issue(**given)

    _bound, rest = token.split(".", 1)
    spoilt = {
        "purpose": made(purpose=for_whom.replace("recover", "book")),
        "campaign": made(purpose=for_whom.replace(visit.code, "another1")),
        "expired": made(now=visit.now - VALID),
        "future": made(now=visit.now + timedelta(minutes=1)),
        "forged": made(key=b"guessed"),
        "bound": f"2.{rest}",
        "answer": token,
        "junk": "1.2.3",
    }[how]
    answer = {"answer": "-1", "bound": "1", "junk": "1"}.get(how) or solution(spoilt)

    needed(visit, proof_token=spoilt, proof=answer)
    posted(visit, proof_token=token, proof=solution(token))  # the right one is still good


def test_an_easy_challenge_saved_up_is_worth_nothing_when_risk_has_risen(
    visit: Visit, few_numbers: tuple[int, ...]
) -> None:
    flooded(visit)
    easy = needed(visit).details
    flooded(visit, FREE_OF_NETWORK * 8)

    harder = needed(visit, proof_token=easy["token"], proof=solution(easy["token"])).details

    assert easy["bound"] == few_numbers[1]
    assert harder["bound"] == few_numbers[-1]


def test_a_thousand_honest_visitors_behind_one_address_see_nothing(visit: Visit) -> None:
    request = RequestFactory().post("/", REMOTE_ADDR=OURS)
    for number in range(1_000):
        person = Visit(institution=visit.institution, code=visit.code, participant_id=uuid4(), now=visit.now)
        admit_text(request, person, scattered(number), "book")
        code_was_right(request, person)


def test_a_thousand_who_all_wait_for_their_code_get_through_with_a_proof(
    visit: Visit, few_numbers: tuple[int, ...]
) -> None:
    """A hall behind one address, nobody has typed a code in yet: work at worst, never a refusal."""
    flooded(visit, 1_000)


def test_without_scripts_a_minute_is_enough_for_a_few(visit: Visit) -> None:
    """Waiting costs a script nothing, so three an hour pass by it from one network."""
    flooded(visit)
    passed = 0
    for number in range(6):
        person = Visit(institution=visit.institution, code=visit.code, participant_id=uuid4(), now=visit.now)
        asked = needed(person, number).details
        early = needed(person, number, proof_token=asked["token"]).details
        person.now += timedelta(seconds=61)
        if number < proofs.PATIENT_OF_NETWORK:
            posted(person, number, proof_token=asked["token"])
            passed += 1
        else:  # the page says where to go instead
            assert needed(person, number, proof_token=asked["token"]).details["full"]
        assert early["token"] == asked["token"], "the minute goes on"

    assert passed == proofs.PATIENT_OF_NETWORK == 3


def test_the_form_comes_through_the_proof_as_it_was_typed(
    phone: Phone, live_quiz: LiveCampaign, another_phone: Callable[[], Phone]
) -> None:
    phone.play_through(live_quiz)
    attack(another_phone, FREE_OF_NETWORK)

    asked = fill(phone, name="张三丰", need="wealth")
    page = asked.content.decode()
    token = challenge_in(asked)
    done = fill(phone, proof_token=token, proof=solution(token))

    assert asked.status_code == 428
    for name, value in {
        "name": "张三丰",
        "phone": "13800138000",
        "need": "wealth",
        "step": "details",
    }.items():
        assert f'name="{name}" value="{value}"' in page
    assert "138****8000" in done.content.decode()
    assert confirm(phone, code_sent()).status_code == 302


def test_a_machine_is_told_by_code(another_phone: Callable[[], Phone]) -> None:
    attack(another_phone, FREE_OF_NETWORK)
    caller = another_phone()
    ask(caller, scattered(50))
    caller.client.defaults["HTTP_ACCEPT"] = "application/json"

    told = ask(caller, scattered(50))

    assert (told.status_code, told.json()["code"]) == (428, "proof_needed")
    assert set(told.json()["challenge"]) == {"token", "bound"}


def test_a_full_campaign_answers_alike_for_a_number_that_is_known(
    another_phone: Callable[[], Phone], settings: Any
) -> None:
    ask(another_phone(), scattered(0))
    settings.TEXTS_CAMPAIGN_DAY = 1

    known, unknown = ask(another_phone(), scattered(0)), ask(another_phone(), scattered(1))

    def plain(answer: Any, number: str) -> str:
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
        return text.replace(number, "N")

    assert (known.status_code, plain(known, scattered(0))) == (
        unknown.status_code,
        plain(unknown, scattered(1)),
    )
    assert known.status_code == 429


def test_hammering_send_again_sends_one(phone: Phone, live_quiz: LiveCampaign) -> None:
    phone.play_through(live_quiz)
    fill(phone)

    for _time in range(20):
        phone.form(f"book/{Grant.objects.get().id}/", step="code", again="yes", phone="13800138000")

    assert texts() == 1


def test_booking_and_cancelling_over_and_over_texts_one_number_a_few_times(
    at_bank: Any, officer: Any, administrator: Any, settings: Any
) -> None:
    """Each booking confirms itself by text: a sister of the same kind."""
    settings.TEXTS_NUMBER_DAY = 4
    person, booking = a_booking(officer, administrator, phone="13912345678")[:2]
    grant = booking.grant
    for turn in range(8):
        now = NOON + timedelta(minutes=turn)
        cancel_booking(actor=person, grant_id=grant.id, now=now)
        slot = booking.appointment.slot_id
        book_grant(actor=person, grant_id=grant.id, name="张三丰", need="wealth", slot_id=slot, now=now)

    assert OutboundText.objects.count() == 4
    assert Grant.objects.get().state == "booked", "the booking stands without its text"
    assert Entry.objects.filter(verb="privacy.text_withheld").exists()


def test_codes_never_use_up_what_is_kept_for_bookings(at_bank: Any, settings: Any) -> None:
    settings.TEXTS_INSTITUTION_DAY = 10
    campaign = uuid4()
    one = [_charged(Bill(f"+86{scattered(n)}", campaign, 1)) for n in range(12)]
    two = [_charged(Bill(f"+86{scattered(n)}", campaign, 1, reserved=True)) for n in range(20, 24)]

    assert one == [True] * 10 + [False] * 2
    assert two == [True, True, False, False]


def test_a_long_text_counts_as_what_is_billed() -> None:
    assert [billed_parts("字" * length) for length in (1, 70, 71, 134, 135)] == [1, 1, 2, 2, 3]


@usecase(by="system", may_do_nothing=True)
def charge_one(*, actor: Any, bill: Bill, now: Any) -> bool:
    """A text of its own transaction."""
    return charge(bill, actor=actor, now=now) is None


def _charged(bill: Bill, now: Any = NOON) -> bool:
    return charge_one(actor=SYSTEM, bill=bill, now=now)


def test_a_ceiling_begins_anew_at_midnight_in_shanghai(at_bank: Any, settings: Any) -> None:
    settings.TEXTS_NUMBER_DAY = 1
    bill = Bill("+8613800138000", None, 1)
    midnight = start_of_day((NOON + timedelta(days=1)).date())

    passed = [_charged(bill, at) for at in (NOON, midnight - timedelta(seconds=1), midnight)]

    assert passed == [True, False, True]


def test_what_was_counted_by_number_is_gone_after_two_days(at_bank: Any) -> None:
    _charged(Bill("+8613800138000", uuid4(), 1))
    note_spent_proof(actor=a_participant(), digest=b"x", expires_at=NOON, now=NOON)

    sweep_retention(actor=SYSTEM, now=NOON + timedelta(days=2))

    assert set(TextTally.objects.values_list("scope", flat=True)) == {"institution", "campaign"}
    assert not SpentProof.objects.exists()


def test_a_refusal_and_a_surge_are_in_the_ledger_once(at_bank: Any) -> None:
    campaign, person = uuid4(), a_participant()
    administrator = make_staff("guan.li", "administrator")
    _charged(Bill("+8613800138000", campaign, 1))
    for _time in range(3):
        note_refused_text(actor=person, phone="13800138000", campaign_id=campaign, scope="campaign", now=NOON)
        report_text_surge(actor=person, campaign_id=campaign, now=NOON)

    assert Entry.objects.filter(verb="privacy.texts_paused").count() == 1
    assert Entry.objects.filter(verb="privacy.text_surge").count() == 1
    assert TextTally.objects.get(scope="campaign").refused == 3
    assert StaffNotice.objects.filter(recipient=administrator, kind="privacy.text_surge").count() == 1


def test_a_proof_is_spent_once(at_bank: Any) -> None:
    person = a_participant()

    spent = [spend_proof(actor=person, digest=b"one", expires_at=NOON, now=NOON) for _time in range(2)]

    assert spent == [True, False]


def test_whoever_writes_a_text_says_for_which_campaign() -> None:
    """So that no new way to cause a text passes the ceilings of its campaign by."""
    asked = {"write_text", "request_phone_code"}
    silent = [
        f"{short(path)}:{node.lineno}"
        for path in python_files(*APPS, "config")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in asked
        if "campaign_id" not in {keyword.arg for keyword in node.keywords}
    ]
    outbox = [
        short(path)
        for path in python_files(*APPS, "config")
        if "OutboundText.objects.create(" in path.read_text()
    ]

    assert silent == []
    assert outbox == ["privacy/usecases/texts.py"], "one place writes texts, and it counts"
