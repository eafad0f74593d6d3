"""Go through the start of a ``digitd score`` and print when each part ended: ``python -m benchmarks.parts FILE``."""

import sys
import time
from pathlib import Path


def main(file: Path) -> None:
    """Import, open the model and read one image; print each part with the moment of its end by `time.monotonic`."""
    _mark("python")
    import digitd.cli.score
    import digitd.score  # noqa: F401 - imported to be timed, as the command does

    _mark("imports")
    from benchmarks import tight

    read = tight.prepare()
    _mark("model")
    read([file])
    _mark("reading")


def _mark(part: str) -> None:
    sys.stdout.write(f"{part} {time.monotonic()}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
