"""F43, F55, F57, F74: what each sector's pack refuses, tried on whole campaigns made from its own presets."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

import msgspec
import pytest

from campaigns.catalogue import games
from campaigns.certification import findings_in
from campaigns.checking import scannable
from campaigns.content import problems_of, read_content, texts_of
from campaigns.gallery import Preset, presets, presets_for
from campaigns.games.base import Json
from campaigns.question_library import ours_matching
from compliance.scanner import scan
from compliance.scanner.matter import Shape
from config.demo.games import SERVICES
from config.demo.offer import CATALOGUE
from rewards.models import Need, Service

TODAY = date(2026, 11, 22)
SECTORS = ("bank", "insurance", "securities", "wealth")
OFFERED = [(preset, sector) for preset in presets().values() for sector in preset.sectors]

YIELDS = ("年化收益4.5%", "预期收益率可达5%", "收益比存款高", "稳健增值，收益看得见", "保本保息")
PLACES = ("title", "promise", "rule", "question", "explanation", "right option")
TIES = (
    "开户即可领取咨询权益",
    "首次交易满1万元，送一次咨询",
    "新开户客户另获一次财富诊断",
    "入金后可获得权益",
    "申购基金满1000元可得咨询",
)
RISKY = re.compile(r"R4|R5|股票|个股|期货|期权|融资融券|雪球|私募|结构性|权益类")


def drafted(key: str, sector: str) -> Json:
    return presets()[key].draft(sector=sector, today=TODAY)


def blocked(draft: Json, sector: str) -> set[str]:
    """The places where the sector's pack blocks this draft."""
    preset = Preset("", "", "knowledge", (sector,), "", "", draft)
    return {found.path for found in findings_in(preset, sector, TODAY) if found.severity == "block"}


def missed(draft: Json, sector: str) -> set[str]:
    """The sentences the sector asks for when none is attached."""
    found = scan(scannable(read_content(draft)), sector, shape=Shape())
    return {one.rule for one in found if one.category == "missing_disclaimer"}


def written(draft: Json, place: str, words: str) -> str:
    """Put the words there and say where that is."""
    question = draft["settings"]["questions"][0]
    if place == "rule":
        draft["rules"] = [*draft["rules"], words]
        return f"rules.{len(draft['rules']) - 1}"
    if place == "right option":
        at = next(n for n, option in enumerate(question["options"]) if option["id"] in question["answer"])
        question["options"][at]["text"] = words
        return f"settings.questions.0.options.{at}.text"
    if place in ("title", "promise"):
        draft[place] = words
        return place
    name = "text" if place == "question" else place
    question[name] = words
    return f"settings.questions.0.{name}"


@pytest.mark.parametrize("key", ["deposit_insurance_quiz", "small_business_loan_quiz"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("words", YIELDS)
def test_yield_words_in_a_bank_campaign_are_blocked_where_they_stand(
    key: str, place: str, words: str
) -> None:
    """F55."""
    draft = drafted(key, "bank")
    clean = blocked(draft, "bank")

    at = written(draft, place, words)

    assert clean == set()
    assert at in blocked(draft, "bank")


@pytest.mark.parametrize("words", TIES)
def test_a_reward_tied_to_trading_or_opening_an_account_is_refused_in_words(words: str) -> None:
    """F57, PROJ-NOLINK."""
    draft = drafted("stock_risk_quiz", "securities")

    at = written(draft, "rule", words)

    assert at in blocked(draft, "securities")


@pytest.mark.parametrize("condition", ["trade", "account_opening", "deposit", "purchase"])
def test_a_reward_tied_to_trading_or_opening_an_account_has_no_place_in_the_content(condition: str) -> None:
    """F57: no game knows such an award, and the pack knows it as a red line."""
    draft = drafted("stock_risk_quiz", "securities")
    draft["awards"] = {condition: {"benefit": str(UUID(int=7))}}

    problems = {(problem.path, problem.code) for problem in problems_of(draft)}
    found = scan([], "securities", shape=Shape(conditions=(condition,)))

    assert (f"awards.{condition}", "no_such_award") in problems
    assert "ST-CONDITION" in {finding.rule for finding in found if finding.severity == "block"}
    assert all(condition not in award.key for game in games().values() for award in game.awards)


def test_every_sector_has_a_pack_of_presets_and_may_not_use_what_is_made_for_another() -> None:
    """F55, F56, F57, F74: the topics the requirement names, and a fourth pack for wealth."""
    offered = {sector: {preset.key for preset in presets_for(sector, TODAY)} for sector in SECTORS}

    assert {"deposit_insurance_quiz", "small_business_loan_quiz"} <= offered["bank"]
    assert {"insurance_clause_quiz", "claim_walkthrough"} <= offered["insurance"]
    assert {"stock_risk_quiz", "fund_knowledge_quiz"} <= offered["securities"]
    assert offered["wealth"]
    assert not offered["bank"] & {"stock_risk_quiz", "claim_walkthrough"}


def test_the_same_campaign_is_judged_by_the_sector_of_its_institution() -> None:
    """F74: the sector is the institution's; switching it changes what is blocked."""
    draft = drafted("anti_fraud_for_investors", "securities")
    at = written(draft, "rule", "零佣金开户")

    assert at in blocked(draft, "securities")
    assert {sector: missed(draft, sector) for sector in SECTORS} == {
        "bank": set(),
        "insurance": set(),
        "securities": {"PR-SEC"},
        "wealth": set(),
    }


@pytest.mark.parametrize(("preset", "sector"), OFFERED, ids=lambda each: getattr(each, "key", each))
def test_no_high_risk_product_is_put_before_someone_whose_risk_was_never_assessed(
    preset: Preset, sector: str
) -> None:
    """F43: nobody is assessed here, so only a broker's own lessons on its risk may name one (F57)."""
    content = read_content(preset.draft(sector=sector, today=TODAY))
    said = [text.text for text in texts_of(content)]
    said += [words.zh for words in content.game.rules(content.settings)]

    named = [text for text in said if RISKY.search(text)]

    assert named == [] or (sector == "securities" and preset.scene == "knowledge")
    assert not [text for text in (content.frame.promise, *content.frame.rules) if RISKY.search(text)]


def test_no_service_and_no_declared_need_names_a_high_risk_product() -> None:
    """F43: neither the kinds of services, nor what the demo offers, nor the needs a form asks for."""
    said = [str(label) for label in (*Service.labels, *Need.labels)]
    said += [each.summary for offered in CATALOGUE.values() for each in offered]
    said += [summary for offered in SERVICES.values() for _, summary, _ in offered]

    assert len(said) > 20
    assert [text for text in said if RISKY.search(text)] == []


@pytest.mark.parametrize("sector", ["bank", "insurance", "wealth"])
def test_the_question_bank_sells_no_high_risk_product_to_other_sectors(sector: str) -> None:
    """F43: a question may warn of one; it may not put it into the right answer or the explanation."""
    taught = [
        text
        for question in ours_matching(sector=sector)
        for text in right_words(msgspec.to_builtins(question.as_setting()))
    ]

    assert taught
    assert [text for text in taught if RISKY.search(text)] == []


def right_words(question: Json) -> list[str]:
    right = [option["text"] for option in question["options"] if option["id"] in question["answer"]]
    return [*right, question["explanation"]]
