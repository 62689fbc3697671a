"""The institution's own page: the administrator adds branches, nobody else comes in."""

from __future__ import annotations

from tenancy.models import Branch
from tests.desk import signed_in

PAGE = "/desk/institution/"
BRANCH = {"name": "静安支行", "city": "上海", "address": "南京西路 1 号"}


def test_the_administrator_adds_a_branch(administrator):
    browser = signed_in(administrator)

    answer = browser.post(PAGE, BRANCH)

    assert answer.status_code == 302
    assert Branch.objects.get().name == "静安支行"
    assert "静安支行" in browser.get(PAGE).content.decode()


def test_a_branch_has_its_name_once(administrator):
    browser = signed_in(administrator)
    browser.post(PAGE, BRANCH)

    again = browser.post(PAGE, BRANCH)

    assert again.status_code == 422
    assert "已有同名网点" in again.content.decode()
    assert Branch.objects.count() == 1


def test_a_marketer_does_not_come_in(marketer):
    assert signed_in(marketer).get(PAGE).status_code == 403
