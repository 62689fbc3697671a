"""A new version goes live: whoever is in the middle finishes what they began, and history shows it. F71."""

from __future__ import annotations

from django.urls import reverse

from campaigns.live import LiveCampaign, content_of, live_campaign
from campaigns.models import Campaign, Play
from campaigns.usecases import publish_campaign, save_draft, start_play
from kernel.actor import Actor
from ledger.models import Entry
from rewards.models import Grant
from tests.campaigns.conftest import approve, the_right_answer
from tests.campaigns.test_playing import answer, start
from tests.cast import NOON
from tests.desk import signed_in


def test_who_is_in_the_middle_finishes_by_the_questions_and_the_mark_they_began_with(
    draft_quiz: Campaign, live_quiz: LiveCampaign, marketer: Actor, officer: Actor, player: Actor
) -> None:
    """Half of the questions go, the mark rises; the one in the middle answers the old five and passes."""
    playing = start(player, live_quiz)
    asked = [playing.view["question"]["text"]]
    draft = Campaign.of(draft_quiz.id).draft
    settings = {**draft["settings"], "pass_mark": 100, "per_play": 3}
    settings["questions"] = [{**one, "text": f"新版：{one['text']}"} for one in settings["questions"][:3]]
    fresh = Campaign.of(draft_quiz.id)
    save_draft(
        actor=marketer,
        campaign_id=fresh.id,
        revision=fresh.revision,
        draft={
            **draft,
            "title": "反诈知识大闯关",
            "promise": draft["promise"].replace("5道题", "3道题"),
            "settings": settings,
        },
        now=NOON,
    )
    approve(draft_quiz, marketer)
    publish_campaign(actor=marketer, campaign_id=draft_quiz.id, now=NOON)
    after = live_campaign(live_quiz.code)
    assert (after.version_number, after.content.settings.pass_mark) == (2, 100)

    wrong_once = True
    for _number in range(5):
        right = the_right_answer(live_quiz, playing.view)
        offered = [option["id"] for option in playing.view["question"]["options"]]
        chosen = next(letter for letter in offered if letter != right) if wrong_once else right
        wrong_once = False
        playing = answer(player, live_quiz, playing, chosen)
        if playing.view.get("question"):
            asked.append(playing.view["question"]["text"])

    play = Play.objects.get(id=playing.play_id)
    assert playing.finished
    assert not any(text.startswith("新版：") for text in asked)
    assert Grant.objects.filter(participant_id=player.id, version_id=live_quiz.version_id).count() == 1
    entries = Entry.objects.filter(subject_id=play.id)
    assert set(entries.values_list("version_id", flat=True)) == {live_quiz.version_id}
    again = start_play(actor=player, code=live_quiz.code, again=True, now=NOON)
    assert again.version_id == after.version_id
    assert again.view["question"]["text"].startswith("新版：")

    shown = signed_in(officer).get(reverse("preview:version", args=[draft_quiz.id, 1])).content.decode()
    assert "反诈知识闯关" in shown
    assert "新版：" not in shown
    assert content_of(play.version_id).frame.title == "反诈知识闯关"
