"""F32, F38, W6: what a campaign does is judged by rule, be it a game's own doing or a draft's wish."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from campaigns.catalogue import games
from campaigns.checking import check
from campaigns.content import Content, read_content
from campaigns.gallery import Preset, presets
from campaigns.games.base import Award, Move, Refused, Words
from campaigns.mechanics import STRANGE, shape_of
from compliance.scanner import scan
from kernel.scope import scope
from kernel.timekeeping import local_day
from tenancy.models import Institution
from tests.architecture.test_games import SAMPLES, Rehearsal
from tests.cast import NOON

TODAY = local_day(NOON)
EACH = [pytest.param(preset, id=key) for key, preset in presets().items()]
OF_EACH_GAME = {preset.content["game"]: preset for preset in presets().values()}


def drafted(preset: Preset) -> dict[str, Any]:
    return deepcopy(preset.draft(sector=preset.sectors[0], today=TODAY))


def crossed(content: Content, game: Any) -> set[str]:
    """The structural rules that a content breaks with this game."""
    shape = shape_of(replace(content, game=game), services=["wealth_consult"])
    return {found.rule for found in scan([], "bank", shape=shape) if found.rule.startswith("ST-")}


@pytest.mark.parametrize("preset", EACH)
def test_every_game_keeps_to_the_structural_rules(preset: Preset) -> None:
    """W6: at most three steps, no ladder of invitations, nothing for sending something on."""
    content = read_content(drafted(preset))

    assert crossed(content, content.game) == set()
    assert len(content.game.steps(content.settings)) == 3


@pytest.mark.parametrize("key", sorted(games()))
def test_a_game_that_asked_for_more_would_be_refused_by_rule(key: str) -> None:
    """F38, W6: the rules are alive for every game, not only written down."""
    content = read_content(drafted(OF_EACH_GAME[key]))
    kind, award = type(content.game), content.game.awards[0]
    promised = replace(content, frame=replace(content.frame, awards={award.key: None}))  # type: ignore[dict-item]
    more = Words("下载客户端", "Install the app")

    longer = type("Longer", (kind,), {"steps": lambda self, settings: (*kind.steps(self, settings), more)})
    laddered = type("Laddered", (kind,), {"awards": (replace(award, people=5),)})
    sharing = type("Sharing", (kind,), {"awards": (replace(award, by_sharing=True),)})

    assert crossed(promised, longer()) == {"ST-STEPS"}
    assert crossed(promised, laddered()) == {"ST-TIERS"}
    wechat = replace(promised, frame=replace(promised.frame, channels=()))
    assert crossed(wechat, sharing()) == {"ST-SHARE"}


@pytest.mark.parametrize(("game", "sample"), SAMPLES)
def test_no_award_asks_for_more_company_than_it_declares(game: Any, sample: Any) -> None:
    """F36, F38: replayed; what a game says of its awards is what it does."""
    awards: dict[str, Award] = {award.key: award for award in game.awards}
    rehearsal, present = Rehearsal(game, sample.settings, sample.seed), set[str]()
    for move in sample.moves:
        if isinstance(move, timedelta):
            rehearsal.now += move
            continue
        step = _made(rehearsal, move)
        present.add(move.by.seat)
        earned = [awards[one.award] for one in step.earned] if step else []

        assert all(award.people <= max(0, len(present) - 1) for award in earned)
        assert move.kind not in ("share", "forward", "invite") or not earned


def _made(rehearsal: Rehearsal, move: Move) -> Any:
    try:
        return rehearsal.make(move)
    except Refused:
        return None


HOSTILE = [
    ("ladder", "settings.tiers", [{"people": 5, "service": "wealth_consult"}], "ST-TIERS"),
    ("board", "settings.leaderboard", True, "ST-TIERS"),
    ("board in Chinese", "settings.说明", "按邀请人数发放", "ST-TIERS"),
    ("sharing", "settings.shareReward", "wealth_consult", "ST-SHARE"),
    ("purchase", "settings.condition", {"kind": "purchase", "at_least": 1}, "ST-CONDITION"),
    ("balance", "settings.minimum_balance", 10000, "ST-CONDITION"),
    ("opening", "eligibility", ["account_opening"], "ST-CONDITION"),
    ("award for a deposit", "awards.deposit", {"benefit": "00000000-0000-0000-0000-000000000007"},
     "ST-CONDITION"),
    ("award for ten", "awards.invited_10", {"benefit": "00000000-0000-0000-0000-000000000007"}, "ST-TIERS"),
    ("money", "settings.red_packet", 50, "ST-REWARD"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "value", "rule"), [pytest.param(*rest, id=name) for name, *rest in HOSTILE]
)
@pytest.mark.parametrize("key", ["existing_helps_new", "anti_fraud_quiz"])
def test_a_draft_that_crosses_a_line_is_refused_with_the_rule(
    db: None, bank: Institution, key: str, place: str, value: Any, rule: str
) -> None:
    """F32, F38: with rule id, article, reason and place, and not only as a name nobody knows."""
    draft = drafted(presets()[key])
    under, _, name = place.rpartition(".")
    (draft[under] if under else draft)[name] = value

    with scope(bank.id):
        checked = check(draft, sector="bank", now=NOON)

    told = [one for one in checked.blocking if one.path == place]
    assert [one.rule for one in told] == [rule]
    assert told[0].article
    assert told[0].why
    assert told[0].penalty
    assert place not in [problem.path for problem in checked.problems if problem.code in STRANGE]
    assert [one.rule for one in checked.blocking].count(rule) == 1
    assert not checked.is_clear


def test_a_misspelt_setting_is_only_a_misspelt_setting(db: None, bank: Institution) -> None:
    draft = drafted(presets()["anti_fraud_quiz"])
    draft["settings"]["pas_mark"] = 60

    with scope(bank.id):
        checked = check(draft, sector="bank", now=NOON)

    assert [(one.path, one.code) for one in checked.problems if one.code == "unknown_field"] == [
        ("settings.pas_mark", "unknown_field")
    ]
    assert checked.findings == []
