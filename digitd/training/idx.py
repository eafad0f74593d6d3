"""IDX, the format MNIST was published in: two zero bytes, a type, a rank, big-endian sizes, then the values.

Described at http://yann.lecun.com/exdb/mnist/. Only unsigned bytes occur in MNIST, and only they are read.
"""

import gzip
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digitd.errors import InputError

IDX_NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")

_UNSIGNED_BYTE = 0x08


def find_idx(folder: Path, name: str) -> Path | None:
    """Return the IDX file of that name, compressed or not or spelt with a dot: train-images.idx3-ubyte."""
    for spelling in (name, name.replace("-idx", ".idx")):
        for candidate in (folder / spelling, folder / f"{spelling}.gz"):
            if candidate.is_file():
                return candidate
    return None


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes, compressed where the name ends in .gz.

    Returns
    -------
    uint8 array of the shape that its header states

    Raises
    ------
    InputError
        When it is damaged, of another type, or shorter or longer than its header says.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        zeros, type_, rank = struct.unpack_from(">HBB", content)
        shape = struct.unpack_from(f">{rank}I", content, 4)
    except (OSError, EOFError, zlib.error, struct.error) as error:
        raise InputError(f"{path}: not a sound IDX file: {error}", hint="get it again") from error
    if zeros != 0 or type_ != _UNSIGNED_BYTE:
        raise InputError(f"{path}: not an IDX file of unsigned bytes (starts {content[:4].hex()})", hint="get it again")
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * rank)
    if values.size != np.prod(shape, dtype=np.uint64):
        raise InputError(f"{path}: holds {values.size} values, its header says {shape}", hint="get it again")
    return values.reshape(shape)
