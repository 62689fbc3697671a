"""The question library at the desk's doors: editor, lists, import, and what the law put out of use."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from campaigns.models import Clearance, Question
from campaigns.question_rows import read_rows
from campaigns.usecases.questions import submit_question, write_question
from compliance.queries import latest_review
from compliance.usecases import resolve_comment, write_comment
from kernel.sheet import rows_in
from tests.campaigns.test_question_library import a_question, approved_question, state_of
from tests.campaigns.test_question_quarantine import the_law_changes
from tests.cast import NOON, make_staff
from tests.desk import Browser, signed_in
from tests.evidence import taken

HEADER = "题干\tA\tB\tC\tD\t答案\t解读\t法规\t知识点"
GOOD = "接到可疑来电，您应当？\t核实\t转账\t\t\ta\t先核实。\tAF-30\t反诈"


def sent(browser: Browser, path: str, body: Any) -> Any:
    return browser.post(path, json.dumps(body), content_type="application/json")


def test_what_is_typed_is_kept_and_told_where_it_is_wrong(marketer):
    """Nothing typed is lost; findings stand under their field; submitting says the same."""
    browser = signed_in(marketer)
    page = browser.post("/desk/questions/new/", follow=True)
    at = page.redirect_chain[-1][0]
    typed = msgspec.to_builtins(a_question(explanation="本产品保本保息。", topic=""))

    saved = sent(browser, f"{at}draft/", {"revision": 1, "question": typed})
    refused = sent(browser, f"{at}submit/", {})

    places = {(one["path"], one["severity"]) for one in saved.json()["problems"]}
    assert {("explanation", "block"), ("topic", "block")} <= places
    assert refused.status_code == 422
    assert {one["path"] for one in refused.json()["problems"]} == {path for path, _ in places}
    assert sent(browser, f"{at}draft/", {"revision": 1, "question": typed}).status_code == 409
    assert Question.objects.get().draft["explanation"] == "本产品保本保息。"


def test_a_typed_question_goes_to_the_desk_and_back_into_use(marketer, officer):
    question = approved_question(marketer, officer)
    browser = signed_in(marketer)

    page = browser.get(f"/desk/questions/{question.id}/").content.decode()
    listed = browser.get("/desk/questions/?q=共享屏幕&topic=反诈&state=approved").content.decode()
    offered = browser.get("/desk/questions/offered/?q=共享屏幕").json()

    assert "在用" in page
    assert question.text in browser.get("/desk/notices/").content.decode(), "the author is told"
    assert question.code in listed
    assert question.code in {one["id"] for one in offered["questions"]}
    assert browser.get("/desk/questions/?state=draft").content.decode().count(question.code) == 0
    for deed, state in (("retire", "retired"), ("restore", "approved")):
        browser.post(f"/desk/questions/{question.id}/deeds/{deed}/")
        assert state_of(question) == state
    assert browser.post(f"/desk/questions/{question.id}/deeds/delete/").status_code == 404


def test_ticked_questions_are_submitted_each_into_its_own_review(marketer):
    good = write_question(actor=marketer, written=a_question(), now=NOON)
    bad = write_question(actor=marketer, written=a_question(text="另一题？", article=""), now=NOON)

    page = signed_in(marketer).post(
        "/desk/questions/submit/", {"question": [str(good.id), str(bad.id), "x"]}, follow=True
    )

    assert state_of(good) == "in_review"
    assert state_of(bad) == "draft"
    assert "2 道题未能送审" in page.content.decode()


def test_an_import_tells_every_row_it_could_not_use(marketer):
    """F4: a sheet is bounded, read whole, and answered row by row; only what failed comes back."""
    sheet = "\n".join(
        [HEADER, GOOD, "只有题干", GOOD.replace("\ta\t", "\tF\t"), "", GOOD.replace("接到", "收到")]
    )
    upload = SimpleUploadedFile("q.tsv", sheet.encode("gb18030"))

    page = signed_in(marketer).post("/desk/questions/import/", {"sheet": upload}).content.decode()

    assert Question.objects.count() == 2
    assert "列数不够" in page
    assert "正确答案不在选项中" in page
    assert "收到可疑来电" not in page
    assert len(read_rows(rows_in("\n".join([GOOD] * 300)), sector="bank").good) == 200
    large = SimpleUploadedFile("q.csv", b"x" * (512 * 1024 + 1))
    assert (
        "文件过大" in signed_in(marketer).post("/desk/questions/import/", {"sheet": large}).content.decode()
    )
    (comma,) = read_rows(rows_in('"a,b?",x,y,,,A,"因为，所以",AF-30,反诈'), sector="bank").good
    assert (comma.text, comma.explanation) == ("a,b?", "因为，所以")


def test_compliance_clears_from_the_list_and_others_cannot(committed_db, marketer, officer):
    question = approved_question(marketer, officer)
    the_law_changes()
    at = f"/desk/questions/held/{question.code}/clear/"

    assert signed_in(marketer).post(at, {"article_version": "2", "reasons": "对"}).status_code == 403
    browser = signed_in(officer)
    assert "恢复使用" in browser.get("/desk/questions/held/").content.decode()
    assert "因法规更新待复核的题目" in browser.get("/desk/").content.decode()
    browser.post(at, {"article_version": "x", "reasons": "对"})
    assert Clearance.objects.count() == 0
    browser.post(at, {"article_version": "2", "reasons": "新条款未改变结论"})

    assert state_of(question) == "approved"


def test_readers_look_and_do_not_touch(marketer, auditor):
    question = write_question(actor=marketer, written=a_question(), now=NOON)
    submit_question(actor=marketer, question_id=question.id, now=NOON)
    browser = signed_in(auditor)

    assert browser.get(f"/desk/questions/{question.id}/").status_code == 200
    assert browser.get("/desk/questions/house/").status_code == 200
    assert browser.post("/desk/questions/new/").status_code == 403
    assert browser.get("/desk/questions/offered/").status_code == 403
    reader = signed_in(make_staff("ke.fu", "service").actor)
    assert reader.get("/desk/questions/").status_code == 403


def test_a_questions_review_has_its_evidence_package(marketer, officer):
    """What was approved of a question is proved like a campaign."""
    question = approved_question(marketer, officer)
    review = latest_review(question.ref)

    with taken(officer, review) as package:
        assert any(
            question.text in package.read(name).decode("utf-8", "ignore") for name in package.namelist()
        )


def test_a_sheet_is_read_whatever_ends_its_lines_and_an_unreadable_row_is_told(marketer, at_bank):
    """F4: an old Mac's line ends, and a cell no spreadsheet should hold."""
    desk = signed_in(marketer)
    sheet = f"{HEADER}\r{GOOD}\r".encode()
    endless = f"{GOOD}\n{'x' * 140_000}\n{GOOD.replace('可疑', '陌生')}"

    read = desk.post(reverse("questions:import"), {"sheet": SimpleUploadedFile("题.csv", sheet)})
    told = desk.post(reverse("questions:import"), {"rows": endless})

    assert read.status_code == 302
    assert Question.objects.count() == 3
    assert "这一行无法读取" in told.content.decode()
    assert [row.number for row in read_rows(rows_in(endless), sector="bank").bad] == [2]


