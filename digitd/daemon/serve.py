"""Start the daemon from a configuration: folders, locks, ledger, model, signals. Stop it on a signal."""

import logging
import signal
from contextlib import ExitStack
from functools import partial

from digitd.config import Config
from digitd.daemon.deliver import Deliverer
from digitd.daemon.ground import Ground
from digitd.daemon.loop import Daemon
from digitd.daemon.studio import Studio
from digitd.imaging.decode import IMAGE_SUFFIXES
from digitd.job import prepare_job
from digitd.ledger import Ledger
from digitd.service.process import set_up_process
from digitd.service.stop import StopRequest
from digitd.spool.inbox import WORK_FOLDER, Inbox
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
    begin = partial(set_up_process, config.service.log_format)
    begin()
    with ExitStack() as stack:
        wake = stack.enter_context(Wake())
        stop = StopRequest(wake.set)
        stack.enter_context(stop.listening())
        signal.signal(signal.SIGIO, signal.SIG_IGN)  # see spool.signs
        inboxes = [inbox.path for inbox in config.inboxes]
        ground = stack.enter_context(Ground(config.outbox.path, config.state_path, inboxes))
        job = prepare_job(
            model_path=config.model_path,
            review=config.review,
            limits=config.limits,
            annotate=config.outbox.annotate,
            outbox=config.outbox.path,
        )
        ledger = stack.enter_context(Ledger.open(config.state_path))
        studio = stack.enter_context(Studio(job.painter, begin))
        Daemon(
            inboxes=_inboxes(config, ledger.left()),
            deliverer=Deliverer(job, ledger, stop, studio, rotates_daily=config.outbox.rotate == "daily"),
            ground=ground,
            settle=config.settle,
            limits=config.limits,
            log_every_s=config.service.log_every_s,
            wake=wake,
            stop=stop,
        ).run(once=once)
    logger.info("stopped")


def _inboxes(config: Config, left: set[str]) -> list[Inbox]:
    return [
        Inbox(
            inbox.path,
            ScanRules(
                recursive=inbox.recursive, ignore=(*inbox.ignore, f"{WORK_FOLDER}*"), image_suffixes=IMAGE_SUFFIXES
            ),
            quiet_s=config.settle.quiet_s,
            left=left,
            marker=config.settle.marker,
        )
        for inbox in config.inboxes
    ]
