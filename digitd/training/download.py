"""MNIST from where Keras gets it, kept where Keras keeps it."""

import hashlib
import os
import secrets
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from digitd.errors import InputError
from digitd.training.dataset import FORMATS

MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
MNIST_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
"""As in keras.datasets.mnist."""

_TIMEOUT_S = 30.0
_OFFLINE_HINT = f"give the digits yourself: --data PATH, {FORMATS}"


def keras_cache() -> Path:
    """Return the path at which Keras keeps its copy of MNIST."""
    return Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "datasets" / "mnist.npz"


def obtain_mnist(*, announce: Callable[[str], None], url: str = MNIST_URL, sha256: str = MNIST_SHA256) -> Path:
    """Return a verified copy of MNIST, downloaded (11 MB) unless Keras has it already.

    Parameters
    ----------
    announce : callable
        Is told where the digits come from.
    url, sha256 : str

    Raises
    ------
    InputError
        When it cannot be downloaded or kept, or is not the file it should be.
    """
    cached = keras_cache()
    if cached.is_file() and _hash(cached.read_bytes()) == sha256:
        announce(f"data: MNIST from {cached}")
        return cached
    announce(f"data: no --data given, downloading MNIST (11 MB) from {url} to {cached}")
    content = _download(url)
    if _hash(content) != sha256:
        raise InputError(f"{url}: sha256 is {_hash(content)[:12]}, not {sha256[:12]}", hint=_OFFLINE_HINT)
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        incoming = cached.with_name(f".{cached.name}-{secrets.token_hex(4)}.part")
        incoming.write_bytes(content)
        incoming.rename(cached)
    except OSError as error:
        raise InputError(f"{cached}: cannot keep MNIST there: {error.strerror}", hint=_OFFLINE_HINT) from error
    return cached


def _download(url: str) -> bytes:
    try:
        with urlopen(url, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - a constant https address, or a test's file
            content: bytes = answer.read()
    except (URLError, HTTPException, OSError) as error:
        raise InputError(f"{url}: cannot be downloaded: {error}", hint=_OFFLINE_HINT) from error
    return content


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
