"""Log lines for machines: one JSON object a line, without personal data.

An exception is told by its type and its place, never by its message: a database's message quotes the row.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime

_OWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "request", "taskName"}
_PLAIN = (str, int, float, bool, type(None))


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object; ``extra`` fields that are plain values come along."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {k: v for k, v in record.__dict__.items() if k not in _OWN and isinstance(v, _PLAIN)}
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
        return json.dumps(line, ensure_ascii=False)
