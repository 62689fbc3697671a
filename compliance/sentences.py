"""The sentence a finding stands in, by which reviewers' answers are bound to what they answered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from compliance.scanner.place import sentence_at
from compliance.trials import texts_in


def in_their_sentences(
    findings: Sequence[Mapping[str, Any]], kind: str, content: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The findings of one content as its review keeps them. What no text holds stands in no sentence."""
    texts = {text.path: text.text for text in texts_in(kind, [content])[0] or ()}
    return [{**one, **_sentence(one, texts.get(one["path"], ""))} for one in findings]


def _sentence(finding: Mapping[str, Any], text: str) -> dict[str, str]:
    if not finding["matched"] or not text:
        return {}
    begin, end = sentence_at(text, finding["start"], finding["end"])
    return {"sentence": hashlib.sha256(text[begin:end].encode()).hexdigest()[:16]}
