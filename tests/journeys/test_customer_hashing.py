"""F18, F35. An administrator without Python makes the hashes in the browser; the list stays there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser, Page, Request, expect

from privacy import customer_hashes as tool
from tests.journeys.people import Demo

pytestmark = [pytest.mark.journey, pytest.mark.slow]

ROWS = [
    ("姓名", "手机号", "备注"),
    ("甲", "138 1234 5678", "说“好”，\n两行"),
    ("乙", "１３９１２３４５６７８", "全角"),
    ("丙", "1380000001.0", "小数"),
    ("丁", "138000000", "短"),
    ("戊", "\u202d13712345678\u202c", "看不见的字符"),
    ("己", "138-1234-5678", "重复"),
]


@pytest.fixture(scope="module")
def administrator(browser: Browser, demo: Demo) -> Iterator[Page]:
    """The bank's administrator, signed in once: a one-time password serves once."""
    page = browser.new_context(locale="zh-CN").new_page()
    demo.sign_in(page, "admin@hequ-bank")
    yield page
    page.context.close()


def files_in(folder: Path) -> list[Path]:
    """The same list as banks export it."""
    found = []
    for encoding in ("utf-8-sig", "gb18030", "utf-16", "utf-16-be"):
        for name, separator in (("comma", ","), ("tab", "\t"), ("semicolon", ";")):
            buffer = io.StringIO()
            csv.writer(buffer, delimiter=separator).writerows(ROWS)
            found.append(folder / f"{encoding}-{name}.csv")
            found[-1].write_bytes(buffer.getvalue().encode(encoding))
    book = Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active.append(("庚", 13612345678, "数字"))
    found.append(folder / "book.xlsx")
    book.save(found[-1])
    return found


def converted(page: Page, source: Path) -> str:
    """What the page put into the upload form."""
    page.set_input_files("[data-hashing-file]", source)
    page.click("[data-hashing-start]")
    page.wait_for_selector("[data-hashing-result]:not([hidden])")
    page.wait_for_selector("[data-hashing-start]:not([disabled])")
    return str(
        page.locator("[data-upload] input[type=file]").evaluate("input => input.files[0]?.text() ?? ''")
    )


def test_the_browser_makes_the_very_file_that_the_tool_makes_and_sends_no_number(
    administrator: Page, demo: Demo, tmp_path: Path
) -> None:
    page = administrator
    page.goto(f"{demo.desk}privacy/customers/")
    page.click("form[action$='key/'] button")
    page.click("[data-ask-yes]")
    key = page.input_value("input[readonly].input--key")
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method != "GET" else None)

    for source in files_in(tmp_path):
        target = tmp_path / "hashes.txt"
        tool.write_hashes(source, target, tool.read_key(key), "")
        assert converted(page, source) == target.read_text(), source.name
        expect(page.locator("[data-hashing-result] p")).to_contain_text("2 行")
    assert not sent

    page.click("[data-upload] button[type=submit]")
    page.wait_for_selector(".badge--good, .badge--brand")
    assert all("138" not in (request.post_data or "") for request in sent)


def test_what_the_browser_cannot_use_is_said(administrator: Page, demo: Demo, tmp_path: Path) -> None:
    page = administrator
    page.goto(f"{demo.desk}privacy/customers/")
    source = tmp_path / "customers.csv"
    source.write_text("姓名,手机号\n甲,13812345678\n")

    page.fill("[data-hashing-key]", "oops")
    assert converted(page, source) == ""
    expect(page.locator("[data-hashing-result] p")).to_contain_text("密钥不完整")

    page.fill("[data-hashing-key]", "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=")
    page.fill("[data-hashing-column]", "电话")
    assert converted(page, source) == ""
    expect(page.locator("[data-hashing-result] p")).to_contain_text("姓名、手机号")

    page.fill("[data-hashing-column]", "")
    source.write_text("姓名,手机号\n甲,不详\n")
    assert converted(page, source) == ""
    expect(page.locator("[data-hashing-result] p")).to_contain_text("没有找到手机号")
