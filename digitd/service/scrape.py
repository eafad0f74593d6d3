"""Give metrics out: in a file for the node exporter, on a port for Prometheus itself."""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from digitd.config import Metrics
from digitd.errors import ConfigError
from digitd.service.metrics import Meters
from digitd.service.snapshot import Snapshot
from digitd.service.throughput import Sample

if TYPE_CHECKING:
    from pathlib import Path
    from threading import Thread
    from wsgiref.simple_server import WSGIServer

logger = logging.getLogger(__name__)


class Scrape:
    """Counts, and gives out what was counted; a context manager that ends that. Costs nothing where nobody wants any.

    Parameters
    ----------
    clock : callable
        Monotonic seconds.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._textfile: Path | None = None
        self._every_s = float("inf")
        self._where = ("", 0)
        self._meters: Meters | None = None
        self._server: tuple[WSGIServer, Thread] | None = None
        self._written_at = float("-inf")
        self._trouble = ""

    def __enter__(self) -> Self:
        """Return itself; nothing is given out before `configure`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Answer no more; the file stays, as of now."""
        self._write()
        self._stop_listening()

    def configure(self, settings: Metrics) -> None:
        """Give out metrics as configured from now on; what was counted stays counted.

        Raises
        ------
        ConfigError
            When the port cannot be had; then all stays as it was.
        """
        where = (settings.address, settings.port)
        if self._meters is None and (settings.textfile or settings.port):
            self._meters = Meters()
        if where != self._where:
            self._move_to(*where)
        self._textfile, self._every_s = settings.textfile, settings.every_s

    def add(self, sample: Sample) -> None:
        """Count a finished file."""
        if self._meters is not None:
            self._meters.add(sample)

    def observe(self, stage: str, seconds: float) -> None:
        """Count what a stage of a batch took; see `digitd.service.metrics.STAGES`."""
        if self._meters is not None:
            self._meters.observe(stage, seconds)

    def show(self, snapshot: Snapshot) -> None:
        """Take over what is so at this moment, and write the file when it is time to."""
        if self._meters is None:
            return
        self._meters.show(snapshot)
        if self._clock() - self._written_at >= self._every_s:
            self._write()

    def _write(self) -> None:
        """Write the file, whole or not at all and readable for all; that it cannot be is said once."""
        if self._textfile is None or self._meters is None:
            return
        self._written_at = self._clock()
        aside = self._textfile.with_name(f".{self._textfile.name}.part")
        try:
            aside.write_bytes(self._meters.text())
            aside.chmod(0o644)
            aside.replace(self._textfile)
        except OSError as error:
            if str(error) != self._trouble:
                self._trouble = str(error)
                logger.warning("cannot write the metrics to %s: %s", self._textfile, error.strerror)
        else:
            self._trouble = ""

    def _move_to(self, address: str, port: int) -> None:
        """Answer somewhere else; the place before is given up first, since one address may contain the other."""
        self._stop_listening()
        try:
            self._server = self._listen(address, port)
        except ConfigError:
            self._server = self._listen(*self._where)
            raise
        self._where = (address, port)

    def _listen(self, address: str, port: int) -> "tuple[WSGIServer, Thread] | None":
        if not port or self._meters is None:
            return None
        try:
            return self._meters.listen(address, port)
        except OSError as error:
            raise ConfigError(
                f"[metrics] port = {port} on {address} cannot be used: {error.strerror}",
                hint="choose another port, or end the program that has it",
            ) from error

    def _stop_listening(self) -> None:
        if self._server is not None:
            server, thread = self._server
            server.shutdown()
            server.server_close()
            thread.join()
            self._server = None