def test_remarks_on_a_question_stand_in_its_editor_with_their_field(marketer, officer):
    """Issue 8, 18: as a campaign's remarks do in the builder, until they are settled."""
    question = write_question(actor=marketer, written=a_question(), now=NOON)
    submit_question(actor=marketer, question_id=question.id, now=NOON)
    review = latest_review(question.ref)
    first = write_comment(
        actor=officer,
        subject=question.ref,
        review_id=review.id,
        path="explanation",
        text="请补充依据",
        now=NOON,
    )
    write_comment(
        actor=officer, subject=question.ref, review_id=review.id, path="", text="整体不错", now=NOON
    )
    browser, address = signed_in(marketer), reverse("questions:question", args=[question.id])

    answered = browser.post(reverse("compliance:answer", args=[first.id]), {"text": "已补充"})

    page = browser.get(address).content.decode()
    at_field, whole = told_to_the_editor(page)
    assert answered["Location"] == address
    assert (at_field["path"], at_field["text"], whole["path"]) == ("explanation", "请补充依据", "")
    assert "知识讲解</span>" in page
    assert page.index("请补充依据") < page.index("已补充")
    resolve_comment(actor=officer, comment_id=first.id, now=NOON)
    assert [one["text"] for one in told_to_the_editor(browser.get(address).content.decode())] == ["整体不错"]


def told_to_the_editor(page: str) -> list[dict[str, Any]]:
    found = re.search(r'id="question-json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    told: list[dict[str, Any]] = json.loads(found[1])["remarks"]
    return told
