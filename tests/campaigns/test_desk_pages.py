"""The marketer's pages answer, in both languages, to those who may see them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse
from django.utils.html import escape

from campaigns.live import LiveCampaign
from campaigns.models import Campaign, Channel
from campaigns.usecases import submit_for_review
from campaigns.views_deeds import link_of
from compliance.models import Review
from compliance.queries import latest_review
from compliance.usecases import decide_review
from kernel import qr
from kernel.actor import Actor
from ledger.models import Entry
from rewards.models import Benefit
from tenancy.roles import ROLE_LABELS, Role
from tests.campaigns.conftest import approve
from tests.cast import NOON, ONE_DAY, make_staff
from tests.desk import Browser, signed_in


def address(name: str, *args: Any) -> str:
    return reverse(f"campaigns:{name}", args=args)


def send(browser: Browser, url: str, body: Any) -> Any:
    return browser.post(url, json.dumps(body), content_type="application/json")


def test_the_gallery_shows_presets_of_the_sector(marketer: Actor) -> None:
    """F60, F64."""
    page = signed_in(marketer).get(address("gallery"))

    assert page.status_code == 200
    assert "金融知识答题闯关·反诈专题" in page.text
    assert "股票风险教育互动" not in page.text


def test_a_preset_leads_into_the_builder(marketer: Actor, consult: Benefit) -> None:
    browser = signed_in(marketer)

    created = browser.post(address("create"), {"preset": "anti_fraud_quiz"})
    page = browser.get(created.url)

    assert page.status_code == 200
    assert page.text.count('data-panel="') == 3


def test_the_builder_speaks_english(marketer: Actor, draft_quiz: Campaign) -> None:
    browser = signed_in(marketer)

    page = browser.get(address("build", draft_quiz.id), headers={"accept-language": "en"})

    assert "Submit for review" in page.text
    assert "提交审核" not in page.text


def test_saving_answers_with_findings_at_their_field(marketer: Actor, draft_quiz: Campaign) -> None:
    """S4."""
    browser = signed_in(marketer)
    draft = {**draft_quiz.draft, "title": "保本保收益，稳赚不赔", "minutes": None}

    answer = send(
        browser, address("save", draft_quiz.id), {"revision": draft_quiz.revision, "draft": draft}
    ).json()
    fixed = send(
        browser,
        address("save", draft_quiz.id),
        {"revision": answer["revision"], "draft": {**draft, "minutes": 3}},
    ).json()

    assert [problem["path"] for problem in answer["problems"]] == ["minutes"]
    assert fixed["findings"][0]["path"] == "title"
    assert "《广告法》" in fixed["findings"][0]["article"]
    assert "《广告法》第五十八条" in fixed["findings"][0]["penalty"]
    assert fixed["findings"][0]["rule"]


def test_a_submission_that_breaks_a_rule_names_it_with_its_penalty(
    marketer: Actor, draft_quiz: Campaign
) -> None:
    """F10, F38: the same in both languages, and on the tester's page."""
    browser = signed_in(marketer)
    settings = {**draft_quiz.draft["settings"], "tiers": [{"people": 5}]}
    draft = {**draft_quiz.draft, "settings": settings}
    saved = send(
        browser, address("save", draft_quiz.id), {"revision": draft_quiz.revision, "draft": draft}
    ).json()

    answer = send(browser, address("submit", draft_quiz.id), {"revision": saved["revision"]})
    told = next(one for one in answer.json()["problems"] if one["path"] == "settings.tiers")
    tried = browser.post(reverse("compliance:try"), {"text": "保本保收益", "content_type": "title"}).text

    assert answer.status_code == 422
    assert told["rule"] == "ST-TIERS"
    assert told["why"]
    assert told["article"]
    assert told["penalty"]
    assert "finding__rule" in tried


def test_a_stale_save_is_a_conflict_with_a_code(marketer: Actor, draft_quiz: Campaign) -> None:
    answer = send(
        signed_in(marketer),
        address("save", draft_quiz.id),
        {"revision": 1, "draft": draft_quiz.draft | {"a": 1}},
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "draft_moved")


