"""What a colleague typed outlives the session, on every form of the back office that a planted world shows.

The walk finds the forms by itself; the templates say which there are. A form that nobody reaches is on the
list, with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.urls import resolve, reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from campaigns.usecases import create_campaign_from_preset, save_draft
from compliance.models import Review
from compliance.queries import finding_key
from compliance.usecases import decide_review, dismiss_finding, open_review, write_comment
from config.demo.seed import plant
from kernel.actor import Actor, Ref
from kernel.ids import new_id
from kernel.scope import scope
from tenancy.models import Institution
from tests.architecture.test_outsider_sees_404 import everything, first_open
from tests.cast import make_institution, make_staff
from tests.compliance.test_desk import FINDING
from tests.desk import signed_in
from tests.journeys.conftest import PATIENCE
from tests.journeys.own_server import House
from tests.services import ROOT
from tests.walk import only_excused, staff_addresses

pytestmark = [pytest.mark.journey, pytest.mark.slow]

DESK = {"width": 1440, "height": 900}
UNTYPED = "[type=hidden], [type=password], [type=file], [type=submit], [type=button]"
TYPED = f":is(input, textarea, select)[name]:not({UNTYPED}, [autocomplete=one-time-code])"
_RARE = "the same script on the same frame (the test below says so of every template); reached only when "
# Forms of the templates that this world does not show: why.
UNREACHED: dict[str, str] = {
    "analytics:submit_filing": f"{_RARE}a worker has made a report and its package was taken out",
    "compliance:rule_activate": f"{_RARE}a worker has tried a draft and found sentences that become wrong",
    "questions:clear": f"{_RARE}an article has a newer version",
}
# Shown or not by the hour at which the world was planted: why.
SOMETIMES: dict[str, str] = {
    "rewards:revoke": f"{_RARE}the first service listed can still be revoked",
}

_FILL = """(form) => {
  let number = 0;
  for (const one of form.elements) {
    if (!one.matches("TYPED")) continue;
    number += 1;
    const words = `打了一半的字${number}，`.repeat(one.tagName === "TEXTAREA" ? 24 : 1);
    if (one.type === "checkbox") one.checked = !one.checked;
    else if (one.type === "radio") one.checked = true;
    else if (one.tagName === "SELECT") one.selectedIndex = one.options.length - 1;
    else if (one.type === "date") one.value = "2031-02-03";
    else if (one.type === "datetime-local") one.value = "2031-02-03T04:05";
    else if (one.type === "time") one.value = "04:05";
    else if (one.type === "number") one.value = one.max || "7";
    else one.value = words.slice(0, one.maxLength > 0 ? one.maxLength : words.length);
    one.dispatchEvent(new Event("input", { bubbles: true }));
    one.dispatchEvent(new Event("change", { bubbles: true }));
  }
}""".replace("TYPED", TYPED)
_READ = """(form) => [...form.elements].filter((one) => one.matches("TYPED")).map((one) =>
  [one.name, ["checkbox", "radio"].includes(one.type) ? `${one.value}:${one.checked}` : one.value])
