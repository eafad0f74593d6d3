"""Go on with another configuration and model, without letting go of ledger and locks: all of it, or nothing.

What is new is read, verified and tried before anything that is in use is touched. Where any of it fails, the daemon
goes on as before.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from digitd.config import Config
from digitd.daemon.ground import Ground
from digitd.daemon.report import Reporter
from digitd.errors import ConfigError, DigitdError
from digitd.job import Job, prepare_jobs
from digitd.service.exporter import Exporter
from digitd.service.hangup import ReloadRequest
from digitd.service.notify import Notifier

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a daemon works with from one reload to the next: a configuration, and for each inbox a job."""

    config: Config
    jobs: Mapping[Path, Job]

    @property
    def job(self) -> Job:
        """That of the first inbox; but for reader and form they are all the same."""
        return self.jobs[self.config.inboxes[0].path]


def prepare_session(config: Config) -> Session:
    """Load the model and the forms of a configuration and read a page with each, so that they are known to work.

    Raises
    ------
    ModelError
        When the artefact is missing, damaged or made for another version.
    ConfigError
        When a template cannot be used.
    """
    jobs = prepare_jobs(
        [inbox.form for inbox in config.inboxes],
        model_path=config.model_path,
        review=config.review,
        limits=config.limits,
        annotate=config.outbox.annotate,
        outbox=config.outbox.path,
    )
    for job in jobs.values():
        _refuse_within(config, job.form_files)
        job.reader.warm_up()
    return Session(config=config, jobs={inbox.path: jobs[inbox.form] for inbox in config.inboxes})


def _refuse_within(config: Config, files: Iterable[Path]) -> None:
    """Refuse forms that lie in an inbox: they would be taken out of it as pages."""
    for file in files:
        folders = {*(file.parent.resolve() / file.name).parents, *file.resolve().parents}  # of a link, and of its end
        for inbox in config.inboxes:
            if inbox.path.resolve() in folders:
                raise ConfigError(
                    f"{file} belongs to a form and lies in the inbox {inbox.path}, out of which all files are taken",
                    hint="put the template and the files that it names into a folder of their own",
                )


class Reload:
    """Prepares the next session when it is asked for.

    Parameters
    ----------
    session : Session
        The first one.
    load : callable
        Reads the configuration again.
    request : ReloadRequest
    ground : Ground
    exporter : Exporter
    reporter : Reporter
    notifier : Notifier
    """

    def __init__(
        self,
        session: Session,
        *,
        load: Callable[[], Config],
        request: ReloadRequest,
        ground: Ground,
        exporter: Exporter,
        reporter: Reporter,
        notifier: Notifier,
    ) -> None:
        self._session = session
        self._next: Session | None = session
        self._load = load
        self._request = request
        self._ground = ground
        self._exporter = exporter
        self._reporter = reporter
        self._notifier = notifier

    @property
    def has_next(self) -> bool:
        """Whether a session waits to be run."""
        return self._next is not None

    def take(self) -> Session | None:
        """Return the session that waits to be run, and that runs from now on; None where there is none."""
        session, self._next = self._next, None
        self._session = session or self._session
        return session

    def attempt(self) -> bool:
        """Prepare another session, if that was asked for; return whether it was.

        What is wrong with it is logged, and then nothing has changed.
        """
        if not self._request.take():
            return False
        self._notifier.reloading()
        try:
            self._next = self._prepare()
        except (DigitdError, OSError, ValueError) as error:
            text = str(error) or type(error).__name__
            fields = {"hint": getattr(error, "hint", "")}
            logger.error("reload failed, going on as before: %s", text, extra={"fields": fields})  # noqa: TRY400 - a person's mistake
            self._reporter.reloaded(text)
        else:
            self._reporter.reloaded("")
            logger.info("reloaded")
        return True

    def _prepare(self) -> Session:
        before = self._session.config
        if before.file is not None and before.file.exists() and not before.file.is_file():
            raise ConfigError(f"{before.file} is no regular file", hint="put the configuration back there")
        config = self._load()
        for name, old, new in (
            ("[outbox] path", before.outbox.path, config.outbox.path),
            ("[state] path", before.state_path, config.state_path),
        ):
            if old != new:
                raise ConfigError(f"{name} is now {new}, it was {old}", hint="this takes a restart: restart digitd")
        session = prepare_session(config)
        self._ground.add([inbox.path for inbox in config.inboxes])
        served = before
        try:
            self._exporter.configure(config.metrics)
            served = config
        finally:
            self._ground.keep([inbox.path for inbox in served.inboxes])
        return session
