"""Where the log goes: to stderr, for people or for machines, or to the journal with a field for each value."""

import logging
import multiprocessing
import os
import sys
from collections.abc import Mapping

from digitd.service.flood import FloodGate
from digitd.service.journal import JOURNAL, JournalHandler, is_read_by_journal
from digitd.service.lines import JsonFormatter, TextFormatter

_STDERR = 2

logger = logging.getLogger(__name__)


def configure_logging(
    log_format: str, *, level: str = "INFO", environ: Mapping[str, str] = os.environ, journal: str = JOURNAL
) -> None:
    """Send digitd's log where it is wanted, cut where it floods.

    Parameters
    ----------
    log_format : str
        One of `digitd.values.LOG_FORMATS`. Where there is no journal, ``journal`` is text.
    level : str
        The least level that is logged.
    environ : mapping
        Tells by ``JOURNAL_STREAM`` whether the journal reads stderr.
    journal : str
        Path of journald's socket.
    """
    is_journal = is_read_by_journal(_STDERR, environ)
    has_journal = os.access(journal, os.W_OK)
    stderr = logging.StreamHandler(sys.stderr)
    stderr.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter(is_journal=is_journal))
    wants_journal = log_format == "journal" or (log_format == "auto" and is_journal)
    gate = FloodGate(JournalHandler(stderr, address=journal) if wants_journal and has_journal else stderr)
    gate.name = log_format
    root = logging.getLogger("digitd")
    before, root.handlers = root.handlers, [gate]
    for handler in before:
        handler.close()
    root.setLevel(level)
    root.propagate = False
    logging.getLogger("watchdog").setLevel(logging.CRITICAL)  # it warns of its own emitter whenever a watch is stopped
    is_news = log_format not in {handler.name for handler in before} and multiprocessing.parent_process() is None
    if log_format == "journal" and not has_journal and is_news:
        fields = {"socket": journal, "hint": 'set [service] log_format = "auto"'}
        logger.warning("the journal cannot be reached; this log is text on stderr", extra={"fields": fields})
