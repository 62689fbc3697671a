"""F67: the home page shows what waits for this person, and offers the one thing they come to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from kernel.actor import Actor
from tenancy.home import MOST, HomeCard, Waiting, _made_out, cards_for, deed_for
from tenancy.models import Staff
from tenancy.navigation import NavItem, navigation
from tenancy.roles import Permission, Role
from tests.cast import NOON, make_staff
from tests.desk import signed_in


def test_the_administrator_sees_who_cannot_sign_in_yet(administrator):
    make_staff("xin.ren", "service", display_name="新来的同事")

    page = signed_in(administrator).get("/desk/").content.decode()

    assert "新来的同事" in page
    assert "还不能登录" in page


def test_access_that_ends_soon_shows_its_deadline(administrator):
    leaving = make_staff("li.zhi", "service", display_name="快离开的同事")
    Staff.objects.filter(id=leaving.id).update(access_until=timezone.now() + timedelta(days=3, hours=1))

    page = signed_in(administrator).get("/desk/").content.decode()

    assert "使用期限将到" in page
    assert "还有 3 天" in page


def test_nobody_sees_cards_of_deeds_they_may_not_do(marketer, administrator):
    theirs = {card.title for card in cards_for(actor=marketer, now=NOON)}
    admins = {card.title for card in cards_for(actor=administrator, now=NOON)}

    assert "人员与登录" in admins
    assert "人员与登录" not in theirs


def test_a_long_card_says_how_many_more(marketer: Actor):
    def many(*, actor, now):
        return [Waiting(title=str(number), url="/") for number in range(MOST + 3)]

    card = _made_out(HomeCard("题", Permission.VIEW_HOME, "inbox", many), marketer, NOON)

    assert (len(card.waiting), card.more) == (MOST, 3)


def test_each_role_has_a_first_thing_to_do():
    without = [role for role in Role if deed_for([role]) is None]

    assert without == []


def test_the_sidebar_marks_the_longest_match_as_here():
    groups = navigation.made_out_for([Role.ADMINISTRATOR], "/desk/staff/new/")

    current = [item.label for group in groups for item in group.items if item.current]
    assert current == ["人员"]


def test_a_page_that_no_entry_leads_to_is_not_the_home_page():
    groups = navigation.made_out_for([Role.ADMINISTRATOR], "/desk/nowhere/")

    assert not any(item.current for group in groups for item in group.items)


def test_an_entry_is_put_up_once():
    with pytest.raises(ValueError, match="already"):
        navigation.add(NavItem("again", "tenancy:home", Permission.VIEW_HOME, "home"))
