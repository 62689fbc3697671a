"""A sheet of questions is read as people keep it: encodings, spellings of an answer, workbooks (issue 8)."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from campaigns.models import Question
from campaigns.question_rows import EXAMPLE, HEADING, answer_in, read_rows
from kernel.actor import Actor
from kernel.sheet import UnreadableSheet, as_text, rows_in, rows_of
from tests.desk import signed_in

GOOD = ("接到可疑来电，您应当？", "核实", "转账", "报警", "挂断", "A", "先核实。", "AF-30", "反诈")
ENCODINGS = {
    "UTF-8": lambda text: text.encode(),
    "UTF-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16 of Excel's Unicode text": lambda text: text.encode("utf-16"),
    "UTF-16 big-endian with a mark": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "UTF-16 without a mark": lambda text: text.encode("utf-16-le"),
    "UTF-16 big-endian without a mark": lambda text: text.encode("utf-16-be"),
    "GB18030": lambda text: text.encode("gb18030"),
}


def a_book(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def uploaded(marketer: Actor, name: str, file: bytes) -> str:
    browser = signed_in(marketer)
    sheet = SimpleUploadedFile(name, file)
    return str(browser.post(reverse("questions:import"), {"sheet": sheet}, follow=True).content.decode())


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("between", ["\t", ",", ";"])
def test_every_encoding_and_separator_of_a_spreadsheet_is_read(encoding: str, between: str) -> None:
    text = "\r\n".join(between.join(row) for row in (HEADING, GOOD)) + "\r\n"

    (one,) = read_rows(rows_of(ENCODINGS[encoding](text)), sector="bank").good

    assert (one.text, one.options[0].text, one.answer, one.topic) == (GOOD[0], "核实", "A", "反诈")


def test_utf_16_is_not_stored_as_garbage(marketer: Actor) -> None:
    uploaded(marketer, "题.txt", "\n".join("\t".join(row) for row in (HEADING, GOOD)).encode("utf-16-le"))

    assert [question.text for question in Question.objects.all()] == [GOOD[0]]


READ = {
    "A": "A", "b": "B", "ACD": "ACD", "Ｂ": "B", "ａｃ": "AC", "B and D": "BD", "B AND D": "BD", "B、D": "BD",
    "B,D": "BD", "B，D": "BD", "Ｂ；Ｄ": "BD", "D/B": "BD", "B 和 D": "BD", "B与D": "BD", "B以及D": "BD",
    "答案：B": "B", "正确答案是A、C": "AC", "选B": "B", "选项 D": "D", "(C)": "C",
    "对": "", "BandD": "", "2": "", "B or D": "", "以上都对": "", "": "", "A1": "",
}  # fmt: skip


@pytest.mark.parametrize(("typed", "read"), READ.items())
def test_an_answer_is_read_however_it_is_written_and_never_guessed(typed: str, read: str) -> None:
    assert answer_in(typed) == read


def test_a_row_that_failed_is_named_by_number_reason_and_beginning(marketer: Actor) -> None:
    rows = [HEADING, GOOD, ("第二道题的题干", *GOOD[1:5], "以上都对", *GOOD[6:])]

    page = uploaded(marketer, "题.xlsx", a_book(*rows))

    assert Question.objects.count() == 1
    assert 'data-label="行号">3<' in page
    assert "正确答案看不懂，请写成 B 或 ACD" in page
    assert "第二道题的题干" in page


def test_a_workbook_is_read_as_it_is_shown(marketer: Actor) -> None:
    row = (GOOD[0], 50.0, 0.5, None, datetime.fromisoformat("1999-12-31"), "A", *GOOD[6:])

    uploaded(marketer, "题.xlsx", a_book(HEADING, row, (), GOOD))

    first, second = Question.objects.order_by("id")
    assert [one["text"] for one in first.draft["options"]] == ["50", "0.5", "1999-12-31"]
    assert second.text == GOOD[0]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_template_can_be_filled_in_and_taken_in_again(marketer: Actor, kind: str) -> None:
    browser = signed_in(marketer)
    page = browser.get(reverse("questions:import")).content.decode()
    address = reverse("questions:template", args=[kind])
    file = browser.get(address)

    rows = list(rows_of(file.content))

    assert f'href="{address}"' in page
    assert f"questions.{kind}" in file["Content-Disposition"]
    assert [tuple(row or ()) for row in rows] == [HEADING, EXAMPLE]
    assert read_rows(iter(rows), sector="bank") == read_rows(iter([]), sector="bank"), (
        "the example is skipped"
    )
    assert answer_in(EXAMPLE[5]) == "A"


def test_an_answer_stays_text_in_the_template(marketer: Actor) -> None:
    file = signed_in(marketer).get(reverse("questions:template", args=["xlsx"])).content

    book = load_workbook(io.BytesIO(file))

    assert {cell.number_format for row in book.active.iter_rows() for cell in row} == {"@"}
    assert signed_in(marketer).get("/desk/questions/import/template.exe").status_code == 404


@pytest.mark.parametrize(
    "file", [b"\xd0\xcf\x11\xe0old", b"PK\x03\x04broken", b"\xff\xfe\x00\xd8", b"\x80\xff\x81"]
)
def test_a_file_that_is_no_table_is_refused_with_what_to_do(marketer: Actor, file: bytes) -> None:
    assert "请另存为 .xlsx" in uploaded(marketer, "题.xls", file)
    assert Question.objects.count() == 0


def test_a_workbook_that_unpacks_to_a_flood_is_refused() -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (21 * 1024 * 1024))

    with pytest.raises(UnreadableSheet):
        rows_of(sink.getvalue())


def test_a_stray_zero_byte_makes_no_other_encoding_of_a_file() -> None:
    assert as_text("题干,A\0\n接到来电,核实\n".encode()) == "题干,A\n接到来电,核实\n"


@given(st.binary(max_size=400))
def test_no_file_makes_the_reader_crash(file: bytes) -> None:
    try:
        list(rows_of(file))
    except UnreadableSheet:
        return


@given(st.text(max_size=30))
def test_no_answer_makes_the_reader_crash_or_invent(typed: str) -> None:
    assert set(answer_in(typed)) <= set("ABCDEF")
    assert list(rows_in(typed)) is not None