def test_a_save_sent_again_because_its_answer_was_lost_is_no_conflict(
    marketer: Actor, draft_quiz: Campaign
) -> None:
    browser = signed_in(marketer)
    typed = {"revision": draft_quiz.revision, "draft": draft_quiz.draft | {"title": "冬季反诈课"}}
    edits = Entry.objects.filter(verb="campaigns.edited").count()

    first = send(browser, address("save", draft_quiz.id), typed)
    again = send(browser, address("save", draft_quiz.id), typed)

    assert (again.status_code, again.json()["revision"]) == (200, first.json()["revision"])
    assert Entry.objects.filter(verb="campaigns.edited").count() == edits + 1


@pytest.mark.parametrize(
    "body", ["{", "[]", '{"revision": "x", "draft": {}}', '{"revision": 1, "draft": [], "more": 1}', "\x00"]
)
def test_malformed_saves_are_refused(marketer: Actor, draft_quiz: Campaign, body: str) -> None:
    answer = signed_in(marketer).post(address("save", draft_quiz.id), body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["code"]


@pytest.mark.parametrize(
    "draft",
    [
        '{"title": 1e400}',
        '{"title": "\\u0000\\ud800"}',
        '{"x": ' + "[" * 300 + "]" * 300 + "}",
        '{"minutes": 123456789012345678901234567890}',
        '{"settings": {"questions": [1, null, "x"]}, "awards": [], "channels": {}}',
    ],
)
def test_strange_drafts_are_answered_never_with_a_fault(
    marketer: Actor, draft_quiz: Campaign, draft: str
) -> None:
    body = f'{{"revision": {draft_quiz.revision}, "draft": {draft}}}'

    answer = signed_in(marketer).post(address("save", draft_quiz.id), body, content_type="application/json")

    assert answer.status_code in (200, 400, 413)


def test_strange_searches_and_notes_are_answered(marketer: Actor, draft_quiz: Campaign) -> None:
    browser = signed_in(marketer)

    found = browser.get(address("campaigns"), {"q": "反诈\x00", "status": "\x00", "page": "-1"})
    sent = send(
        browser, address("submit", draft_quiz.id), {"revision": draft_quiz.revision, "note": "\x00好"}
    )

    assert (found.status_code, sent.status_code) == (200, 200)


def test_submitting_leads_to_the_campaigns_page(marketer: Actor, draft_quiz: Campaign) -> None:
    browser = signed_in(marketer)

    answer = send(
        browser, address("submit", draft_quiz.id), {"revision": draft_quiz.revision, "note": "请审核"}
    )
    page = browser.get(answer.json()["next"])

    assert "审核中" in page.text
    assert "请审核" in page.text


def test_a_refused_submission_names_every_place(marketer: Actor, draft_quiz: Campaign) -> None:
    browser = signed_in(marketer)
    draft = {**draft_quiz.draft, "channels": [], "promise": ""}
    saved = send(
        browser, address("save", draft_quiz.id), {"revision": draft_quiz.revision, "draft": draft}
    ).json()

    answer = send(browser, address("submit", draft_quiz.id), {"revision": saved["revision"]})

    assert answer.status_code == 422
    assert {problem["path"] for problem in answer.json()["problems"]} == {"channels", "promise"}


def test_an_opinion_is_told_with_its_post_and_a_long_one_is_folded(
    marketer: Actor, draft_quiz: Campaign
) -> None:
    """W3: who said it, in which post; two thousand characters do not push the page away."""
    submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=NOON)
    review = latest_review(draft_quiz.ref)
    assert review is not None
    role = next(iter(review.asked_roles))
    reader = make_staff("fa.wu", role, display_name="吴法").actor
    decide_review(actor=reader, review_id=review.id, verdict="return", reasons="长" * 2000, now=NOON)

    page = signed_in(marketer).get(address("campaign", draft_quiz.id)).text

    assert f">{ROLE_LABELS[Role(role)]}</span>" in page
    assert "吴法" in page
    assert '<details class="said">' in page


def test_the_button_publishes_what_was_approved(marketer: Actor, draft_quiz: Campaign) -> None:
    browser = signed_in(marketer)
    approve(draft_quiz, marketer)

    browser.post(address("deed", draft_quiz.id, "publish"))
    page = browser.get(address("campaign", draft_quiz.id))

    assert Campaign.of(draft_quiz.id).status == "published"
    assert "进行中" in page.text
    assert "复制链接" in page.text


