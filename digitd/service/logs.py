"""Log lines for people, for machines, or for journald, on stderr.

A record may carry ``extra={"fields": {...}}``: values that belong to the event, as ``key=value`` in text and as members
in JSON. Under systemd the line begins with its priority (sd-daemon(3)), and the journal adds the time.
"""

import json
import logging
import os
import sys
import time
from collections.abc import Mapping

from digitd.names import printable
from digitd.service.flood import FloodFilter

_PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}


def configure_logging(log_format: str, *, level: str = "INFO", environ: Mapping[str, str] = os.environ) -> None:
    """Send digitd's log to stderr.

    Parameters
    ----------
    log_format : str
        ``text`` or ``json``.
    level : str
        The least level that is logged.
    environ : mapping
        Tells by ``JOURNAL_STREAM`` whether the journal reads stderr.
    """
    handler = logging.StreamHandler(sys.stderr)
    is_journal = "JOURNAL_STREAM" in environ
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter(is_journal=is_journal))
    handler.addFilter(FloodFilter())
    root = logging.getLogger("digitd")
    root.handlers = [handler]
    root.setLevel(level)
    root.propagate = False
    logging.getLogger("watchdog").setLevel(logging.CRITICAL)  # it warns of its own emitter whenever a watch is stopped


class TextFormatter(logging.Formatter):
    """One line a record: time, level, message, fields; a traceback follows on lines of its own."""

    def __init__(self, *, is_journal: bool) -> None:
        super().__init__()
        self._is_journal = is_journal

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text."""
        words = [printable(record.getMessage()), *(f"{key}={_text(value)}" for key, value in _fields(record).items())]
        line = " ".join(words)
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        if self._is_journal:
            priority = _PRIORITIES.get(record.levelno, 6)
            return "\n".join(f"<{priority}>{part}" for part in line.split("\n"))
        moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.created))
        return f"{moment} {record.levelname:<7} {line}"


class JsonFormatter(logging.Formatter):
    """One JSON object a record; the traceback is a member."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON on one line."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        members: dict[str, object] = {
            "time": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "message": printable(record.getMessage()),
            **{key: printable(value) if isinstance(value, str) else value for key, value in _fields(record).items()},
        }
        if record.exc_info:
            members["traceback"] = self.formatException(record.exc_info)
        return json.dumps(members, ensure_ascii=False)


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    fields = getattr(record, "fields", {})
    return fields if isinstance(fields, Mapping) else {}


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1 else f"{value:.1f}"
    text = printable(str(value))
    return json.dumps(text, ensure_ascii=False) if not text or set(text) & set(' "=') else text
