"""What a colleague should know is told once, to them alone, and kept 180 days. F50."""

import pytest
from django.urls import reverse

from kernel.actor import SYSTEM, Ref
from kernel.ids import new_id
from kernel.scope import scope
from ledger.models import Entry
from tenancy import tasks
from tenancy.colleagues import close_access
from tenancy.models import StaffNotice
from tenancy.notices import (
    KEPT,
    Called,
    NoticeKind,
    notice_kind,
    notice_subject,
    notify,
    read_all_notices,
    sweep_notices,
    unread_count,
)
from tests.cast import NOON, ONE_DAY
from tests.desk import signed_in

notice_kind(NoticeKind("test.told", "《%(title)s》有新进展（%(who)s）"))
notice_subject("thing", names=lambda ids: {pk: Called("<b>反诈</b>", "/desk/") for pk in ids})

THING = Ref("thing", new_id())


def tell(*staff, source=None, **more):
    ids = [each.id for each in staff]
    more = {"kind": "test.told", "subject": THING, "now": NOON} | more
    notify(ids, source=source or new_id(), **more)


def test_the_same_source_tells_a_colleague_once(officer, legal):
    source = new_id()

    tell(officer, legal, source=source)
    tell(officer, source=source)
    tell(officer)

    assert unread_count(officer.id) == 2
    assert unread_count(legal.id) == 1


def test_nobody_is_told_of_their_own_deed_nor_one_who_has_left(officer, legal, administrator, outsider):
    close_access(actor=administrator, staff_id=legal.id, now=NOON)

    tell(officer, legal, outsider, by=officer.id)

    assert not StaffNotice.objects.exists()


def test_an_undeclared_kind_is_a_fault(officer):
    with pytest.raises(ValueError, match="not declared"):
        tell(officer, kind="test.unheard_of")


def test_a_notice_is_read_by_opening_it(officer, legal):
    tell(officer, by=legal.id)
    browser = signed_in(officer)

    listed = browser.get(reverse("tenancy:notices")).content.decode()
    notice = StaffNotice.objects.get()
    opened = browser.post(reverse("tenancy:notice_open", args=[notice.id]))

    assert "《&lt;b&gt;反诈&lt;/b&gt;》有新进展（韩律）" in listed
    assert "1 条未读" in listed
    assert opened.url == "/desk/"
    assert unread_count(officer.id) == 0
    assert "条未读" not in browser.get(reverse("tenancy:notices")).content.decode()


def test_a_colleagues_notice_does_not_exist_for_another(officer, legal, outsider):
    tell(officer)
    address = reverse("tenancy:notice_open", args=[StaffNotice.objects.get().id])

    assert signed_in(legal).post(address).status_code == 404
    assert signed_in(outsider).post(address).status_code == 404
    assert unread_count(officer.id) == 1


def test_all_are_read_at_once_and_the_ledger_says_how_many(officer):
    for _each in range(3):
        tell(officer)

    assert read_all_notices(actor=officer, now=NOON) == 3

    assert Entry.objects.get(verb="tenancy.notices_read").data == {"count": 3}
    assert (
        "都看过了" in signed_in(officer).get(reverse("tenancy:notices"), {"tab": "unread"}).content.decode()
    )


def test_a_long_list_is_paged_and_takes_few_queries(officer, django_assert_max_num_queries):
    for _each in range(65):
        tell(officer)
    browser = signed_in(officer)

    with django_assert_max_num_queries(13):
        page = browser.get(reverse("tenancy:notices"))

    assert page.content.decode().count('class="notice ') == 30
    assert len(browser.get(reverse("tenancy:notices"), {"page": 3}).context["notices"]) == 5


def test_notices_older_than_180_days_are_swept(officer, bank):
    tell(officer, now=NOON - KEPT - ONE_DAY)
    tell(officer, now=NOON - KEPT + ONE_DAY)

    assert sweep_notices(actor=SYSTEM, now=NOON) == 1
    tasks.sweep_notices()

    with scope(bank.id):
        assert StaffNotice.objects.count() == 1


def test_an_empty_list_says_what_will_come(officer):
    assert "还没有提醒" in signed_in(officer).get(reverse("tenancy:notices")).content.decode()