def test_what_compliance_returned_is_told_with_its_reasons(
    marketer: Actor, officer: Actor, draft_quiz: Campaign
) -> None:
    submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=NOON)
    review = latest_review(draft_quiz.ref)
    assert review is not None
    decide_review(
        actor=officer, review_id=review.id, verdict="return", reasons="第二题的解读请写完整", now=NOON
    )

    page = signed_in(marketer).get(address("campaign", draft_quiz.id))
    home = signed_in(marketer).get(reverse("tenancy:home"))

    assert "合规退回修改" in page.text
    assert "第二题的解读请写完整" in page.text
    assert "退回修改" in home.text


def test_a_marketer_sees_no_emergency_stop(marketer: Actor, officer: Actor, live_quiz: LiveCampaign) -> None:
    page = address("campaign", live_quiz.id)

    assert "紧急停止这个活动" not in signed_in(marketer).get(page).text
    assert "紧急停止这个活动" in signed_in(officer).get(page).text


def test_the_wrong_role_is_refused_and_the_outsider_finds_nothing(
    officer: Actor, clerk: Actor, outsider: Actor, draft_quiz: Campaign
) -> None:
    assert signed_in(clerk).get(address("campaign", draft_quiz.id)).status_code == 403
    assert signed_in(officer).get(address("build", draft_quiz.id)).status_code == 403
    assert signed_in(outsider).get(address("campaign", draft_quiz.id)).status_code == 404
    assert signed_in(outsider).post(address("deed", draft_quiz.id, "publish")).status_code == 404


def test_a_poster_carries_qr_and_certificate_and_needs_an_approval(
    marketer: Actor, draft_quiz: Campaign, live_quiz: LiveCampaign
) -> None:
    """F16."""
    channel = Channel.objects.get(campaign_id=live_quiz.id)
    browser = signed_in(marketer)

    page = browser.get(address("poster", live_quiz.id, channel.key))
    code = browser.get(address("qr", live_quiz.id, channel.key))

    sheet = browser.get(address("poster_pdf", live_quiz.id, channel.key))

    assert "审核编号：HQ" in page.text
    assert code["Content-Type"] == "image/svg+xml"
    assert sheet.content.startswith(b"%PDF")
    assert len(sheet.content) > 5000


def test_links_and_posters_carry_our_address_whatever_host_a_request_names(
    marketer: Actor, live_quiz: LiveCampaign, settings: Any
) -> None:
    """A colleague may come by the back office's host, a proxy by any name, a stranger by their own."""
    settings.PUBLIC_URL = settings.BACK_OFFICE_URL = "https://h5.example.cn"  # one name: any is answered
    channel = Channel.objects.get(campaign_id=live_quiz.id)
    browser, honest = signed_in(marketer), link_of(channel)

    asked = {
        name: browser.get(address(name, live_quiz.id, *more), headers={"host": "evil.example"})
        for name, more in [("campaign", []), ("poster", [channel.key]), ("qr", [channel.key])]
    }

    assert honest.startswith("https://h5.example.cn/h/")
    assert escape(honest) in asked["campaign"].text
    assert asked["qr"].content == qr.svg_file(honest)
    assert [name for name, page in asked.items() if "evil.example" in page.text] == []


def test_an_unapproved_campaign_has_no_poster(
    marketer: Actor, live_quiz: LiveCampaign, draft_quiz: Campaign
) -> None:
    """F16: what is not approved any more is not printed."""
    channel = Channel.objects.get(campaign_id=live_quiz.id)
    Review.objects.filter(subject_id=live_quiz.id).update(expires_at=NOON - ONE_DAY)

    answer = signed_in(marketer).get(address("poster_pdf", live_quiz.id, channel.key))

    assert answer.status_code == 409


def test_the_list_shows_where_each_campaign_stands(marketer: Actor, draft_quiz: Campaign) -> None:
    submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=NOON)

    page = signed_in(marketer).get(address("campaigns"))

    assert "审核中" in page.text
    assert draft_quiz.title in page.text


def test_the_marketers_home_says_what_waits(marketer: Actor, draft_quiz: Campaign) -> None:
    page = signed_in(marketer).get(reverse("tenancy:home"))

    assert draft_quiz.title in page.text
    assert "未送审" in page.text
