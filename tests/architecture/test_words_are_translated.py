"""English is complete: every Chinese sentence of a page, a form or a script has its English one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.services import ROOT

_CHINESE = re.compile("[\u4e00-\u9fff\u3001\u3002\uff0c\uff1a\uff1b\uff1f\uff01]")
_APPS = (
    "kernel", "ledger", "tenancy", "compliance", "privacy", "rewards", "campaigns", "analytics",
    "integrations", "config",
)  # fmt: skip
_KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2),
    "lazily": None,
    "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
}  # fmt: skip


def sources() -> Iterator[Path]:
    for app in _APPS:
        yield from sorted((ROOT / app).rglob("*.py"))
    yield from sorted((ROOT / "templates").rglob("*.html"))
    yield from sorted((ROOT / "campaigns").rglob("*.html"))


def sentences(path: Path) -> set[str]:
    """The Chinese message ids of one file, as Django will look them up."""
    text = path.read_text()
    if path.suffix == ".html":
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    found: set[str] = set()
    for _line, message, _comments, _context in extract("python", BytesIO(text.encode()), keywords=_KEYWORDS):
        ids = message if isinstance(message, tuple) else (message,)
        found |= {one for one in ids if isinstance(one, str) and is_chinese(one)}
    return found


def is_chinese(text: str) -> bool:
    return _CHINESE.search(text) is not None


def english() -> Catalog:
    """Every English catalogue of the house, as Django merges them."""
    merged = Catalog(locale="en")
    for path in sorted(ROOT.glob("*/locale/en/**/*.po")) + sorted(
        ROOT.glob("campaigns/*/**/locale/en/**/*.po")
    ):
        with path.open("rb") as file:
            for message in read_po(file, locale="en", abort_invalid=True):
                if message.id:
                    merged[message.id if isinstance(message.id, str) else message.id[0]] = message
    return merged


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return english()


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_chinese_sentence_has_its_english_one(path: Path, catalogue: Catalog):
    missing = sorted(
        sentence
        for sentence in sentences(path)
        if sentence not in catalogue
        or not catalogue[sentence].string
        or is_chinese(str(catalogue[sentence].string))
    )

    assert not missing, f"{path.relative_to(ROOT)} says in Chinese only: {missing}"


def test_no_sentence_is_translated_twice_differently():
    """Two catalogues that disagree would be settled by the order of the apps."""
    seen: dict[str, tuple[str, str]] = {}
    quarrels = []
    for path in sorted(ROOT.glob("*/locale/en/**/*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                if not message.id or not isinstance(message.id, str) or message.context:
                    continue
                said = str(message.string)
                where = str(path.relative_to(ROOT))
                if message.id in seen and seen[message.id][0] != said:
                    quarrels.append((message.id, seen[message.id], (said, where)))
                seen.setdefault(message.id, (said, where))

    assert not quarrels
