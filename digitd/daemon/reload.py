"""Go on with another configuration and model, without letting go of ledger and locks: all of it, or nothing.

What is new is read, verified and tried before anything that is in use is touched. Where any of it fails, the daemon
goes on as before.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from digitd.config import Config
from digitd.daemon.ground import Ground
from digitd.daemon.report import Reporter
from digitd.errors import ConfigError, DigitdError
from digitd.job import Job, prepare_job
from digitd.service.hangup import ReloadRequest
from digitd.service.notify import Notifier
from digitd.service.scrape import Scrape

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a daemon works with from one reload to the next."""

    config: Config
    job: Job


def prepare_session(config: Config) -> Session:
    """Load the model of a configuration and read a page with it, so that it is known to work.

    Raises
    ------
    ModelError
        When the artefact is missing, damaged or made for another version.
    """
    job = prepare_job(
        model_path=config.model_path,
        review=config.review,
        limits=config.limits,
        annotate=config.outbox.annotate,
        outbox=config.outbox.path,
    )
    job.reader.warm_up()
    return Session(config=config, job=job)


class Reload:
    """Prepares the next session when it is asked for.

    Parameters
    ----------
    session : Session
        The one that runs.
    load : callable
        Reads the configuration again.
    request : ReloadRequest
    ground : Ground
    scrape : Scrape
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
        scrape: Scrape,
        reporter: Reporter,
        notifier: Notifier,
    ) -> None:
        self.session = session
        self.is_ready = False
        """Whether `session` is a new one, which waits to be run."""
        self._load = load
        self._request = request
        self._ground = ground
        self._scrape = scrape
        self._reporter = reporter
        self._notifier = notifier

    def attempt(self) -> None:
        """Prepare another session, if that was asked for; what is wrong with it is logged, and nothing has changed."""
        if not self._request.take():
            return
        self._notifier.reloading()
        try:
            self.session = self._prepare()
        except (DigitdError, OSError, ValueError) as error:
            hint = getattr(error, "hint", "")
            logger.error("reload failed, going on as before: %s", error, extra={"fields": {"hint": hint}})  # noqa: TRY400 - a person's mistake
            self._reporter.identity = replace(self._reporter.identity, reload_error=str(error))
        else:
            self.is_ready = True
            self._reporter.identity = replace(
                self._reporter.identity, model=self.session.job.model_id, reloaded=time.time(), reload_error=""
            )
            logger.info("reloaded")
        finally:
            self._notifier.ready()

    def _prepare(self) -> Session:
        before = self.session.config
        config = self._load()
        for name, old, new in (
            ("[outbox] path", before.outbox.path, config.outbox.path),
            ("[state] path", before.state_path, config.state_path),
        ):
            if old != new:
                raise ConfigError(f"{name} is now {new}, it was {old}", hint="this takes a restart: restart digitd")
        session = prepare_session(config)
        self._ground.serve([inbox.path for inbox in config.inboxes])
        try:
            self._scrape.configure(config.metrics)
        except DigitdError:
            self._ground.serve([inbox.path for inbox in before.inboxes])
            raise
        return session