""".replace("TYPED", TYPED)
_FORMS = """() => [...document.forms].map((form, place) => [form, place])
  .filter(([form]) => form.getAttribute("method") === "post" && form.dataset.notKept === undefined
    && [...form.elements].some((one) => one.matches("TYPED")))
  .map(([, place]) => place)""".replace("TYPED", TYPED)
_SEND = "(form) => { form.noValidate = true; form.requestSubmit(); }"
_ACTION = "(form) => new URL(form.getAttribute('action') || '', location.href).pathname"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport=DESK, locale="zh-CN")
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


def sign_in(context: BrowserContext, house: House, actor: Actor) -> None:
    session = signed_in(actor).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": house.address}])


def end_session(context: BrowserContext) -> None:
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)


def come_back(page: Page, house: House, actor: Actor) -> None:
    """From the sign-in page to where one was, as after the second factor."""
    wanted = parse_qs(urlsplit(page.url).query)["next"][0]
    sign_in(page.context, house, actor)
    page.goto(house.address + wanted)


def test_every_form_keeps_what_was_typed_when_the_session_ends(
    house: House, context: BrowserContext, tmp_path: Path
) -> None:
    """Issue 8, 22: on each form: type, lose the session, send, sign in again, restore, compare."""
    plant(tmp_path, now=timezone.now())
    ours = Institution.objects.get(sector="bank")
    actor = everything(ours)
    page = context.new_page()
    lost: list[str] = []
    walked: dict[str, str] = {}

    sign_in(context, house, actor)
    for path in [*pages_of_work_waiting(ours), *readable_pages(actor, ours)]:
        page.goto(house.address + path)
        for place in page.evaluate(_FORMS):
            name = resolve(page.evaluate_handle(f"document.forms[{place}]").evaluate(_ACTION)).view_name
            if name not in walked:
                walked[name] = path
                faults = lose_and_restore(page, house, actor, path, place)
                lost += [f"{name} on {path}: {fault}" for fault in faults]

    assert not lost
    shown = {*walked, *SOMETIMES}
    missing = {name: where for name, where in forms_of_the_templates().items() if name not in shown}
    only_excused(missing, UNREACHED)


def lose_and_restore(page: Page, house: House, actor: Actor, path: str, place: int) -> list[str]:
    """What of one form was not the same after the session had ended and begun again."""
    page.goto(house.address + path)
    page.wait_for_load_state("networkidle")  # an answer under way would bring the session back
    form = page.evaluate_handle(f"document.forms[{place}]")
    form.evaluate(_FILL)
    before = form.evaluate(_READ)
    end_session(page.context)
    asks = form.evaluate("(form) => Boolean(form.dataset.confirm)")
    form.evaluate(_SEND)
    if asks:
        page.click("[data-ask-yes]")
    page.wait_for_url("**/desk/sign-in/**")
    faults = [] if page.locator("[data-unsaved-note]").is_visible() else ["the sign-in page does not say so"]
    faults += ["the sign-in page shows it"] if "打了一半" in page.content() else []
    come_back(page, house, actor)
    if urlsplit(page.url).path != path.split("?")[0]:
        return [*faults, f"led to {page.url}"]
    if not page.locator("[data-unsaved-restore]").count():
        return [*faults, "is not offered"]
    page.click("[data-unsaved-restore]")
    after = page.evaluate_handle(f"document.forms[{place}]").evaluate(_READ)
    page.evaluate("sessionStorage.clear()")
    return [*faults, *(f"{b} became {a}" for b, a in zip(before, after, strict=True) if b != a)]


def readable_pages(actor: Actor, institution: Institution) -> list[str]:
    """One page of every address that opens, record lists (for reading only) left out."""
    browser = signed_in(actor)
    found: list[str] = []
    for address in staff_addresses():
        if address.route.startswith("desk/records/"):
            continue
        path = first_open(browser, address, institution) if address.parts else address.path()
        answer = browser.get(path) if path else None
        if answer is not None and answer.status_code == 200 and "html" in answer["Content-Type"]:
            found.append(path)
    return found


def pages_of_work_waiting(institution: Institution) -> list[str]:
    """A review with findings and a remark, an approval to be filed, a draft to dispute, an auditor's seat, an
    article.
    """
    now = timezone.now()
    with scope(institution.id):
        author = make_staff("xie.shou", "marketer").actor
        officer = make_staff("ling.yi", "compliance").actor
        seat = make_staff("xi.wei", "auditor")
        warned = [{**FINDING, "severity": "warn", "rule": rule} for rule in ("PP-01", "PP-02")]
        waiting = submitted(author, warned, now)
        key = finding_key(warned[0])
        dismiss_finding(actor=officer, review_id=waiting.id, key=key, reason="引用", now=now)
        write_comment(actor=officer, subject=waiting.subject, review_id=waiting.id, text="请核对", now=now)
        filed = submitted(author, [], now)
        on_filing = {"filed": None}
        decide_review(actor=officer, review_id=filed.id, verdict="approve", conditions=on_filing, now=now)
        draft = create_campaign_from_preset(actor=author, preset="anti_fraud_quiz", now=now)
        boast = {**draft.draft, "promise": "国家级反诈中心教您防骗"}
        save_draft(actor=author, campaign_id=draft.id, revision=draft.revision, draft=boast, now=now)
    return [
        reverse("compliance:review", args=[waiting.id]),
        reverse("compliance:review", args=[filed.id]),
        reverse("campaigns:disputes", args=[draft.id]),
        reverse("tenancy:colleague", args=[seat.id]),
        reverse("compliance:article", args=["AF-30"]),
    ]


def submitted(author: Actor, findings: list[dict[str, Any]], now: datetime) -> Review:
    return open_review(
        actor=author,
        subject=Ref("campaign", new_id()),
        title="反诈小测验",
        fingerprint=new_id().hex * 2,
        content={"title": "本金安全的理财课", "promise": "学会识别骗局"},
        author_id=author.id,
        last_editor_id=author.id,
        findings=findings,
        now=now,
    )


def test_every_page_of_the_back_office_carries_the_script_and_every_typed_field_a_name() -> None:
    """What the walk does not reach is held by this: one frame for all, and nothing without a name."""
    frame = (ROOT / "templates/desk/parts/furniture.html").read_text()
    bare, nameless = [], []
    for path in back_office_templates():
        text = path.read_text()
        if path.parent.name != "parts" and "{% extends" not in text and "<form" in text:
            bare.append(path.name)
        for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL):
            fields = re.findall(r"<(?:input|textarea|select)\b[^>]*>", form)
            if "data-not-kept" not in form:
                nameless += [
                    f"{path.name}: {field}"
                    for field in fields
                    if not re.search("name=|data-queue-all", field)
                ]

    assert "desk/unsaved.js" in frame
    assert set(bare) <= {"evidence_base.html", "reveal_dialog.html", "base.html", "problem.html"}, bare
    assert not nameless


def test_only_forms_that_save_themselves_are_left_out() -> None:
    left_out = {path.name for path in back_office_templates() if "data-not-kept" in path.read_text()}

    assert left_out == {"build.html", "question.html"}, "these keep their own draft in the same tab"


def back_office_templates() -> list[Path]:
    """Every template but those of the phone and of the doors before a session."""
    paths = sorted((ROOT / "templates").rglob("*.html"))
    return [path for path in paths if "player" not in path.parts and "base_gate.html" not in path.read_text()]


def forms_of_the_templates() -> dict[str, str]:
    """Where the templates of the back office send what was typed: the address's name, and which template."""
    found: dict[str, str] = {}
    for path in back_office_templates():
        for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text(), re.DOTALL):
            target = re.search(r"action=\"\{% url '([^']+)'", form)
            if is_typed(form) and target and "data-not-kept" not in form:
                found[target[1]] = str(path.relative_to(ROOT))
    return found


