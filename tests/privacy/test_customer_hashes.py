"""F18, F35. The hashing tool reads what banks export and refuses, row by row, what it cannot."""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from kernel.crypto import NotAPhoneNumber, normal_phone
from privacy import customer_hashes as tool

KEY_TEXT = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
ONE, OTHER = "13812345678", "13912345678"
ROWS = [("姓名", "手机号"), ("甲", ONE), ("乙", "不详"), ("丙", OTHER)]


class Run:
    """One call of the tool on a file: exit code, hashes, faults, what it said."""

    def __init__(self, folder: Path, source: Path, *more: str) -> None:
        key = folder / "key.txt"
        key.write_text(KEY_TEXT)
        self.target = folder / "hashes.txt"
        self.code = tool.main(["--key", str(key), "--in", str(source), "--out", str(self.target), *more])
        beside = folder / "hashes.txt.faults.csv"
        self.hashes = self.target.read_text().splitlines() if self.target.exists() else []
        faults = beside.read_text(encoding="utf-8-sig").splitlines() if beside.exists() else []
        self.faults = [tuple(line.split(",")[:2]) for line in faults[1:]]


def table(rows: list[tuple[str, ...]], separator: str = ",") -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator).writerows(rows)
    return buffer.getvalue()


def written(folder: Path, body: bytes) -> Path:
    source = folder / "customers.csv"
    source.write_bytes(body)
    return source


def hashes_of(*numbers: str) -> list[str]:
    key = tool.read_key(KEY_TEXT)
    lines = sorted(tool.customer_hash(tool.normal_number(number), key) for number in numbers)
    return [tool.HEADER + tool.key_fingerprint(key), *lines]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_every_encoding_and_separator_that_banks_export_is_read(tmp_path, encoding, separator):
    source = written(tmp_path, table(ROWS, separator).encode(encoding))

    run = Run(tmp_path, source)

    assert (run.code, run.hashes, run.faults) == (0, hashes_of(ONE, OTHER), [("3", "not_mobile")])


def test_a_workbook_is_read_with_numbers_as_text_or_as_numbers(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.append(("姓名", "开户日", "手机号码"))
    sheet.append(("甲", datetime.date(2020, 1, 1), ONE))
    for number in (int(OTHER), 13700000000.0, 1380013800.1, None):
        sheet.append(("乙", None, number))
    source = tmp_path / "customers.xlsx"
    book.save(source)

    run = Run(tmp_path, source)

    assert run.code == 0
    assert run.hashes == hashes_of(ONE, OTHER, "13700000000")
    assert run.faults == [("5", "decimal"), ("6", "empty")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1380000001.0", "decimal"),
        ("1380013800.1", "decimal"),
        ("13800000010.0", "decimal"),
        ("1.38E+10", "decimal"),
        ("1380000001", "too_short"),
        ("138000000011", "too_long"),
        ("23800000000", "not_mobile"),
        ("010-66668888", "not_mobile"),
        ("", "empty"),
    ],
)
def test_a_float_or_a_short_number_is_refused_in_its_row(tmp_path, text, reason):
    source = written(tmp_path, table([("手机号", "备注"), (ONE, "好"), (text, "坏")]).encode())

    run = Run(tmp_path, source)

    assert run.hashes == hashes_of(ONE)
    assert run.faults == [("3", reason)]


@pytest.mark.parametrize(
    "text",
    [
        "138 1234 5678",
        "138-1234-5678",
        "138\u20131234\u20135678",
        "138.1234.5678",
        "+86 13812345678",
        "008613812345678",
        "１３８１２３４５６７８",
        "\u202d13812345678\u202c",
        "\ufeff138\u200b12345678",
    ],
)
def test_a_number_grouped_or_wrapped_in_invisible_marks_is_the_same_number(text):
    assert tool.normal_number(text) == "+86" + ONE == normal_phone(text)


SIGNS = st.text(alphabet="0123456789.-–() +\u200b\u202d\u0663eE８", max_size=20)
NUMBERS = st.from_regex(r"(\+?86\.?|0086)?[ .-]?1[0-9]{2}[.-]?[0-9]{4}[.-]?[0-9]{4}(\.0)?", fullmatch=True)


@given(st.one_of(SIGNS, NUMBERS, st.text(max_size=20)))
def test_the_tool_and_the_platform_read_numbers_alike(text: str) -> None:
    try:
        ours = normal_phone(text)
    except NotAPhoneNumber:
        ours = ""

    assert tool.normal_number(text) == ours


def test_the_column_is_found_by_its_content_when_its_heading_is_unknown(tmp_path):
    source = written(tmp_path, table([("客户", "联系"), ("甲", ONE), ("乙", OTHER)]).encode())

    assert Run(tmp_path, source).hashes == hashes_of(ONE, OTHER)


def test_a_file_without_headings_loses_no_row(tmp_path):
    source = written(tmp_path, f"{ONE}\n{OTHER}\n".encode())

    run = Run(tmp_path, source)

    assert (run.hashes, run.faults) == (hashes_of(ONE, OTHER), [])


def test_a_column_named_otherwise_is_said_and_nothing_is_written(tmp_path, capsys):
    source = written(tmp_path, table(ROWS).encode())

    run = Run(tmp_path, source, "--column", "电话")

    assert (run.code, run.hashes) == (2, [])
    assert "姓名、手机号" in capsys.readouterr().err


def test_two_columns_of_numbers_need_a_name(tmp_path):
    source = written(tmp_path, table([("本人", "紧急联系人"), (ONE, OTHER)]).encode())

    assert Run(tmp_path, source).code == 2
    assert Run(tmp_path, source, "--column", "本人").hashes == hashes_of(ONE)


def test_no_number_at_all_is_no_success_and_leaves_an_earlier_file_alone(tmp_path):
    Run(tmp_path, written(tmp_path, table(ROWS).encode()))
    before = (tmp_path / "hashes.txt").read_bytes()

    run = Run(tmp_path, written(tmp_path, table([("手机号", "备注"), ("不详", "")]).encode()))

    assert run.code == 1
    assert (tmp_path / "hashes.txt").read_bytes() == before
    assert run.faults == [("2", "not_mobile")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xff\x81\x00\x00",
        b"PK\x03\x04 no archive",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old book",
        b'"',
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence_not_a_traceback(tmp_path, body, capsys):
    run = Run(tmp_path, written(tmp_path, body))

    assert run.code in (1, 2)
    assert not run.hashes
    assert "Traceback" not in capsys.readouterr().err


def test_a_table_of_a_hundred_thousand_rows_names_no_customer_in_its_faults(tmp_path):
    rows = [
        ("手机号", "姓名"),
        *((f"138{place:08d}", "某人") for place in range(100_000)),
        ("1381234567", "某人"),
    ]

    run = Run(tmp_path, written(tmp_path, table(rows).encode("gb18030")))

    assert len(run.hashes) == 100_001
    assert run.faults == [("100002", "too_short")]
    assert "1381234567" not in (tmp_path / "hashes.txt.faults.csv").read_text()
