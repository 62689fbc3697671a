"""What a copywriter of a bank would not print is not printed: poetry, hype, notes of developers."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from compliance.library import disclaimers
from tests.services import ROOT
from tests.walk import APPS, python_files, short, tree

NOT_PRINTED = re.compile(
    "夜深了|听得进提醒|走过的路|看什么[”\"']|读不懂|裂变|就是收获|这次拼团|咨询拼团|加入拼团"
    "|圆满结局|遗憾结局|绕路|走得通|没有走通|合规解读|没有任何损失|称呼和需求"
)
TO_CUSTOMERS = re.compile("拼团|裂变|合规解读")


def pages() -> list[Path]:
    return sorted(path for root in ("templates", "campaigns") for path in (ROOT / root).rglob("*.html"))


def phone_pages() -> list[Path]:
    names = ("play.html", "plain.html")
    games = [path for path in (ROOT / "campaigns" / "games").rglob("*.html") if path.name in names]
    return sorted([*(ROOT / "templates" / "player").rglob("*.html"), *games])


def test_no_page_and_no_sentence_of_ours_says_it():
    said = {short(path) for path in pages() if NOT_PRINTED.search(path.read_text())}
    said |= {
        f"{short(path)}: {node.value}"
        for path in python_files(*APPS)
        if "scanner" not in path.parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NOT_PRINTED.search(node.value)
    }
    presets = sorted((ROOT / "campaigns" / "presets").glob("*.json"))
    said |= {short(path) for path in presets if NOT_PRINTED.search(path.read_text())}

    assert {one for one in said if "__init__" not in one} == set()


def test_customers_read_of_knowledge_not_of_compliance():
    assert [short(path) for path in phone_pages() if TO_CUSTOMERS.search(path.read_text())] == []


def test_marketers_read_when_a_notice_belongs_in_words():
    """Not 提到“理财/净值/…”任一, which is a note to whoever programs it."""
    notes = {one.id: one.trigger for one in disclaimers().values()}

    assert {key: note for key, note in notes.items() if re.search("任一|任意|字段|“[^”]*/", note)} == {}
