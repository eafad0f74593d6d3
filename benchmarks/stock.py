"""Make files to feed a daemon with, which moves what it is given.

Each is a copy. Hard links would be cheaper, but taking one changes the change time of all the others, and digitd, which
waits for a file that changes, would list the inbox again for each.
"""

import os
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path


def copies(sources: Sequence[Path], folder: Path, count: int, *, first: int = 0) -> list[Path]:
    """Write `count` files into a folder, copies of the sources in turn, and have them on disk.

    They are numbered from `first` on. Without being on disk they would be written at the daemon's first `fsync`, and be
    part of what that costs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contents = cycle([source.read_bytes() for source in sources])
    files = []
    for number, content in enumerate(islice(contents, count), first):
        file = folder / f"{number:06}.png"
        file.write_bytes(content)
        files.append(file)
    os.sync()
    return files
