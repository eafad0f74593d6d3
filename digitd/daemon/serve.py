"""Start the daemon from a configuration: folders, locks, ledger, model, signals. Stop or reload it on a signal."""

import logging
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version

from digitd.config import Config
from digitd.daemon.deliver import Deliverer
from digitd.daemon.ground import Ground
from digitd.daemon.loop import Daemon
from digitd.daemon.reload import Reload, Session, prepare_session
from digitd.daemon.report import Reporter
from digitd.daemon.studio import Studio
from digitd.imaging.decode import IMAGE_SUFFIXES
from digitd.ledger import Ledger
from digitd.retention import Pruner, walks
from digitd.service.hangup import ReloadRequest
from digitd.service.notify import Notifier
from digitd.service.process import set_up_process
from digitd.service.scrape import Scrape
from digitd.service.snapshot import Identity
from digitd.service.status import StatusFile
from digitd.service.stop import StopRequest
from digitd.service.throughput import Throughput
from digitd.spool.inbox import WORK_FOLDER, Inbox
from digitd.spool.scan import ScanRules
from digitd.spool.wake import Wake

logger = logging.getLogger(__name__)


def serve(load: Callable[[], Config], *, once: bool) -> None:
    """Run the daemon until SIGINT or SIGTERM, or with ``once`` until the inboxes are empty.

    Parameters
    ----------
    load : callable
        Reads the configuration, and reads it again on SIGHUP.
    once : bool

    Raises
    ------
    ConfigError
        When the configuration is wrong.
    ModelError
        When the model cannot be used.
    BusyError
        When another process works on the same inbox or state folder.
    OutputError
        When the outbox, the state folder or an inbox cannot be written.
    """
    config = load()
    set_up_process(config.service.log_format)
    with ExitStack() as stack:
        wake = stack.enter_context(Wake())
        stop, request = StopRequest(wake.set), ReloadRequest(wake.set)
        stack.enter_context(stop.listening())
        stack.enter_context(request.listening())
        signal.signal(signal.SIGIO, signal.SIG_IGN)  # see spool.signs
        ground = stack.enter_context(
            Ground(config.outbox.path, config.state_path, [inbox.path for inbox in config.inboxes])
        )
        session = prepare_session(config)
        notifier, scrape = Notifier(), stack.enter_context(Scrape())
        scrape.configure(config.metrics)
        reporter = Reporter(
            _identity(session),
            throughput=Throughput(now=time.monotonic(), every_s=config.service.log_every_s),
            status=StatusFile(config.state_path),
            scrape=scrape,
            notifier=notifier,
        )
        ledger = stack.enter_context(Ledger.open(config.state_path))
        reload = Reload(
            session,
            load=load,
            request=request,
            ground=ground,
            scrape=scrape,
            reporter=reporter,
            notifier=notifier,
        )
        while True:
            reload.is_ready = False
            _run(reload, ledger, ground=ground, wake=wake, stop=stop, reporter=reporter, once=once)
            if not reload.is_ready:
                break
    logger.info("stopped")


def _run(
    reload: Reload,
    ledger: Ledger,
    *,
    ground: Ground,
    wake: Wake,
    stop: StopRequest,
    reporter: Reporter,
    once: bool,
) -> None:
    """Serve with one configuration and model, until the daemon is to end or the next ones are ready."""
    config, job = reload.session.config, reload.session.job
    begin = partial(set_up_process, config.service.log_format)
    begin()
    reporter.throughput.every_s = config.service.log_every_s
    with Studio(job.painter, begin) as studio:
        Daemon(
            inboxes=_inboxes(config, ledger.left()),
            deliverer=Deliverer(job, ledger, stop, studio, reporter, rotates_daily=config.outbox.rotate == "daily"),
            pruner=Pruner(walks(config.outbox.path, ledger, config.retention)),
            ground=ground,
            settle=config.settle,
            limits=config.limits,
            wake=wake,
            stop=stop,
            reload=reload,
            reporter=reporter,
        ).run(once=once)


def _identity(session: Session) -> Identity:
    config = session.config
    return Identity(
        version=version("digitd"),
        started=time.time(),
        config=str(config.file or ""),
        outbox=str(config.outbox.path),
        model=session.job.model_id,
    )


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
