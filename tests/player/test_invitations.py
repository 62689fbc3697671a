"""An invitation never locks a phone out: what cannot be used is told, forgotten, and a way on is offered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from campaigns.live import LiveCampaign
from campaigns.models import Party
from campaigns.player.limits import MOVES
from kernel.actor import Actor
from tenancy.models import Institution
from tests.campaigns.party_people import CUSTOMERS, a_phone, load_list, put_out_preset, right_answers
from tests.cast import NOON
from tests.player.conftest import Phone
from tests.player.test_together import WECHAT, known, moved


@pytest.fixture
def link(group: LiveCampaign) -> str:
    """The invitation of a party that waits for its second person."""
    first = a_phone("first", "13800000001")
    first.move(group, first.start(group), "join")
    return str(Party.objects.get().invitation)


def fill_up(live: LiveCampaign, invitation: str) -> None:
    second = a_phone("second", "13800000008")
    second.move(live, second.start(live, invitation), "join")


def begin(phone: Phone, **body: Any) -> Any:
    return phone.post("start/", body)


def test_a_full_party_is_told_once_and_then_forgotten(opened: Any, group: LiveCampaign, link: str) -> None:
    fill_up(group, link)
    third = opened(link)

    told = third.me()["invited"]
    refused = begin(third)
    alone = begin(third)

    assert (told["open"], told["headline"]) == (False, "这份邀请的名额已满。")
    assert "您也可以自己参与，服务和条件完全相同。" in told["lines"]
    assert (refused.status_code, refused.json()["code"]) == (409, "party_full")
    assert (alone.status_code, alone.json()["view"]["seat"]) == (200, "first")
    assert third.me()["invited"] is None


def test_one_tap_goes_on_alone_after_it_was_told(opened: Any, group: LiveCampaign, link: str) -> None:
    fill_up(group, link)
    third = opened(link)

    alone = begin(third, again=True).json()

    assert (alone["view"]["seat"], alone["invited"]) == ("first", None)
    assert third.me()["invited"] is None


def test_a_link_one_sign_short_is_told_and_forgotten(opened: Any, link: str) -> None:
    phone = opened(link[:-1])

    told = phone.me()["invited"]
    refused, alone = begin(phone), begin(phone)

    assert told["headline"] == "没有找到这份邀请，链接可能不完整。"
    assert (refused.status_code, refused.json()["code"]) == (404, "invitation_unknown")
    assert alone.json()["view"]["seat"] == "first"


def test_an_invitation_of_who_left_or_ran_out_of_time_is_told_as_what_it_is(
    opened: Any,
    group: LiveCampaign,
    link: str,
) -> None:
    late, left = opened(link), opened(link)
    Party.objects.update(expires_at=NOON - timedelta(days=1), opened_at=NOON - timedelta(days=3))
    expired = late.me()["invited"]["headline"]
    Party.objects.update(status="ended", ended_at=NOON)
    ended = left.me()["invited"]["headline"]

    assert (expired, ended) == ("这次邀请已到期。", "这份邀请已结束。")
    assert begin(late).json()["code"] == "party_ended"
    assert begin(late).json()["view"]["seat"] == "first"


def test_inside_wechat_an_invitation_says_how_to_go_on_and_locks_nobody_out(opened: Any, link: str) -> None:
    """WX-212: no invitation chain there; the same service alone."""
    inside = opened(link, agent=WECHAT)

    told = inside.me()["invited"]
    refused, alone = begin(inside), begin(inside)

    assert told["open"] is False
    assert any("在浏览器打开" in line for line in told["lines"])
    assert refused.json()["code"] == "invitation_off"
    assert alone.json()["view"]["seat"] == "first"


def test_an_open_invitation_says_by_whom_to_what(opened: Any, group: LiveCampaign, link: str) -> None:
    told = opened(link).me()["invited"]

    assert (told["open"], told["headline"]) == (True, "您收到一份邀请")
    assert told["lines"][0] == group.content.frame.promise


def test_who_sits_at_a_party_is_not_asked_to_another(opened: Any, link: str) -> None:
    seated = opened()
    moved(seated, known(seated, "13800000005")["play"], "join")

    seated.get(f"?p={link}")

    assert seated.me()["invited"] is None
    assert begin(seated).json()["view"]["stage"] == "waiting"


def test_who_only_looked_at_their_own_way_can_still_follow_an_invitation(opened: Any, link: str) -> None:
    phone = opened()
    phone.start()
    phone.get(f"?p={link}")

    told, followed = phone.me()["invited"], begin(phone).json()

    assert told["open"] is True
    assert followed["view"]["seat"] == "second"


def test_who_read_at_a_seat_that_another_took_is_not_kept_there(
    bank: Institution,
    marketer: Actor,
) -> None:
    """A referral stays open while the other one answers; whoever came second must not wait for its end."""
    live = put_out_preset("existing_helps_new", marketer)
    load_list(*CUSTOMERS)
    helper, quicker = a_phone("helper", CUSTOMERS[0]), a_phone("quicker", "13800000001")
    helper.move(live, helper.start(live), "join")
    link = str(Party.objects.get(campaign_id=live.id).invitation)
    slower = Phone(bank.slug, live.code, live.id)
    slower.client.get(f"{slower.home}?p={link}", headers={"user-agent": "Mozilla/5.0 (iPhone)"})
    slower.client.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone)"
    slower.start()
    quicker.move(live, quicker.start(live, link), "join")

    me = slower.me()

    assert (me["state"], me["invited"]["headline"]) == ("new", "这份邀请的名额已满。")
    assert me["invited"]["start"] == "我是老客户，发起邀请"


def test_a_friend_in_wechat_learns_what_a_referral_is_and_never_sees_the_inviters_page(
    bank: Institution, marketer: Actor
) -> None:
    live = put_out_preset("existing_helps_new", marketer)
    load_list(*CUSTOMERS)
    helper = a_phone("helper", CUSTOMERS[0])
    helper.move(live, helper.start(live), "join")
    friend = Phone(bank.slug, live.code, live.id)
    friend.client.defaults["HTTP_USER_AGENT"] = WECHAT
    friend.get(f"?p={Party.objects.get(campaign_id=live.id).invitation}")

    told = friend.me()["invited"]

    assert told["headline"] == "您收到一份邀请"
    assert told["lines"][0] == live.content.settings.invitation
    assert any("在浏览器打开" in line for line in told["lines"])
    assert (told["start"], told["own"]) == ("", "")


def test_a_newcomer_whose_rounds_are_over_is_offered_no_inviters_page(
    bank: Institution, marketer: Actor
) -> None:
    """Starting anew would make an inviter of who was invited."""
    live = put_out_preset("existing_helps_new", marketer)
    load_list(*CUSTOMERS)
    helper = a_phone("helper", CUSTOMERS[0])
    helper.move(live, helper.start(live), "join")
    friend = Phone(bank.slug, live.code, live.id)
    friend.client.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone)"
    friend.get(f"?p={Party.objects.get(campaign_id=live.id).invitation}")
    play = known(friend, "13800000001")["play"]
    moved(friend, play, "join")
    for _round in range(live.content.settings.attempts):
        MOVES.forget()
        for question, right in right_answers(live):
            wrong = next(letter for letter in "ABCD" if letter not in right)
            values = {"question": question, "option": wrong}
            friend.post("move/", {"play": play, "kind": "answer", "values": values})
        moved(friend, play, "again")

    me = friend.me()

    assert (me["state"], me["attempts_left"]) == ("finished", 0)


def test_what_is_copied_is_the_reviewed_words_with_the_link(opened: Any, group: LiveCampaign) -> None:
    first = opened()
    play = known(first, "13800000001")["play"]
    moved(first, play, "join")

    sent = moved(first, play, "share").json()["reply"]

    frame = group.content.frame
    assert sent["text"].splitlines() == [frame.title, frame.promise, sent["link"]]
