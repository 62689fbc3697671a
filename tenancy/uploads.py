"""Files of text that colleagues choose: read as they are seen, and the writer told of what was taken out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import ngettext

from kernel.visible import hidden_in, visible


def seen_rows(request: HttpRequest, rows: Iterable[Sequence[str] | None]) -> Iterator[Sequence[str] | None]:
    """The rows of an upload without the marks nobody sees; None stays what could not be read."""
    read = list(rows)
    tell_hidden(request, sum(hidden_in(cell) for row in read if row is not None for cell in row))
    return iter([None if row is None else [visible(cell) for cell in row] for row in read])


def tell_hidden(request: HttpRequest, count: int) -> None:
    """A word to whoever wrote it, where the page has a place for words."""
    if count and hasattr(request, "_messages"):
        said = ngettext(
            "已去掉 %(n)d 个看不见的字符，其余文字没有改动。",
            "已去掉 %(n)d 个看不见的字符，其余文字没有改动。",
            count,
        )
        messages.info(request, said % {"n": count})
