"""A customer plays: one answer a question, nothing lost, nothing twice, few statements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.games.base import Move
from campaigns.live import LiveCampaign, NotOpen, forget_live, live_campaign
from campaigns.models import Campaign, Play
from campaigns.usecases import Played, Playing, move_play, record_seen, start_play
from campaigns.usecases.playing import MoveRefused, NoAttemptLeft
from kernel.actor import Actor
from kernel.errors import Denied, NotFound
from kernel.scope import scope
from ledger.models import Entry
from rewards.models import Grant
from tenancy.models import Institution
from tests.campaigns.conftest import new_player, the_right_answer
from tests.cast import NOON, ONE_DAY


def verbs(subject_id: UUID) -> list[str]:
    return list(Entry.objects.filter(subject_id=subject_id).order_by("id").values_list("verb", flat=True))


def start(player: Actor, live: LiveCampaign, **more: Any) -> Playing:
    return start_play(actor=player, code=live.code, **{"now": NOON, **more})


def answer(player: Actor, live: LiveCampaign, playing: Playing | Played, chosen: str, **more: Any) -> Played:
    asked = playing.view["question"]["id"]
    move = Move("answer", {"question": asked, "option": chosen})
    return move_play(
        actor=player, code=live.code, play_id=playing.play_id, move=move, **{"now": NOON, **more}
    )


def finish(player: Actor, live: LiveCampaign, wrong: int = 0, **more: Any) -> Played:
    """Play to the end with this many wrong answers."""
    playing: Playing | Played = start(player, live, **more)
    for number in range(playing.view["total"]):
        right = the_right_answer(live, playing.view)
        offered = [option["id"] for option in playing.view["question"]["options"]]
        chosen = next(letter for letter in offered if letter != right) if number < wrong else right
        playing = answer(player, live, playing, chosen)
    assert isinstance(playing, Played)
    return playing


def test_a_play_begins_with_the_first_question_and_no_answer(player: Actor, live_quiz: LiveCampaign) -> None:
    playing = start(player, live_quiz)

    assert playing.view["total"] == 5
    assert playing.view["question"]["text"]
    assert "explanation" not in str(playing.view["question"])
    assert verbs(playing.play_id) == ["play.started"]


def test_refresh_and_a_second_tab_find_the_same_play(player: Actor, live_quiz: LiveCampaign) -> None:
    first, second = start(player, live_quiz), start(player, live_quiz)

    assert second == first
    assert Play.objects.count() == 1


def test_an_answer_is_explained_at_once_with_its_article(player: Actor, live_quiz: LiveCampaign) -> None:
    """F9."""
    playing = start(player, live_quiz)

    played = answer(player, live_quiz, playing, the_right_answer(live_quiz, playing.view))

    assert played.reply["correct"] is True
    assert played.reply["explanation"]
    assert played.reply["article"]
    assert verbs(playing.play_id) == ["play.started", "play.answered"]


def test_a_double_tap_counts_once_and_is_told_the_same(player: Actor, live_quiz: LiveCampaign) -> None:
    playing = start(player, live_quiz)

    first, second = (answer(player, live_quiz, playing, "A", key="tap-1") for _ in range(2))
    third = answer(player, live_quiz, playing, "A", key="tap-2")

    assert first.reply == second.reply == third.reply
    assert verbs(playing.play_id) == ["play.started", "play.answered"]


def test_an_answer_cannot_be_changed(player: Actor, live_quiz: LiveCampaign) -> None:
    playing = start(player, live_quiz)
    answer(player, live_quiz, playing, "A")

    with pytest.raises(MoveRefused) as refused:
        answer(player, live_quiz, playing, "B")

    assert refused.value.code == "already_answered"
    assert "already" in refused.value.message("en").lower()


def test_reaching_the_pass_mark_grants_the_service_once(player: Actor, live_quiz: LiveCampaign) -> None:
    """F11."""
    played = finish(player, live_quiz, wrong=1)

    assert played.finished
    assert played.view["result"]["passed"] is True
    assert [grant.id for grant in Grant.objects.all()] == list(played.granted)
    assert verbs(played.play_id)[-2:] == ["play.answered", "play.finished"]


def test_missing_the_pass_mark_grants_nothing_and_leaves_another_attempt(
    player: Actor, live_quiz: LiveCampaign
) -> None:
    played = finish(player, live_quiz, wrong=2)

    again = start(player, live_quiz, again=True)

    assert played.view["result"]["passed"] is False
    assert not Grant.objects.exists()
    assert again.attempt == 2


def test_passing_twice_is_still_one_service(player: Actor, live_quiz: LiveCampaign) -> None:
    first, second = finish(player, live_quiz), finish(player, live_quiz, again=True)

    assert first.play_id != second.play_id
    assert first.granted == second.granted
    assert Grant.objects.count() == 1


def test_attempts_run_out(player: Actor, live_quiz: LiveCampaign) -> None:
    for _ in range(3):
        finish(player, live_quiz, wrong=5, again=True)

    with pytest.raises(NoAttemptLeft):
        start(player, live_quiz, again=True)


def test_a_finished_play_is_shown_again_when_nothing_else_is_asked(
    player: Actor, live_quiz: LiveCampaign
) -> None:
    played = finish(player, live_quiz)

    shown = start(player, live_quiz)

    assert shown.finished
    assert shown.play_id == played.play_id
    assert shown.view["result"]["score"] == 100


def test_nobody_moves_another_persons_play(player: Actor, live_quiz: LiveCampaign) -> None:
    playing = start(player, live_quiz)

    with pytest.raises(NotFound):
        answer(new_player(), live_quiz, playing, "A")


def test_staff_do_not_play(marketer: Actor, live_quiz: LiveCampaign) -> None:
    with pytest.raises(Denied):
        start(marketer, live_quiz)


def test_another_institution_has_no_such_campaign(
    player: Actor, live_quiz: LiveCampaign, insurer: Institution
) -> None:
    with scope(insurer.id), pytest.raises(NotFound):
        start(player, live_quiz)


@pytest.mark.parametrize(("status", "phase"), [("paused", "paused"), ("stopped", "stopped")])
def test_a_pause_or_a_stop_reaches_a_play_under_way(
    player: Actor, live_quiz: LiveCampaign, status: str, phase: str
) -> None:
    playing = start(player, live_quiz)
    Campaign.objects.filter(id=live_quiz.id).update(status=status)
    forget_live()

    with pytest.raises(NotOpen) as closed:
        answer(player, live_quiz, playing, "A")

    assert closed.value.details["phase"] == phase


def test_before_and_after_its_period_a_campaign_says_so(player: Actor, live_quiz: LiveCampaign) -> None:
    with pytest.raises(NotOpen) as early:
        start(player, live_quiz, now=NOON - ONE_DAY)
    with pytest.raises(NotOpen) as late:
        start(player, live_quiz, now=NOON + timedelta(days=31))

    assert (early.value.details["phase"], late.value.details["phase"]) == ("upcoming", "ended")


def test_the_last_day_lasts_until_midnight_in_shanghai(player: Actor, live_quiz: LiveCampaign) -> None:
    last_minute = NOON + timedelta(days=30, hours=11, minutes=59)

    assert start(player, live_quiz, now=last_minute)
    with pytest.raises(NotOpen):
        start(player, live_quiz, now=last_minute + timedelta(minutes=1))


def test_being_seen_counts_once_a_day(player: Actor, live_quiz: LiveCampaign) -> None:
    counted = [
        record_seen(actor=player, code=live_quiz.code, now=moment)
        for moment in (NOON, NOON + timedelta(hours=1), NOON + ONE_DAY)
    ]

    assert counted == [True, False, True]
    assert verbs(live_quiz.id).count("play.seen") == 2


def test_a_move_takes_two_statements_and_its_transaction(player: Actor, live_quiz: LiveCampaign) -> None:
    """The hot path: lock the play; change it and write the ledger in one statement."""
    playing = start(player, live_quiz)
    live_campaign(live_quiz.code)

    with CaptureQueriesContext(connection) as statements:
        answer(player, live_quiz, playing, "A")

    assert len(own(statements)) == 2


def test_starting_takes_two_statements(player: Actor, live_quiz: LiveCampaign) -> None:
    live_campaign(live_quiz.code)

    with CaptureQueriesContext(connection) as statements:
        start(player, live_quiz)

    assert len(own(statements)) == 2


def own(statements: CaptureQueriesContext) -> list[str]:
    """What is asked between the begin and the commit (which a test's own transaction makes savepoints)."""
    asked = [query["sql"] for query in statements]
    return [sql for sql in asked if "SAVEPOINT" not in sql]


def test_nothing_of_the_answers_is_in_a_play_before_they_are_given(
    player: Actor, live_quiz: LiveCampaign
) -> None:
    playing = start(player, live_quiz)

    sent = str(playing.view)

    for question in live_quiz.content.settings.questions:
        assert question.explanation not in sent
