"""Name the kinds of rubbish and bring their drawings through the normaliser, as the service would see them."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digitd.imaging.normalise import normalise
from digitd.training.rubbish import from_digits, grounds, lettering, scrawls
from digitd.training.rubbish.pen import Ink, Page, on_paper

TAUGHT: tuple[str, ...] = (
    *("dash", "cross", "strike_out", "scribble", "letter"),
    *("two_digits", "fragment", "lines", "texture"),
)
"""Kinds to train on."""
UNSEEN: tuple[str, ...] = (
    *("check_mark", "symbol", "arrow", "smiley", "filled"),
    *("circled_letter", "greek", "signature", "spiral"),
)
"""Kinds never trained on, to measure with."""

_PENS: dict[str, Callable[[Generator], Ink]] = {
    "dash": scrawls.dash,
    "cross": scrawls.cross,
    "scribble": scrawls.scribble,
    "lines": scrawls.lines,
    "letter": lettering.letter,
    "check_mark": scrawls.check_mark,
    "symbol": lettering.symbol,
    "arrow": scrawls.arrow,
    "smiley": scrawls.smiley,
    "filled": scrawls.filled,
    "circled_letter": lettering.circled_letter,
    "greek": lettering.greek,
    "signature": scrawls.signature,
    "spiral": scrawls.spiral,
}
_REMAKERS: dict[str, Callable[[Generator, NDArray[np.uint8]], Ink]] = {
    "strike_out": from_digits.strike_out,
    "two_digits": from_digits.two_digits,
    "fragment": from_digits.fragment,
}
_TRIES = 100
_ALIKE = 0.8
"""Correlation of the glyph with the whole drawing; below, the normaliser left out a part, perhaps all but a digit."""
_SLIM, _STEEP_DEG = 0.3, 35
"""Breadth of its length, and degrees from the horizontal: what is slimmer and steeper is a 1."""


def draw_rubbish(kind: str, rng: Generator, digits: NDArray[np.uint8]) -> Page:
    """Draw a page with no digit on it.

    Parameters
    ----------
    kind : str
        One of `TAUGHT` or `UNSEEN`.
    rng : Generator
    digits : (N, 28, 28) uint8, 255 = ink
        Genuine digits, the raw material of some kinds.

    Returns
    -------
    (H, W) uint8, 0 = ink

    Raises
    ------
    ValueError
        Where no kind has this name.
    """
    if kind == "texture":
        return grounds.texture(rng)
    if kind in _REMAKERS:
        return on_paper(_REMAKERS[kind](rng, digits), rng)
    if kind in _PENS:
        return on_paper(_PENS[kind](rng), rng)
    raise ValueError(f"no rubbish is called {kind!r}; there are {', '.join(TAUGHT + UNSEEN)}")


def rubbish_glyphs(kinds: Sequence[str], count: int, *, seed: int, digits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Draw rubbish as a classifier gets to see it, the kinds in turn.

    Parameters
    ----------
    kinds : sequence of str
        Glyph i is of kind i modulo their number.
    count : int
    seed : int
        The same seed gives the same glyphs.
    digits : (N, 28, 28) uint8, 255 = ink
        Genuine digits, the raw material of some kinds.

    Returns
    -------
    (count, 28, 28) uint8, 255 = ink

    Raises
    ------
    ValueError
        Where no kind has this name, or nothing of it ever passes through the normaliser.
    """
    rng = np.random.default_rng(seed)
    glyphs = np.zeros((count, 28, 28), np.uint8)
    for i in range(count):
        glyphs[i] = _glyph(kinds[i % len(kinds)], rng, digits)
    return glyphs


def _glyph(kind: str, rng: Generator, digits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Draw until the normaliser shows what was drawn, and it is no 1."""
    for _ in range(_TRIES):
        page = draw_rubbish(kind, rng, digits)
        glyph = normalise(page)
        if glyph is None or _is_a_one(glyph.pixels):
            continue
        if kind == "texture" or _is_whole(glyph.pixels, page):
            return glyph.pixels
    raise ValueError(f"the normaliser shows nothing of {kind!r} in {_TRIES} drawings")


def _is_whole(glyph: NDArray[np.uint8], page: Page) -> bool:
    """Tell whether a glyph shows all of the ink of an evenly lit page."""
    ink = page.max() - page
    seen, drawn = (_filled(part) for part in (glyph, ink))
    return bool(np.corrcoef(seen.ravel(), drawn.ravel())[0, 1] > _ALIKE)


def _filled(ink: Ink) -> NDArray[np.uint8]:
    """Stretch the box of the ink to (20, 20) and frame it in paper, or solid ink would correlate with nothing."""
    x, y, width, height = cv2.boundingRect((ink > int(ink.max()) // 3).view(np.uint8))
    box = cv2.resize(ink[y : y + height, x : x + width], (20, 20), interpolation=cv2.INTER_AREA)
    return np.pad(np.asarray(box, np.uint8), 1)


def _is_a_one(glyph: NDArray[np.uint8]) -> bool:
    """Tell whether a glyph is a single steep stroke, by the second moments of its ink."""
    moments = cv2.moments(glyph)
    spread = np.array([[moments["mu20"], moments["mu11"]], [moments["mu11"], moments["mu02"]]])
    (minor, major), axes = np.linalg.eigh(spread)
    steep_deg = np.rad2deg(np.arctan2(abs(axes[1, 1]), abs(axes[0, 1])))
    return bool(minor < _SLIM**2 * major and steep_deg > _STEEP_DEG)
