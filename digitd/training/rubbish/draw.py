"""Draw pages and glyphs of what is not a digit, by kind.

A glyph is what the normaliser makes of such a page. Where the normaliser took away so much that what is left may be a
digit (one of two, or one without the line that struck it out), the page is drawn again, and so is what may be a 1.

Residual risk: no measure tells every chance likeness. Tangles and blotches now and then come out like a digit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digitd.imaging.normalise import normalise
from digitd.training.rubbish import (
    bars,
    curls,
    doodles,
    dots,
    figures,
    fragments,
    letters,
    marks,
    punctuation,
    rings,
    ruling,
    shape,
    spoilt,
    surfaces,
    symbols,
)
from digitd.training.rubbish.remains import is_all_there, is_whole
from digitd.training.rubbish.sheet import Sheet, lay, lay_on_form

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
    "doodle": doodles.doodle,
    "ringed_mark": rings.ringed_mark,
    "curl": curls.curl,
    "punctuation": punctuation.punctuation,
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
_PAGES: dict[str, Callable[[Generator], NDArray[np.uint8]]] = {
    "light_bar": bars.light_bar,
    "random_dots": dots.random_dots,
}
_SHAPELESS = {"texture", *_PAGES}
"""Kinds of which any part is as good as the whole."""
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
    "doodle",
    "ringed_mark",
    "curl",
    "punctuation",
    "light_bar",
    "random_dots",
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
_ON_FORMS = 0.3
"""Of what is taught is drawn where digits are drawn too, or the remains of print would tell that it is a digit."""
_MUST_BE_BUSY = {"doodle", "ringed_mark", "random_dots"}
"""Kinds put together by chance, which are drawn again where chance has made something as plain as a digit."""


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
    (H, W) uint8, dark ink on light paper; some pages of the kinds taught are of the other polarity

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
    if kind in _PAGES:
        page = _PAGES[kind](rng)
        return Sheet(page=page, ink=np.zeros_like(page))
    if kind in _MADE_OF_DIGITS:
        drawing = _MADE_OF_DIGITS[kind](rng, digits)
    elif kind in _DRAWN:
        drawing = _DRAWN[kind](rng)
    else:
        raise ValueError(f"no kind of rubbish is called {kind!r}; there are {', '.join(TAUGHT + UNSEEN)}")
    if kind in TAUGHT and rng.random() < _ON_FORMS:
        return lay_on_form(drawing, rng)
    return lay(drawing, rng)


def _glyph(kind: str, rng: Generator, digits: Digits) -> NDArray[np.uint8]:
    """Draw pages until the normaliser leaves a drawing whole, and it is no 1."""
    for _ in range(_TRIES):
        sheet = _sheet(kind, rng, digits)
        found = normalise(sheet.page)
        if found is None or shape.may_be_one(found.pixels):
            continue
        if kind in _MUST_BE_BUSY and not shape.is_busy(found.pixels):
            continue
        if kind in _SHAPELESS or (is_all_there if sheet.is_form else is_whole)(found, sheet.ink):
            return found.pixels
    raise RuntimeError(f"the normaliser found none of {_TRIES} pages of kind {kind!r} whole")