def is_typed(form: str) -> bool:
    plain = re.sub(r'<input[^>]*type="(hidden|file|password)"[^>]*>', "", form)
    return bool(re.search(r"<input|<textarea|<select|desk/parts/field\.html|\{\{ \w*form\.", plain))


@pytest.fixture
def people(house: House) -> tuple[Actor, Actor]:
    """Two administrators of one bank."""
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):
        return (
            make_staff("guan.li", "administrator", "compliance", display_name="管理").actor,
            make_staff("ling.yi", "administrator", "compliance", display_name="另一").actor,
        )


def new_notice(page: Page, house: House) -> str:
    """The page on which 200 signs were lost, with 200 signs typed."""
    words = "我们只在您同意的范围内收集并使用您的信息。" * 10
    page.goto(f"{house.address}/desk/privacy/notices/new/")
    page.fill("[name=body]", words)
    return words


def test_another_person_at_the_same_browser_never_sees_it(
    house: House, context: BrowserContext, people: tuple[Actor, Actor]
) -> None:
    mine, other = people
    page = context.new_page()
    sign_in(context, house, mine)
    new_notice(page, house)
    end_session(context)
    page.click("main button[type=submit]")

    come_back(page, house, other)

    expect(page.locator("[data-unsaved]")).to_have_count(0)
    assert page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)") == "{}{}"
    end_session(context)
    sign_in(context, house, mine)
    page.reload()
    expect(page.locator("[data-unsaved]")).to_have_count(0)


