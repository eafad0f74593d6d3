"""Keep a loop warm in a process of its own, so that repetitions of other cases can come between its own.

A process of its own, because TensorFlow's threads and memory in this one would bear on whatever else is timed.
"""

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Self

Loop = Callable[..., None]


class Resident:
    """A loop in its own process; a context manager that ends it.

    Parameters
    ----------
    prepare : callable
        A function of a module; makes the loop, in the other process.
    """

    def __init__(self, prepare: Callable[[], Loop]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(prepare, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def time_s(self, *arguments: Any) -> float:  # noqa: ANN401 - whatever the loop takes
        """Run the loop once and return its seconds by its own clock.

        Raises
        ------
        RuntimeError
            When the loop raised; its process has written why to stderr.
        """
        self.begin(*arguments)
        return self.end_s()

    def begin(self, *arguments: Any) -> None:  # noqa: ANN401 - whatever the loop takes
        """Have the loop run once, beside whatever else runs."""
        self._pipe.send(arguments)

    def end_s(self) -> float:
        """Wait for the run that was begun and return its seconds; raises as `time_s` does."""
        try:
            elapsed_s: float = self._pipe.recv()
        except EOFError as error:
            raise RuntimeError("a loop that is being timed failed; see above") from error
        return elapsed_s

    def __enter__(self) -> Self:
        """Return the resident itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._pipe.close()
        self._process.join(timeout=10)
        self._process.kill()


def _serve(prepare: Callable[[], Loop], pipe: Connection) -> None:
    loop = prepare()
    while True:
        try:
            arguments = pipe.recv()
        except EOFError:
            return
        began = time.perf_counter()
        loop(*arguments)
        pipe.send(time.perf_counter() - began)
