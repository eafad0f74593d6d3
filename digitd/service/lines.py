"""How a record reads: as a line for people, with the journal's priority where it goes there, or as JSON for machines.

A record may carry ``extra={"fields": {...}}``: values that belong to the event, as ``key=value`` in text and as members
in JSON. What strangers chose, such as a file's name, cannot begin a line that looks like another record.
"""

import json
import logging
import time
from collections.abc import Mapping

from digitd.names import printable

_PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
_INDENT = "  "
"""Of lines after the first."""


class TextFormatter(logging.Formatter):
    """One line a record: time, level, message, fields; a traceback follows on lines of its own.

    Parameters
    ----------
    is_journal : bool
        Begin each line with its priority (sd-daemon(3)), and leave the time and the level to the journal.
    """

    def __init__(self, *, is_journal: bool) -> None:
        super().__init__()
        self._is_journal = is_journal

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text."""
        if self._is_journal:
            return "\n".join(f"<{priority(record)}>{part}" for part in readable(record).split("\n"))
        moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.created))
        return f"{moment} {record.levelname:<7} {readable(record)}"


class JsonFormatter(logging.Formatter):
    """One JSON object a record; the traceback is a member."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON on one line."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        members: dict[str, object] = {
            "time": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "message": printable(record.getMessage()),
            **{key: printable(value) if isinstance(value, str) else value for key, value in fields_of(record).items()},
        }
        if record.exc_info:
            members["traceback"] = traceback_of(record)
        return json.dumps(members, ensure_ascii=False)


def readable(record: logging.LogRecord) -> str:
    """Return message and fields on one line, and a traceback indented below it."""
    words = [printable(record.getMessage()), *(f"{key}={_text(value)}" for key, value in fields_of(record).items())]
    lines = [" ".join(words), *traceback_of(record).splitlines()]
    return f"\n{_INDENT}".join(lines)


def traceback_of(record: logging.LogRecord) -> str:
    """Return the traceback of a record, printable line by line; empty where it has none."""
    if not record.exc_info:
        return ""
    return "\n".join(printable(line) for line in logging.Formatter().formatException(record.exc_info).split("\n"))


def fields_of(record: logging.LogRecord) -> Mapping[str, object]:
    """Return the values that belong to the event."""
    fields = getattr(record, "fields", {})
    return fields if isinstance(fields, Mapping) else {}


def priority(record: logging.LogRecord) -> int:
    """Return the priority of a record as syslog(3) counts, 7 for what matters least."""
    return _PRIORITIES.get(record.levelno, 6)


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1 else f"{value:.1f}"
    text = printable(str(value))
    return json.dumps(text, ensure_ascii=False) if not text or set(text) & set(' "=') else text
