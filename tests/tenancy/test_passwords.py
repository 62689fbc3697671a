"""Passwords: long enough, nobody's name, changed only by their owner, and every other session ends."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import OperationalError

from kernel.actor import Actor
from tenancy.models import Staff
from tests.desk import signed_in

OLD, NEW = "an old sentence 1", "a brand new sentence 2"


@pytest.fixture
def owner(marketer: Actor) -> Actor:
    staff = Staff.objects.get(id=marketer.id)
    staff.set_password(OLD)
    staff.save()
    return marketer


@pytest.mark.parametrize("length", [12, 64, 128])
def test_long_passwords_are_welcome(at_bank, length):
    validate_password(("correct-Horse7" * 10)[:length])


@pytest.mark.parametrize(
    "weak",
    ["short 11 ch", "123456789012345", "password1234", "和趣示范银行2026", "招商银行123456", "cmbchina1234"],
)
def test_weak_passwords_are_refused(marketer, weak):
    with pytest.raises(ValidationError):
        validate_password(weak, Staff.objects.get(id=marketer.id))


def test_a_changed_password_ends_every_other_session(owner):
    here, elsewhere = signed_in(owner), signed_in(owner)

    answer = here.post("/desk/account/password/", {"current": OLD, "new": NEW, "again": NEW})

    assert answer.status_code == 302
    assert here.get("/desk/").status_code == 200
    assert elsewhere.get("/desk/").status_code == 302


def test_the_new_password_is_taken_exactly_as_typed(owner):
    browser = signed_in(owner)
    spaced = "  Spaces Count Here  "

    browser.post("/desk/account/password/", {"current": OLD, "new": spaced, "again": spaced})

    assert Staff.objects.get(id=owner.id).check_password(spaced)


def test_changing_a_password_asks_for_the_old_one(committed_db, owner):
    answer = signed_in(owner).post("/desk/account/password/", {"current": "wrong", "new": NEW, "again": NEW})

    assert answer.status_code == 422
    assert Staff.objects.get(id=owner.id).check_password(OLD)


def test_a_new_authenticator_asks_for_the_password(owner):
    browser = signed_in(owner)

    before = browser.get("/desk/account/second-factor/").content.decode()
    browser.post("/desk/account/second-factor/", {"current": OLD})
    after = browser.get("/desk/account/second-factor/").content.decode()

    assert "data:image/svg+xml" not in before
    assert "data:image/svg+xml" in after


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/desk/account/password/", {"current": OLD, "new": NEW, "again": NEW}),
        ("/desk/account/second-factor/", {"current": OLD}),
    ],
)
def test_a_password_never_stands_in_a_page_that_says_not_now(owner, monkeypatch, path, form):
    """Neither in the page that offers to send the form once more, nor in any other of ours."""

    def away(*_asked, **_named):
        raise OperationalError("server closed the connection unexpectedly")

    browser = signed_in(owner)
    monkeypatch.setattr("tenancy.throttle.count_attempt", away)

    refused = browser.post(path, form)

    page = refused.content.decode()
    assert refused.status_code == 503
    assert not [typed for typed in form.values() if typed in page]
    assert "再试一次，内容不用重填" not in page
