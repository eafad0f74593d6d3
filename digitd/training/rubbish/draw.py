"""Draw pages and glyphs of what is not a digit, by kind.

A glyph is what the normaliser makes of such a page. Where the normaliser took away so much that what is left may be a
digit (one of two, or one without the line that struck it out), the page is drawn again, and so is what may be a 1.

Residual risk: no measure tells every chance likeness. Tangles and blotches now and then come out like a digit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.imaging.normalise import Glyph, normalise
from digitd.training.rubbish import figures, fragments, letters, marks, ruling, shape, spoilt, surfaces, symbols
from digitd.training.rubbish.sheet import Sheet, lay

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from digitd.training.rubbish.hand import Ink

    Digits = NDArray[np.uint8]  # (N, 28, 28) uint8, 255 = ink

_MADE_OF_DIGITS: dict[str, Callable[[Generator, Digits], Ink]] = {
    "strike_out": spoilt.strike_out,
    "two_digits": spoilt.two_digits,
    "fragment": fragments.fragment,
}
_DRAWN: dict[str, Callable[[Generator], Ink]] = {
    "dash": marks.dash,
    "cross": marks.cross,
    "scribble": marks.scribble,
    "letter": letters.letter,
    "lines": ruling.lines,
    "texture": surfaces.texture,
    "check_mark": figures.check_mark,
    "question_mark": symbols.question_mark,
    "symbol": symbols.symbol,
    "arrow": figures.arrow,
    "smiley": figures.smiley,
    "filled_shape": figures.filled_shape,
    "circled_letter": figures.circled_letter,
    "greek": symbols.greek,
    "signature": figures.signature,
    "spiral": figures.spiral,
}
TAUGHT: tuple[str, ...] = (
    "dash",
    "cross",
    "strike_out",
    "scribble",
    "letter",
    "two_digits",
    "fragment",
    "lines",
    "texture",
)
"""The kinds used for training."""
UNSEEN: tuple[str, ...] = (
    "check_mark",
    "question_mark",
    "symbol",
    "arrow",
    "smiley",
    "filled_shape",
    "circled_letter",
    "greek",
    "signature",
    "spiral",
)
"""The kinds never used for training, which measure how far what was learnt reaches."""

_TRIES = 40
_SIDE = 28
_SHIFT = 0.12
"""Of the longest side: the normaliser may have lost so much at each edge of the drawing."""
_ALIKE = 0.85
"""Cosine of the angle between the drawing and the glyph; a box without two of its sides has 0.75."""
_INK = 64


def draw_rubbish(kind: str, rng: Generator, digits: Digits) -> NDArray[np.uint8]:
    """Draw one page of a kind of what is not a digit.

    Parameters
    ----------
    kind : str
        One of `TAUGHT` or `UNSEEN`.
    rng : Generator
    digits : (N, 28, 28) uint8, 255 = ink
        Genuine digits, for the kinds that are made out of them.

    Returns
    -------
    (H, W) uint8, dark ink on light paper

    Raises
    ------
    ValueError
        The kind is unknown.
    """
    return _sheet(kind, rng, digits).page


def rubbish_glyphs(kinds: Sequence[str], count: int, *, seed: int, digits: Digits) -> NDArray[np.uint8]:
    """Draw glyphs, cycling through the kinds, as the normaliser gives them to the classifier.

    Parameters
    ----------
    kinds : sequence of str
        Of `TAUGHT` or `UNSEEN`; glyph `k` is of kind `kinds[k % len(kinds)]`.
    count : int
    seed : int
        The same seed gives the same glyphs.
    digits : (N, 28, 28) uint8, 255 = ink
        Genuine digits, for the kinds that are made out of them.

    Returns
    -------
    (count, 28, 28) uint8, 255 = ink

    Raises
    ------
    ValueError
        A kind is unknown.
    RuntimeError
        The normaliser found none of many pages of a kind worth a glyph.
    """
    rng = np.random.default_rng(seed)
    glyphs = np.empty((count, _SIDE, _SIDE), np.uint8)
    for k in range(count):
        glyphs[k] = _glyph(kinds[k % len(kinds)], rng, digits)
    return glyphs


def _sheet(kind: str, rng: Generator, digits: Digits) -> Sheet:
    if kind in _MADE_OF_DIGITS:
        return lay(_MADE_OF_DIGITS[kind](rng, digits), rng)
    if kind in _DRAWN:
        return lay(_DRAWN[kind](rng), rng)
    raise ValueError(f"no kind of rubbish is called {kind!r}; there are {', '.join(TAUGHT + UNSEEN)}")


def _glyph(kind: str, rng: Generator, digits: Digits) -> NDArray[np.uint8]:
    """Draw pages until the normaliser leaves a drawing whole, and it is no 1."""
    for _ in range(_TRIES):
        sheet = _sheet(kind, rng, digits)
        found = normalise(sheet.page)
        if found is None or shape.may_be_one(found.pixels):
            continue
        if kind == "texture" or _is_whole(found, sheet.ink):
            return found.pixels
    raise RuntimeError(f"the normaliser found none of {_TRIES} pages of kind {kind!r} whole")


def _is_whole(found: Glyph, ink: Ink) -> bool:
    """Tell whether the glyph is of the whole drawing: it has the same box, and in it about the same ink."""
    x, y, width, height = cv2.boundingRect((ink > _INK).view(np.uint8))
    box = found.box
    meant = np.array([x, y, x + width, y + height])
    got = np.array([box.x, box.y, box.x + box.width, box.y + box.height])
    if np.abs(meant - got).max() > _SHIFT * max(width, height) + 2:
        return False
    drawn, seen = _in_box(ink), _in_box(found.pixels)
    return float((drawn * seen).sum()) > _ALIKE * float(np.linalg.norm(drawn) * np.linalg.norm(seen))


def _in_box(ink: Ink) -> NDArray[np.float32]:
    """Stretch the box of ink to (20, 20) float32, blurred as a shift by a pixel does not matter."""
    x, y, width, height = cv2.boundingRect((ink > _INK).view(np.uint8))
    small = cv2.resize(ink[y : y + height, x : x + width], (20, 20), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.blur(small, (3, 3)), np.float32)
