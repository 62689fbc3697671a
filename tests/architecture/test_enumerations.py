"""Names in a line are parted by the mark of the reader's language (`kernel.enumeration`)."""

from __future__ import annotations

from tests.services import ROOT
from tests.walk import APPS, only_excused

CHINESE_ONLY = "puts the Chinese half of a sentence together; the English half stands beside it"
STORED = "the stored form of a list, told apart again by `campaigns.change_words` before anybody reads it"
ALLOWED = {
    "campaigns/change_words.py": STORED,
    "campaigns/changes.py": STORED,
    "campaigns/content.py": CHINESE_ONLY,
    "campaigns/form_fields.py": CHINESE_ONLY,
    "campaigns/review_face.py": STORED,
    "privacy/customer_hashes.py": "a tool handed out alone: Chinese in a terminal, nothing of ours to import",
}


def test_no_page_parts_english_names_with_a_chinese_mark():
    written = [*ROOT.glob("templates/**/*.html")]
    for app in APPS:
        written += [*(ROOT / app).rglob("*.py"), *(ROOT / app).rglob("*.html")]
    marks = ('"、".join', 'join:"、"', "%}、{%", 'BETWEEN = "、"')
    found = {
        str(file.relative_to(ROOT)): "a Chinese mark in every language"
        for file in written
        if any(mark in file.read_text(encoding="utf-8") for mark in marks)
    }

    only_excused(found, ALLOWED)