def test_it_stays_in_the_tab_and_goes_with_signing_out(
    house: House, context: BrowserContext, people: tuple[Actor, Actor]
) -> None:
    page = context.new_page()
    sign_in(context, house, people[0])
    words = new_notice(page, house)

    assert words in page.evaluate("JSON.stringify(sessionStorage)")
    assert page.evaluate("JSON.stringify(localStorage)") == "{}"
    other_tab = context.new_page()
    other_tab.goto(page.url)
    expect(other_tab.locator("[data-unsaved]")).to_have_count(0)
    page.click(".topbar details.menu summary")
    page.click("form[data-forgets] button")
    page.wait_for_url("**/desk/sign-in/**")
    assert page.evaluate("JSON.stringify(sessionStorage)") == "{}"


def test_what_was_taken_is_not_offered_again(
    house: House, context: BrowserContext, people: tuple[Actor, Actor]
) -> None:
    page = context.new_page()
    sign_in(context, house, people[0])
    page.goto(f"{house.address}/desk/institution/")
    page.fill("[name=name]", "静安支行")
    page.fill("[name=city]", "上海")
    page.fill("[name=address]", "示范路 1 号")
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("示范路 1 号")

    expect(page.locator("[data-unsaved]")).to_have_count(0)
    page.reload()
    expect(page.locator("[data-unsaved]")).to_have_count(0)


def test_a_refused_form_sent_again_without_a_session_is_kept(
    house: House, context: BrowserContext, people: tuple[Actor, Actor]
) -> None:
    """What the server gave back as wrong is no longer typed by anybody, and still not lost."""
    page = context.new_page()
    sign_in(context, house, people[0])
    words = new_notice(page, house)
    page.click("main button[type=submit]")
    expect(page.locator(".field__error").first).to_be_visible()
    end_session(context)
    page.click("main button[type=submit]")
    page.wait_for_url("**/desk/sign-in/**")

    come_back(page, house, people[0])
    page.click("[data-unsaved-restore]")

    expect(page.locator("[name=body]")).to_have_value(words)


def test_an_expired_page_leads_back_to_the_form_and_what_was_typed(
    house: House, context: BrowserContext, people: tuple[Actor, Actor]
) -> None:
    """Signing in again in another tab renews the token: the old one is refused, and nothing is lost."""
    page = context.new_page()
    sign_in(context, house, people[0])
    words = new_notice(page, house)
    context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    page.click("main button[type=submit]")
    expect(page.locator("h1")).to_have_text("页面已过期")

    page.get_by_role("link", name="重新打开").click()
    page.click("[data-unsaved-restore]")

    expect(page.locator("[name=body]")).to_have_value(words)


def test_not_needed_is_not_offered_a_second_time(
    house: House, context: BrowserContext, people: tuple[Actor, Actor]
) -> None:
    page = context.new_page()
    sign_in(context, house, people[0])
    new_notice(page, house)
    page.reload()

    page.click("[data-unsaved-forget]")
    page.reload()

    expect(page.locator("[name=key]")).to_be_visible()
    expect(page.locator("[data-unsaved]")).to_have_count(0)
