"""Words in Django templates: text between block elements, attributes, and literals inside template tags."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kernel.punctuation import Edit, Span, edits

_TEMPLATE_TAG = r"\{%.*?%\}|\{\{.*?\}\}"
_HTML_TAG = rf"</?[A-Za-z](?:{_TEMPLATE_TAG}|[^<>{{}}])*>"
_INLINE = "a|abbr|b|bdi|cite|code|em|i|kbd|mark|q|small|span|strong|sub|sup|time|u|var|wbr"
_SILENT = re.compile(
    r"<!--.*?-->|\{#.*?#\}|\{% comment.*?\{% endcomment %\}|<script\b.*?</script>|<style\b.*?</style>",
    re.DOTALL,
)
_TAG = re.compile(f"{_TEMPLATE_TAG}|{_HTML_TAG}", re.DOTALL)
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE})\b")
_PART_OF_SENTENCE = re.compile(r"\{\{|\{% (?:if|elif|else|endif|for|endfor|empty|translate|include)\b")
_LITERAL = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_ATTRIBUTE = re.compile(rf"=\"((?:{_TEMPLATE_TAG}|[^\"])*)\"", re.DOTALL)


def page_edits(source: str) -> list[Edit]:
    """Changes to the sentences of a template."""
    changes = {
        (change.begin, change.end): change
        for begin, end in _sentences(source)
        for change in _within(source, begin, end)
    }
    return sorted(changes.values(), key=lambda change: change.begin)


def _within(source: str, begin: int, end: int) -> Iterator[Edit]:
    text = source[begin:end]
    hidden = [hit.span() for hit in _TAG.finditer(text)]
    for change in edits(text, hidden):
        yield Edit(change.begin + begin, change.end + begin, change.new)


def _sentences(source: str) -> Iterator[Span]:
    cursor = 0
    silent = [hit.span() for hit in _SILENT.finditer(source)]
    loud = zip([0, *(end for _, end in silent)], [*(begin for begin, _ in silent), len(source)], strict=True)
    for start, stop in loud:
        cursor = start
        for tag in _TAG.finditer(source, start, stop):
            yield from _in_tag(tag)
            if _INLINE_TAG.match(tag.group()) or _PART_OF_SENTENCE.match(tag.group()):
                continue
            yield cursor, tag.start()
            cursor = tag.end()
        yield cursor, stop


def _in_tag(tag: re.Match[str]) -> Iterator[Span]:
    """Literals of a template tag; of an HTML tag, its attributes and the template tags in them."""
    if tag.group().startswith("{"):
        yield from (hit.span(1 if hit.group(1) is not None else 2) for hit in _literals(tag))
        return
    for attribute in _ATTRIBUTE.finditer(tag.string, tag.start(), tag.end()):
        yield attribute.span(1)
        for inner in re.compile(_TEMPLATE_TAG, re.DOTALL).finditer(tag.string, *attribute.span(1)):
            yield from (hit.span(1 if hit.group(1) is not None else 2) for hit in _literals(inner))


def _literals(tag: re.Match[str]) -> Iterator[re.Match[str]]:
    return _LITERAL.finditer(tag.string, tag.start(), tag.end())
