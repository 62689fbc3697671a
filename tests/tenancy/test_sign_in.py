"""S13: two steps to come in, the same answer for every mistake, and a session that ends on the server."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import cache
from django.test import Client, override_settings
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisGone

from kernel.actor import Actor
from kernel.scope import scope
from ledger.models import Entry
from tenancy import access, totp
from tenancy.doors import SEEN, STARTED
from tenancy.forms import CodeForm, EnrolForm
from tenancy.models import Institution, RecoveryCode, Staff, TotpDevice
from tenancy.throttle import Limit, count_attempt
from tests.cast import make_staff
from tests.desk import Browser, signed_in
from tests.services import ROOT
from tests.spellings import SPELLINGS

PASSWORD = "correct horse battery 9"
SECRET = b"0123456789abcdefghij"
SIGN_IN = "/desk/sign-in/"
SECOND = "/desk/sign-in/second-factor/"
HOME = "/desk/"


@pytest.fixture
def colleague(bank) -> Staff:
    """lin.yue@bank, with a password and an authenticator."""
    with scope(bank.id):
        staff = Staff.objects.get(id=make_staff("lin.yue", "marketer", display_name="林悦").id)
        staff.set_password(PASSWORD)
        staff.save()
        bind_authenticator(staff)
    return staff


def bind_authenticator(staff: Staff) -> list[str]:
    now = timezone.now()
    sealed = access.propose_secret(staff, now=now)
    secret = access.secret_of(staff.id, sealed)
    step = totp.step_of(now) - 1
    codes = access.enrol_second_factor(
        actor=staff.actor, sealed=sealed, code=totp.code_at(secret, step), now=now
    )
    staff.refresh_from_db()
    return codes


def code_of(staff: Staff) -> str:
    with scope(staff.institution_id):
        device = TotpDevice.objects.get(staff=staff)
        secret = access.secret_of(staff.id, bytes(device.sealed_secret))
    return totp.code_at(secret, totp.step_of(timezone.now()))


def type_password(browser: Browser, username: str = "lin.yue@bank", password: str = PASSWORD, **headers):
    return browser.post(SIGN_IN, {"username": username, "password": password}, **headers)


def verbs(institution: Institution) -> list[str]:
    with scope(institution.id):
        return list(Entry.objects.order_by("id").values_list("verb", flat=True))


def test_password_then_code_lets_a_colleague_in(bank, colleague):
    browser = Browser()

    first = type_password(browser)
    second = browser.post(SECOND, {"code": code_of(colleague)})

    assert (first.status_code, first["Location"]) == (302, SECOND)
    assert (second.status_code, second["Location"]) == (302, HOME)
    assert "林悦" in browser.get(HOME).content.decode()
    assert verbs(bank)[-1] == "tenancy.signed_in"


def test_a_password_alone_opens_nothing(colleague):
    browser = Browser()
    type_password(browser)

    page = browser.get(HOME)
    machine = browser.get(HOME, headers={"accept": "application/json"})

    assert page["Location"].startswith(SECOND)
    assert machine.status_code == 401


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("lin.yue@bank", PASSWORD + " "),
        ("lin.yue@bank", PASSWORD.upper()),
        ("lin.yue@bank", PASSWORD[:-1]),
        ("nobody@bank", PASSWORD),
        ("lin.yue@nowhere", PASSWORD),
        ("lin.yue", PASSWORD),
        ("lin.yue@insurer", PASSWORD),
    ],
)
def test_every_mistake_gets_the_same_answer(colleague, insurer, username, password):
    answer = type_password(Browser(), username, password)

    assert answer.status_code == 401
    assert "账号或密码不正确" in answer.content.decode()


class CountedHasher(PBKDF2PasswordHasher):
    """PBKDF2, one round, that counts how often it is asked to work."""

    iterations = 1
    worked: ClassVar[list[int]] = []

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        self.worked.append(iterations or self.iterations)
        return super().encode(password, salt, iterations)


@override_settings(PASSWORD_HASHERS=[f"{__name__}.CountedHasher"])
def test_unknown_and_known_names_cost_the_same_work(colleague):
    with scope(colleague.institution_id):
        colleague.set_password(PASSWORD)
        colleague.save()

    work = {name: work_behind(name) for name in ("lin.yue@bank", "no.one@bank", "lin.yue@nowhere", "lin.yue")}

    assert all(rounds == [CountedHasher.iterations] for rounds in work.values())


def work_behind(username: str) -> list[int]:
    CountedHasher.worked.clear()
    type_password(Browser(), username, "wrong")
    return list(CountedHasher.worked)


def test_a_refused_sign_in_is_in_the_ledger_without_what_was_typed(bank, colleague):
    type_password(Browser(), "lin.yue@bank", "my secret guess")

    with scope(bank.id):
        entry = Entry.objects.filter(verb="tenancy.sign_in_refused").get()
    assert (entry.subject_id, entry.data) == (colleague.id, {"step": "password"})


def test_guessing_is_slowed_down_and_another_address_cannot_be_made_up(colleague):
    browser = Browser()

    answers = [
        type_password(
            browser, password=f"guess {turn}", headers={"x-forwarded-for": f"10.0.0.{turn}"}
        ).status_code
        for turn in range(7)
    ]

    assert answers[:5] == [401] * 5
    assert answers[5:] == [429] * 2


def test_the_owner_gets_in_from_elsewhere_while_a_guesser_waits(colleague):
    for turn in range(6):
        type_password(Browser(REMOTE_ADDR="203.0.113.9"), password=f"guess {turn}")

    answer = type_password(Browser(REMOTE_ADDR="198.51.100.7"))

    assert answer.status_code == 302


def test_without_its_counter_the_door_stays_shut(colleague, monkeypatch):
    def gone(*_args, **_kwargs):
        raise RedisGone

    monkeypatch.setattr(cache, "add", gone, raising=False)

    with pytest.raises(Exception) as refused:
        count_attempt([Limit("pair", "x", 5, 60)])
    assert refused.value.code == "unavailable"


def test_a_code_works_once(committed_db, colleague):
    code = code_of(colleague)
    one, two = Browser(), Browser()
    type_password(one)
    type_password(two)

    first, again = one.post(SECOND, {"code": code}), two.post(SECOND, {"code": code})

    assert (first.status_code, again.status_code) == (302, 422)


def test_a_recovery_code_works_once_and_is_kept_as_a_hash(committed_db, bank, colleague):
    with scope(bank.id):
        codes = bind_authenticator(colleague)
        kept = b"".join(bytes(row.digest) for row in RecoveryCode.objects.all())
    one, two = Browser(), Browser()
    type_password(one)
    type_password(two)

    first = one.post(SECOND, {"code": codes[0].upper()})
    again = two.post(SECOND, {"code": codes[0]})

    assert (first.status_code, again.status_code) == (302, 422)
    assert codes[0].replace("-", "").encode() not in kept


def test_guessing_codes_is_slowed_down(committed_db, colleague):
    browser = Browser()
    type_password(browser)

    answers = [browser.post(SECOND, {"code": "000000"}).status_code for _ in range(7)]

    assert answers[-1] == 429


def test_the_session_has_a_new_name_after_each_step(colleague):
    browser = Browser()
    browser.get(SIGN_IN)
    names = []

    type_password(browser)
    names.append(browser.cookies["hequ_desk"].value)
    browser.post(SECOND, {"code": code_of(colleague)})
    names.append(browser.cookies["hequ_desk"].value)

    assert len(set(names)) == 2
    assert all(len(name) >= 32 for name in names)


@pytest.mark.parametrize(
    ("mark", "age"), [(SEEN, timedelta(minutes=31)), (STARTED, timedelta(hours=12, minutes=1))]
)
def test_a_session_ends_when_idle_and_after_twelve_hours(marketer, mark, age):
    browser = signed_in(marketer)
    session = browser.session
    session[mark] = (timezone.now() - age).timestamp()
    session.save()

    answer = browser.get(HOME)

    assert answer["Location"].startswith(SIGN_IN)


def test_signing_out_ends_the_session_on_the_server(marketer):
    browser = signed_in(marketer)
    kept = browser.cookies["hequ_desk"].value

    browser.post("/desk/sign-out/")
    browser.cookies["hequ_desk"] = kept

    assert browser.get(HOME).status_code == 302


def test_closing_an_account_ends_its_sessions_at_once(bank, marketer):
    browser = signed_in(marketer)
    assert browser.get(HOME).status_code == 200

    Staff.objects.filter(id=marketer.id).update(is_active=False)

    assert browser.get(HOME).status_code == 302


def test_closing_an_institution_ends_its_sessions_at_once(bank, marketer):
    browser = signed_in(marketer)
    assert browser.get(HOME).status_code == 200

    Institution.objects.filter(id=bank.id).update(is_active=False)

    assert browser.get(HOME).status_code == 302


def test_a_role_taken_away_counts_from_the_next_request(administrator: Actor):
    browser = signed_in(administrator)
    assert browser.get("/desk/staff/").status_code == 200

    Staff.objects.filter(id=administrator.id).update(roles=["service"])

    assert browser.get("/desk/staff/").status_code == 403


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/", "//evil.example", "/h/bank/x/", "javascript:alert(1)"]
)
def test_sign_in_leads_nowhere_else(colleague, next_page):
    browser = Browser()
    browser.post(SIGN_IN, {"username": "lin.yue@bank", "password": PASSWORD, "next": next_page})

    answer = browser.post(SECOND, {"code": code_of(colleague)})

    assert answer["Location"] == HOME


def test_sign_in_leads_back_to_where_one_was_going(colleague):
    browser = Browser()
    browser.post(SIGN_IN, {"username": "lin.yue@bank", "password": PASSWORD, "next": "/desk/account/"})

    answer = browser.post(SECOND, {"code": code_of(colleague)})

    assert answer["Location"] == "/desk/account/"


def test_a_colleague_past_their_last_day_stays_outside(bank, colleague):
    with scope(bank.id):
        Staff.objects.filter(id=colleague.id).update(access_until=timezone.now() - timedelta(minutes=1))

    assert type_password(Browser()).status_code == 401


def test_the_first_sign_in_sets_up_an_authenticator(bank):
    with scope(bank.id):
        staff = Staff.objects.get(id=make_staff("xin.ren", "service").id)
        staff.set_password(PASSWORD)
        staff.save()
    browser = Browser()

    first = type_password(browser, "xin.ren@bank")
    page = browser.get("/desk/sign-in/set-up/")
    sealed = bytes.fromhex(browser.session["proposed_second_factor"])
    with scope(bank.id):
        secret = access.secret_of(staff.id, sealed)
    done = browser.post("/desk/sign-in/set-up/", {"code": totp.code_at(secret, totp.step_of(timezone.now()))})

    assert first["Location"] == "/desk/sign-in/set-up/"
    assert totp.secret_text(secret) in page.content.decode()
    assert done.content.decode().count('class="code"') >= totp.RECOVERY_CODES
    assert browser.get(HOME).status_code == 200


def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(marketer):
    browser = signed_in(marketer)
    session = browser.session
    session[SEEN] = before = (timezone.now() - timedelta(minutes=29)).timestamp()
    session.save()

    browser.get(HOME, headers={"x-background": "1"})
    untouched = browser.session[SEEN]
    browser.get(HOME)
    touched = browser.session[SEEN]

    assert untouched == before
    assert touched > before


def test_a_new_authenticator_ends_every_other_session(bank, colleague):
    with scope(bank.id):
        here, elsewhere = signed_in(colleague.actor), signed_in(colleague.actor)
    here.post("/desk/account/second-factor/", {"current": PASSWORD})
    here.get("/desk/account/second-factor/")
    sealed = bytes.fromhex(here.session["proposed_second_factor"])
    with scope(bank.id):
        secret = access.secret_of(colleague.id, sealed)

    done = here.post(
        "/desk/account/second-factor/", {"code": totp.code_at(secret, totp.step_of(timezone.now()))}
    )

    assert done.status_code == 200
    assert here.get(HOME).status_code == 200
    assert elsewhere.get(HOME).status_code == 302


@pytest.mark.parametrize(
    ("came_from", "leads_to"),
    [
        ("http://testserver/desk/privacy/notices/new/?a=1#b", "/desk/privacy/notices/new/?a=1"),
        ("http://elsewhere.example/desk/account/", "/desk/"),
        ("", "/desk/"),
    ],
)
def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(db, came_from: str, leads_to: str):
    """Issue 8, 22: the address of a deed is no page to come back to."""
    answer = Client().post("/desk/reviews/take/", headers={"referer": came_from})

    assert parse_qs(urlsplit(answer["Location"]).query)["next"] == [leads_to]


@pytest.mark.parametrize("spelt", SPELLINGS.values(), ids=SPELLINGS)
def test_an_authenticator_code_counts_however_it_is_typed(colleague, spelt):
    """Issue 8, 23."""
    browser = Browser()
    type_password(browser)

    answer = browser.post(SECOND, {"code": spelt(code_of(colleague))})

    assert (answer.status_code, answer["Location"]) == (302, HOME)


@pytest.mark.parametrize("spelt", [lambda code: code.replace("-", " "), lambda code: code.replace("-", "－")])
def test_a_recovery_code_counts_however_it_is_typed(bank, colleague, spelt):
    with scope(bank.id):
        code = bind_authenticator(colleague)[0]
    browser = Browser()
    type_password(browser)

    assert browser.post(SECOND, {"code": spelt(code)}).status_code == 302


def test_no_field_for_a_one_time_code_cuts_what_is_pasted():
    """On the phone and in the back office: room for blanks and dashes, and no pattern that refuses them."""
    fields = [str(form()["code"]) for form in (CodeForm, EnrolForm)]
    for path in sorted((ROOT / "templates").rglob("*.html")):
        fields += [one for one in re.findall(r"<input\b[^>]*>", path.read_text()) if "one-time-code" in one]

    assert len(fields) >= 3
    assert all(int(re.search(r'maxlength="(\d+)"', one)[1]) >= 32 for one in fields), fields
    assert not [one for one in fields if "pattern=" in one]
