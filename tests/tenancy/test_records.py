"""Record lists show rows of one's own institution and let nobody write."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics.reports.compliance import last_day, moment
from config.demo.seed import plant
from kernel.scope import scope
from kernel.timekeeping import end_of_day
from tenancy.models import Branch, Institution
from tenancy.records import A_PAGE, cell, records
from tenancy.roles import Role
from tests.cast import make_staff
from tests.desk import signed_in
from tests.walk import addresses

INDEX = "/desk/records/"
STAFF = "/desk/records/tenancy/staff/"
BRANCHES = "/desk/records/tenancy/branch/"
HOME = "/desk/"


@pytest.fixture
def keeper(at_bank):
    """Holds what the record lists ask for."""
    return make_staff("dang.an", "auditor", display_name="档案").actor


def test_the_shelf_and_its_lists_open(keeper):
    browser = signed_in(keeper)

    assert browser.get(INDEX).status_code == 200
    assert "档案" in browser.get(STAFF).content.decode()
    assert browser.get(f"{STAFF}{keeper.id}/change/").status_code == 200


def test_lists_show_only_ones_own_institution(keeper, insurer, outsider):
    with scope(insurer.id):
        make_staff("bie.jia", "service", display_name="别家的人")

    page = signed_in(keeper).get(STAFF).content.decode()

    assert "别家的人" not in page
    assert signed_in(keeper).get(f"{STAFF}{outsider.id}/change/").status_code in {302, 404}


def test_nothing_can_be_written_here(keeper):
    browser = signed_in(keeper)

    changed = browser.post(f"{STAFF}{keeper.id}/change/", {"display_name": "改名"})
    added = browser.post(f"{STAFF}add/", {"display_name": "新增"})
    gone = browser.post(f"{STAFF}{keeper.id}/delete/", {"post": "yes"})

    assert changed.status_code == 405
    assert {added.status_code, gone.status_code} == {404}
    assert "改名" not in browser.get(STAFF).content.decode()


def test_a_record_list_wears_the_back_office_and_leads_back(keeper):
    """One sidebar, one way home, the same policy, one main part and one heading, on every record page."""
    browser = signed_in(keeper)

    for path in (INDEX, STAFF, f"{STAFF}{keeper.id}/change/"):
        answer = browser.get(path)
        page = answer.text
        assert page.count("<main ") == page.count("<h1") == 1, path
        assert 'id="sidebar"' in page, path
        assert f'href="{HOME}"' in page, path
        assert 'aria-current="page">' in page, path
        assert "unsafe" not in answer.headers["Content-Security-Policy"], path
    assert f'href="{INDEX}"' in browser.get(STAFF).text


def test_a_search_finds_and_a_long_list_pages_on(keeper):
    for number in range(A_PAGE + 1):
        Branch.objects.create(name=f"第{number}支行", city="杭州", address="人民路")
    browser = signed_in(keeper)

    first, second = browser.get(BRANCHES).text, browser.get(f"{BRANCHES}?page=2").text
    found = browser.get(f"{BRANCHES}?q=第7支行 杭州").text
    nothing = browser.get(f"{BRANCHES}?q=没有的").text

    assert first.count("支行</a>") == A_PAGE
    assert second.count("支行</a>") == 1
    assert found.count("支行</a>") == 1
    assert "没有记录" in nothing


def test_passwords_and_digests_never_show(keeper):
    page = signed_in(keeper).get(f"{STAFF}{keeper.id}/change/").content.decode()

    assert "pbkdf2" not in page
    assert "session_epoch" not in page


def test_there_is_no_second_way_to_sign_in():
    routes = {each.route for each in addresses() if each.route.startswith("desk/records/")}

    assert not {route for route in routes if "login" in route or "add" in route.split("/")}


@pytest.mark.slow
def test_every_list_and_every_record_opens(committed_db, tmp_path):
    plant(tmp_path, now=timezone.now())
    institution = Institution.objects.order_by("slug").first()
    with scope(institution.id):
        reader = make_staff("quan.neng", *Role, display_name="全能").actor
        firsts = {model: model._default_manager.first() for model in records.lists}
        for one in records.lists.values():
            with CaptureQueriesContext(connection) as said:
                for row in one.rows():
                    one.cells(row)
            assert len(said) == 1, f"{one.place} asks again for each row"
    browser = signed_in(reader)

    for model, row in firsts.items():
        shelf = f"/desk/records/{model._meta.app_label}/{model._meta.model_name}/"
        assert browser.get(shelf).status_code == 200, shelf
        assert browser.get(f"{shelf}?q=x").status_code == 200, shelf
        if row is not None:
            assert browser.get(f"{shelf}{row.pk}/change/").status_code == 200, shelf


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (end_of_day(date(2027, 2, 27)), "2027年2月27日 周六"),
        (end_of_day(date(2027, 2, 27)) - timedelta(seconds=1), "2027年2月27日 23:59"),
        (end_of_day(date(2027, 2, 27)) + timedelta(seconds=1), "2027年2月28日 00:00"),
    ],
)
def test_an_end_at_midnight_is_said_by_its_last_whole_day(end, said):
    """As its own page says it: 至 2027年2月27日, never 2月28日 00:00. Reports the same."""
    row = SimpleNamespace(access_until=end)

    assert str(cell(row, "access_until")) == said
    assert last_day(end.isoformat()) == {"周六": "2027-02-27"}.get(said[-2:], moment(end.isoformat()))
