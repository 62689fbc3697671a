"""How wide a mark is changes no verdict: the scanner undoes width before it reads."""

from __future__ import annotations

from compliance.evaluation import GOLDEN, golden
from compliance.scanner.normalise import normalise
from kernel.punctuation import formatted


def test_full_width_marks_change_no_verdict():
    """Every labelled sentence reads the same as it was typed and as it would be printed."""
    sentences = [one.text for file in sorted(GOLDEN.glob("*.tsv")) for one in golden(file)]
    rewritten = [text for text in sentences if formatted(text) != text]

    assert len(rewritten) > 4000
    assert [text for text in rewritten if normalise(text).text != normalise(formatted(text)).text] == []
