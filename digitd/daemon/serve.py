"""Start the daemon from a configuration: folders, locks, ledger, model, signals. Stop or reload it on a signal."""

import logging
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version
from pathlib import Path

from digitd.config import Config
from digitd.daemon.chronicle import Chronicle
from digitd.daemon.deliver import Deliverer
from digitd.daemon.ground import Ground
from digitd.daemon.loop import Daemon
from digitd.daemon.reload import Reload, Session, prepare_session
from digitd.daemon.report import Reporter
from digitd.daemon.studio import Studio
from digitd.errors import ConfigError
from digitd.imaging.decode import IMAGE_SUFFIXES
from digitd.ledger import Ledger
from digitd.retention import Pruner, walks
from digitd.service.exporter import Exporter
from digitd.service.hangup import ReloadRequest
from digitd.service.notify import Notifier
from digitd.service.process import set_up_process
from digitd.service.snapshot import Facts, Identity, State
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
    begin = partial(set_up_process, config.service.log_format)
    begin()
    with ExitStack() as stack:
        wake = stack.enter_context(Wake())
        stop, request = StopRequest(wake.set), ReloadRequest(wake.set)
        stack.enter_context(stop.listening())
        stack.enter_context(request.listening())
        signal.signal(signal.SIGIO, signal.SIG_IGN)  # see spool.signs
        ground = stack.enter_context(
            Ground(config.outbox.path, config.state_path, [inbox.path for inbox in config.inboxes])
        )
        notifier = Notifier()
        notifier.extend_timeout()
        exporter = stack.enter_context(Exporter(config.file.stem if config.file else "digitd"))
        chronicle = Chronicle(
            config.state_path, config.outbox.path, every_s=config.service.picture_every_s, begin=begin
        )
        stack.callback(chronicle.close)
        reporter = Reporter(
            _identity(config),
            throughput=Throughput(now=time.monotonic(), every_s=config.service.log_every_s),
            status=StatusFile(config.state_path),
            exporter=exporter,
            chronicle=chronicle,
            notifier=notifier,
            stop=stop,
        )
        reporter.report(lambda: Facts(state=State.STARTING), at_once=True)
        first = prepare_session(config)
        ledger = stack.enter_context(Ledger.open(config.state_path))
        _configure(exporter, config)
        reload = Reload(
            first,
            load=load,
            request=request,
            ground=ground,
            exporter=exporter,
            reporter=reporter,
            notifier=notifier,
        )
        while (session := reload.take()) is not None:
            begin = partial(set_up_process, session.config.service.log_format)
            begin()
            chronicle.configure(every_s=session.config.service.picture_every_s, begin=begin)
            _run(
                session, ledger, begin, ground=ground, wake=wake, stop=stop, reload=reload, reporter=reporter, once=once
            )
    logger.info("stopped")


def _configure(exporter: Exporter, config: Config) -> None:
    """Give out metrics as configured; where that cannot be, the work goes on without."""
    try:
        exporter.configure(config.metrics)
    except ConfigError as error:
        logger.warning("there will be no metrics: %s", error, extra={"fields": {"hint": error.hint}})


def _run(
    session: Session,
    ledger: Ledger,
    begin: Callable[[], None],
    *,
    ground: Ground,
    wake: Wake,
    stop: StopRequest,
    reload: Reload,
    reporter: Reporter,
    once: bool,
) -> None:
    """Serve with one configuration and model, until the daemon is to end or the next ones are there."""
    config, job = session.config, session.job
    reporter.begin(job.model_id, log_every_s=config.service.log_every_s)
    _warn_of_others(ledger, {inbox.path for inbox in config.inboxes})
    with Studio(job.painter, begin) as studio:
        Daemon(
            inboxes=_inboxes(config, ledger.left()),
            deliverer=Deliverer(
                job,
                ledger,
                stop,
                studio,
                reporter,
                rotates_daily=config.outbox.rotate == "daily",
                jobs=session.jobs,
            ),
            pruner=Pruner(walks(config.outbox.path, ledger, config.retention)),
            ground=ground,
            settle=config.settle,
            limits=config.limits,
            wake=wake,
            stop=stop,
            reload=reload,
            reporter=reporter,
        ).run(once=once)


def _warn_of_others(ledger: Ledger, inboxes: set[Path]) -> None:
    """Say that files are in work whose inbox is not served any more."""
    others = Counter(delivery.folder for delivery in ledger.unfinished() if delivery.folder not in inboxes)
    for folder, files in others.items():
        fields = {"inbox": str(folder), "files": files}
        logger.warning("files in work wait for their inbox to be served again", extra={"fields": fields})


def _identity(config: Config) -> Identity:
    return Identity(
        version=version("digitd"),
        started=time.time(),
        config=str(config.file or ""),
        outbox=str(config.outbox.path),
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
