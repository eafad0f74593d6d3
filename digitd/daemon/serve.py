"""Start the daemon from a configuration: folders, locks, ledger, model, signals. Stop it on a signal."""

import logging
import os
from contextlib import ExitStack
from pathlib import Path

from digitd.config import Config
from digitd.daemon.deliver import Deliverer
from digitd.daemon.loop import Daemon
from digitd.errors import OutputError
from digitd.imaging.decode import IMAGE_SUFFIXES
from digitd.job import prepare_job
from digitd.ledger import Ledger
from digitd.service.logs import configure_logging
from digitd.service.stop import StopRequest
from digitd.spool.inbox import WORK_FOLDER, Inbox
from digitd.spool.lock import sole_process
from digitd.spool.scan import ScanRules
from digitd.spool.wake import Wake

logger = logging.getLogger(__name__)


def serve(config: Config, *, once: bool) -> None:
    """Run the daemon until SIGINT or SIGTERM, or with ``once`` until the inboxes are empty.

    Raises
    ------
    ModelError
        When the model cannot be used.
    BusyError
        When another process works on the same inbox or state folder.
    OutputError
        When the outbox, the state folder or an inbox cannot be written.
    """
    configure_logging(config.service.log_format)
    with ExitStack() as stack:
        wake = stack.enter_context(Wake())
        stop = StopRequest(wake.set)
        stack.enter_context(stop.listening())
        _make_folders(config)
        stack.enter_context(sole_process(config.outbox.path, f"the outbox {config.outbox.path}"))
        stack.enter_context(sole_process(config.state_path, f"the state folder {config.state_path}"))
        for inbox in config.inboxes:
            _refuse_link(inbox.path / WORK_FOLDER)
            stack.enter_context(sole_process(inbox.path / WORK_FOLDER, f"the inbox {inbox.path}"))
        job = prepare_job(
            model_path=config.model_path,
            review=config.review,
            limits=config.limits,
            annotate=config.outbox.annotate,
            outbox=config.outbox.path,
        )
        ledger = stack.enter_context(Ledger.open(config.state_path))
        daemon = Daemon(
            inboxes=_inboxes(config, ledger.left()),
            deliverer=Deliverer(job, ledger, stop),
            settle=config.settle,
            limits=config.limits,
            log_every_s=config.service.log_every_s,
            wake=wake,
            stop=stop,
        )
        try:
            daemon.run(once=once)
        except OutputError:  # no fault of the files in work, so it must not count against them
            ledger.take_back_attempts()
            raise
    logger.info("stopped")


def _inboxes(config: Config, left: set[str]) -> list[Inbox]:
    return [
        Inbox(
            inbox.path,
            ScanRules(recursive=inbox.recursive, ignore=(*inbox.ignore, WORK_FOLDER), image_suffixes=IMAGE_SUFFIXES),
            quiet_s=config.settle.quiet_s,
            left=left,
        )
        for inbox in config.inboxes
    ]


def _refuse_link(work_folder: Path) -> None:
    """Refuse a work folder that somebody who may write to the inbox has pointed elsewhere."""
    if work_folder.is_symlink():
        raise OutputError(f"{work_folder} is a link", hint="remove it; digitd makes this folder itself")


def _make_folders(config: Config) -> None:
    """Make what is missing, and find out now rather than at the first file whether it can be used."""
    for folder in [config.outbox.path, *(inbox.path for inbox in config.inboxes)]:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"cannot make the folder {folder}: {error.strerror}", hint="check the path") from error
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise OutputError(f"{folder} is not writable for this user", hint="change its owner or its mode")
