"""JSON at the doors: strict in, compact out."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.utils.functional import Promise

from kernel.errors import BadRequest, DomainError
from kernel.typed import typed_length
from kernel.visible import hidden_in, visible_json

_Body = TypeVar("_Body", bound=msgspec.Struct)


def _plain(value: Any) -> str:
    """Words that are not quite strings: a translation still to be chosen, markup marked as safe."""
    if isinstance(value, str | Promise):
        return f"{value}" + ""
    raise TypeError(type(value).__name__)


_encoder = msgspec.json.Encoder(enc_hook=_plain)

MAX_BODY = 256 * 1024


class TooLarge(DomainError):
    code = "too_large"
    status = 413
    zh = "提交的内容过大，请精简后重试。"
    en = "The submitted content is too large. Please shorten it and try again."


class Malformed(BadRequest):
    """The body is JSON of the wrong shape; ``where`` is a JSON path."""

    code = "malformed"
    zh = "提交的内容格式不正确：{where}"
    en = "The submitted content has the wrong shape: {where}"


def decode(request: HttpRequest, shape: type[_Body], *, limit: int = MAX_BODY) -> _Body:
    """The request's JSON body as ``shape``, its texts as they are seen. Raises TooLarge, Malformed."""
    if typed_length(str(request.META.get("CONTENT_LENGTH", ""))) > limit:
        raise TooLarge
    try:
        body = request.body
    except RawPostDataException:  # a form was sent where JSON is asked for
        raise Malformed(where="$") from None
    if len(body) > limit:
        raise TooLarge
    try:
        decoded: _Body = msgspec.json.decode(body, type=shape, strict=True)
        if b"\\u" not in body and not hidden_in(body.decode()):
            return decoded
        seen, count = visible_json(msgspec.json.decode(body))
        request.hidden_marks = count  # type: ignore[attr-defined]  # told by tenancy.middleware
        return msgspec.convert(seen, shape, strict=True) if count else decoded
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(where=str(error)[:200]) from None


def json_reply(value: Any, status: int = 200) -> HttpResponse:
    """A JSON response that no cache keeps."""
    response = HttpResponse(_encoder.encode(value), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response
