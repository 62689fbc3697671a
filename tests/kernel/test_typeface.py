"""What is printed can be drawn: emoji and signs the face lacks are refused, or named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest

from kernel.paper import printed
from kernel.typeface import printable, undrawable


@pytest.mark.parametrize(("text", "sign"), [("反诈🎉闯关", "🎉"), ("✔ 正确", "✔"), ("答对✅", "✅")])
def test_emoji_and_signs_that_no_page_can_draw_are_seen(text, sign):
    assert undrawable(text) == sign


@pytest.mark.parametrize("text", ["反诈知识闯关", "★ ① → ✓ ㎡ ℃ ½ ™", "欧阳𠮷", "A,B (C)\n“好”", ""])
def test_what_can_be_drawn_is_left_alone(text):
    assert undrawable(text) == ""
    assert printable(text) == text


def test_what_was_written_before_is_named_on_paper_and_leaves_no_box(tmp_path: Path):
    template = tmp_path / "page.typ"
    template.write_text(
        "#let told = json(bytes(sys.inputs.told))\n"
        '#set text(font: "Noto Sans CJK SC")\n'
        "#told.rows.at(0).title"
    )

    pdf = printed(template, {"rows": [{"title": "答对✔❤️"}]}, at=datetime(2026, 11, 22, tzinfo=UTC))

    (page,) = pypdfium2.PdfDocument(pdf)
    assert page.get_textpage().get_text_range().strip() == "答对〔U+2714〕〔U+2764〕"
