"""Files of text that colleagues choose: read as they are seen, and the writer told of what was taken out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import ngettext

from kernel.visible import hidden_in, visible


def seen_text(request: HttpRequest, text: str) -> str:
    """The text of an upload without the marks nobody sees."""
    tell_hidden(request, hidden_in(text))
    return visible(text)


def tell_hidden(request: HttpRequest, count: int) -> None:
    """A word to whoever wrote it, where the page has a place for words."""
    if count and hasattr(request, "_messages"):
        said = ngettext(
            "已去掉 %(n)d 个看不见的字符，其余文字没有改动。",
            "已去掉 %(n)d 个看不见的字符，其余文字没有改动。",
            count,
        )
        messages.info(request, said % {"n": count})
