"""What nobody sees is stored nowhere, and whoever wrote it is told."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from campaigns.models import Question
from campaigns.question_rows import read_rows
from kernel.sheet import rows_in
from tenancy.models import Branch
from tests.campaigns.test_question_pages import GOOD, HEADER
from tests.desk import signed_in

TOLD = "看不见的字符"


@pytest.mark.parametrize("escaped", [True, False])
def test_the_builder_keeps_a_draft_as_it_is_seen(marketer, draft_quiz, escaped):
    written = {**draft_quiz.draft, "title": "零\u202e险风\u202c识\u200b别"}
    body = json.dumps({"revision": draft_quiz.revision, "draft": written}, ensure_ascii=escaped)
    address = reverse("campaigns:save", args=[draft_quiz.id])

    answer = signed_in(marketer).post(address, body, content_type="application/json")

    draft_quiz.refresh_from_db()
    assert draft_quiz.draft["title"] == "零险风识别"
    assert (answer.status_code, answer["X-Hidden-Marks"]) == (200, "3")


def test_a_form_of_the_back_office_is_kept_as_it_is_seen(administrator):
    typed = {"name": "静\u2066安\u2069支行", "city": "上海\ufeff", "address": "示\u200b范路1号"}

    page = signed_in(administrator).post(reverse("tenancy:institution"), typed, follow=True).content.decode()

    branch = Branch.objects.get(name="静安支行")
    assert (branch.city, branch.address) == ("上海", "示范路1号")
    assert TOLD in page


def test_an_import_is_read_as_it_is_seen(marketer, at_bank):
    hidden = GOOD.replace("可疑", "可\u202e\u200b疑")
    assert hidden != GOOD
    sheet = SimpleUploadedFile("题.csv", f"{HEADER}\n{hidden}\n".encode())

    page = signed_in(marketer).post(reverse("questions:import"), {"sheet": sheet}, follow=True)

    assert Question.objects.get().text == read_rows(rows_in(GOOD), sector="bank").good[0].text
    assert TOLD in page.content.decode()


def test_nothing_is_said_where_nothing_was_taken_out(administrator):
    typed = {"name": "👨‍👩‍👧 亲子网点", "city": "上海", "address": "示范路2号"}

    page = signed_in(administrator).post(reverse("tenancy:institution"), typed, follow=True).content.decode()

    assert Branch.objects.filter(name=typed["name"]).exists()
    assert TOLD not in page
