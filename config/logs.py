"""Log lines for machines: one JSON object a line, without personal data.

An exception is told by its type and its place, never by its message: a database's message quotes the row.
That holds for libraries, too, which like to write an exception into a sentence (``celery.app.trace`` does).
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

_OWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "request", "taskName"}
_PLAIN = (str, int, float, bool, type(None))
WITHHELD = "[withheld]"
# What libraries name the things that can hold a row, in the mappings they format their messages with.
_QUOTING = frozenset({"exc", "exception", "reason", "traceback", "args", "kwargs", "return_value", "body"})
# The last net, for a quotation nobody announced: numbers of phones and of identity cards.
_NUMBERS = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\w)\d{17}[\dXx](?!\w)"
)
SHORTEST_QUOTE = 4


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object; ``extra`` fields that are plain values come along."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        quotes = set(_quotes(record))
        for name, value in record.__dict__.items():
            if name not in _OWN and isinstance(value, _PLAIN):
                line[name] = _without(quotes, value) if isinstance(value, str) else value
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
        return json.dumps(line, ensure_ascii=False)


def log_what_nobody_caught() -> None:
    """Errors that end a thread or a process become log lines; Python itself would print their message."""
    log = logging.getLogger("hequ.uncaught")

    def at_the_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            log.critical("uncaught", exc_info=(kind, error, trace))

    def in_a_thread(ended: threading.ExceptHookArgs) -> None:
        if ended.exc_value is not None and not issubclass(ended.exc_type, SystemExit):
            log.critical("uncaught", exc_info=(ended.exc_type, ended.exc_value, ended.exc_traceback))

    def while_cleaning_up(failed: Any) -> None:
        if failed.exc_value is not None:
            log.error("unraisable", exc_info=(failed.exc_type, failed.exc_value, failed.exc_traceback))

    sys.excepthook, threading.excepthook, sys.unraisablehook = at_the_end, in_a_thread, while_cleaning_up


def _message(record: logging.LogRecord) -> str:
    """The sentence of the record, in which every exception stands as its type."""
    sentence = _harmless(record.msg)
    try:
        if isinstance(record.args, Mapping):
            sentence = str(sentence) % {
                name: WITHHELD if name in _QUOTING and isinstance(value, str) else _harmless(value)
                for name, value in record.args.items()
            }
        elif record.args:
            sentence = str(sentence) % tuple(_harmless(value) for value in record.args)
    except (TypeError, ValueError, KeyError):
        sentence = f"{sentence} {WITHHELD}"
    return _without(set(_quotes(record)), str(sentence))


def _harmless(value: Any) -> Any:
    return type(value).__name__ if isinstance(value, BaseException) else value


def _quotes(record: logging.LogRecord) -> Iterator[str]:
    """What the record's exception, and those behind it, would say."""
    error = record.exc_info[1] if record.exc_info else None
    met: set[int] = set()
    while error is not None and id(error) not in met:
        met.add(id(error))
        for told in (repr(error), str(error), *map(str, error.args)):
            yield from (told, told.encode("unicode_escape").decode(), *told.splitlines())
        error = error.__cause__ or error.__context__


def _without(quotes: set[str], text: str) -> str:
    for quote in sorted(quotes, key=len, reverse=True):
        if len(quote.strip()) >= SHORTEST_QUOTE:
            text = text.replace(quote, WITHHELD)
    return _NUMBERS.sub(WITHHELD, text)
