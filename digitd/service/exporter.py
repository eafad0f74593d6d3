"""Give metrics out: in a file for the node exporter, on a port for Prometheus itself."""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from digitd.config import Metrics as Settings
from digitd.durable import write_whole
from digitd.errors import ConfigError
from digitd.service.metrics import Metrics
from digitd.service.progress import Stage
from digitd.service.snapshot import Snapshot
from digitd.service.throughput import Sample

if TYPE_CHECKING:
    from pathlib import Path
    from threading import Thread
    from wsgiref.simple_server import WSGIServer

logger = logging.getLogger(__name__)


class Exporter:
    """Counts, and gives out what was counted; a context manager that ends that. Costs nothing where nobody wants any.

    Parameters
    ----------
    service : str
        The name that the metrics of this daemon carry, which tells them from those of another on the machine.
    clock : callable
        Monotonic seconds.
    """

    def __init__(self, service: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._clock = clock
        self._textfile: Path | None = None
        self._every_s = float("inf")
        self._where = ("", 0)
        self._metrics: Metrics | None = None
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

    def configure(self, settings: Settings) -> None:
        """Give out metrics as configured from now on; what was counted stays counted.

        Raises
        ------
        ConfigError
            When the port cannot be had; then all stays as it was.
        """
        if self._metrics is None and (settings.textfile or settings.port):
            self._metrics = Metrics(self._service)
        self._listen_at(settings.address, settings.port)
        if settings.textfile != self._textfile:
            if self._textfile is not None:
                self._textfile.unlink(missing_ok=True)  # or it would be read for ever, as of a daemon that died
            self._written_at = float("-inf")
        self._textfile, self._every_s = settings.textfile, settings.every_s

    def add(self, sample: Sample) -> None:
        """Count a finished file."""
        if self._metrics is not None:
            self._metrics.add(sample)

    def observe(self, stage: Stage, seconds: float) -> None:
        """Count what a stage of a batch took."""
        if self._metrics is not None:
            self._metrics.observe(stage, seconds)

    def show(self, snapshot: Snapshot) -> None:
        """Take over what is so at this moment."""
        if self._metrics is not None:
            self._metrics.show(snapshot)
            self.beat()

    def beat(self) -> None:
        """Note that the daemon lives, and write the file when it is time to."""
        if self._metrics is not None:
            self._metrics.beat()
            if self._clock() - self._written_at >= self._every_s:
                self._write()

    def _write(self) -> None:
        """Write the file, whole or not at all and readable for all; that it cannot be is said once."""
        if self._textfile is None or self._metrics is None:
            return
        self._written_at = self._clock()
        try:
            self._textfile.parent.stat()  # where it is missing, none is made: nobody would look there
            write_whole(self._textfile, self._metrics.text(), mode=0o644)
        except OSError as error:
            if str(error) != self._trouble:
                self._trouble = str(error)
                logger.warning("cannot write the metrics to %s: %s", self._textfile, error.strerror)
        else:
            self._trouble = ""

    def _listen_at(self, address: str, port: int) -> None:
        """Answer there and nowhere else; where that cannot be, as before."""
        if (address, port) == self._where:
            return
        before = self._where
        self._stop_listening()  # first: it may be another address with the same port
        try:
            self._listen(address, port)
        except OSError as error:
            self._listen(*before)
            raise ConfigError(
                f"[metrics] port = {port} on {address} cannot be used: {error.strerror}",
                hint="choose another port, or end the program that has it; a service needs its drop-in, metrics.conf",
            ) from error

    def _listen(self, address: str, port: int) -> None:
        if port and self._metrics is not None:
            self._server = self._metrics.listen(address, port)
        self._where = (address, port)

    def _stop_listening(self) -> None:
        self._where = ("", 0)
        if self._server is not None:
            server, thread = self._server
            server.shutdown()
            server.server_close()
            thread.join()
            self._server = None
