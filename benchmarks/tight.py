"""The tight loop: what digitd does to read an image, and nothing else, in one process and one thread of LiteRT.

No ledger, no rows, no pictures, no other process: what these cost shows in the comparison with it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from digitd.config import load_config
from digitd.errors import Rejection
from digitd.imaging.decode import decode_pages
from digitd.imaging.normalise import normalise
from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.chatter import muted_stderr
from digitd.model.classify import load_classifier
from digitd.service.process import set_up_process


def prepare() -> Callable[[Sequence[Path]], None]:
    """Open the shipped model; return the loop over images."""
    set_up_process("text", level="WARNING")
    limits = load_config(environ={}).limits
    with muted_stderr():  # LiteRT announces its delegate there
        classifier = load_classifier(load_artefact(shipped_model()))

    def run(files: Sequence[Path]) -> None:
        for file in files:
            for page in decode_pages(file.read_bytes(), limits):
                if isinstance(page, Rejection):
                    raise page
                glyph = normalise(page)
                if glyph is not None:
                    classifier.probabilities(glyph.pixels[np.newaxis])

    return run
