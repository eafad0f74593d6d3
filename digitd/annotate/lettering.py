"""Set words in a font that Matplotlib brings, as a bitmap of coverage.

Words in alphabets whose letters stand side by side are put together of the bitmaps of their letters. As Matplotlib
hints by default, letters advance by whole pixels; only kerning has fractions, which are rounded when a letter is
placed. So words look as Matplotlib draws them. All else, Arabic for one, is laid out by FreeType as a whole. A name
takes 0.05 ms by letters, 0.6 ms as a whole, over 1 ms as a Matplotlib text; and Matplotlib's caches of texts, which
grew by 40 MB over the first thousand pictures, stay empty.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.ft2font import FT2Font, Kerning, LoadFlags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_SUBPIXELS = 64
"""FreeType's units a pixel."""
_DPI = 72
"""At which a point is a pixel."""
_HINTING = LoadFlags.DEFAULT
_KEPT_PAIRS = 4096
_SIDE_BY_SIDE = re.compile(r"[ -\u02ff\u0370-\u0482\u048a-\u058f\u2010-\u2027\u2030-\u205e\u25a1]*")
"""Latin, Greek, Cyrillic, Armenian, punctuation and the square of `digitd.annotate.wording`; no combining marks."""
_PIECE = re.compile("ff[il]?|f[il]|.")
"""A letter, or letters that the font joins."""


class Coverage(NamedTuple):
    """Words as they are set.

    Attributes
    ----------
    bitmap : ndarray
        (h, w) uint8, 255 = covered.
    left : int
        From the pen's first place to the first column, in pixels.
    rise : int
        From the baseline up to the first row, in pixels.
    advance : int
        How far the pen moves, in pixels.
    """

    bitmap: NDArray[np.uint8]
    left: int
    rise: int
    advance: int


class Lettering:
    """One font in one size.

    Parameters
    ----------
    file : str
        The font.
    size : float
        In pixels.
    """

    def __init__(self, file: str, size: float) -> None:
        self._font = FT2Font(file)
        self._font.set_size(size, _DPI)
        self._pieces: dict[str, Coverage] = {}
        self._kerning = lru_cache(maxsize=_KEPT_PAIRS)(self._measure_kerning)

    def has_glyph(self, character: str) -> bool:
        """Return whether the font can show a character."""
        return bool(self._font.get_char_index(ord(character)))

    def width_of(self, words: str) -> int:
        """Measure words in pixels."""
        if not _SIDE_BY_SIDE.fullmatch(words):
            return self._laid_out(words).advance
        width = 0
        for pen, piece in self._placed(words):
            width = pen + piece.advance
        return width

    def set(self, words: str) -> Coverage:
        """Set words that have glyphs."""
        return self._put_together(words) if _SIDE_BY_SIDE.fullmatch(words) else self._laid_out(words)

    def _put_together(self, words: str) -> Coverage:
        """Set words letter by letter."""
        placed = list(self._placed(words))
        advance = placed[-1][0] + placed[-1][1].advance if placed else 0
        inked = [(pen + piece.left, piece) for pen, piece in placed if piece.bitmap.size]
        if not inked:
            return Coverage(np.zeros((0, 0), np.uint8), 0, 0, advance)
        left = min(column for column, _ in inked)
        right = max(column + piece.bitmap.shape[1] for column, piece in inked)
        rise = max(piece.rise for _, piece in inked)
        fall = max(piece.bitmap.shape[0] - piece.rise for _, piece in inked)
        bitmap = np.zeros((rise + fall, right - left), np.uint8)
        for column, piece in inked:
            height, width = piece.bitmap.shape
            top = rise - piece.rise
            part = bitmap[top : top + height, column - left : column - left + width]
            np.maximum(part, piece.bitmap, out=part)
        return Coverage(bitmap, left, rise, advance)

    def _placed(self, words: str) -> Iterator[tuple[int, Coverage]]:
        """Yield the letters with the place of the pen for each, in pixels."""
        pen, before = 0, ""
        for letters in _PIECE.findall(words):
            piece = self._piece(letters)
            pen += self._kerning(before, letters[0]) if before else 0
            yield round(pen / _SUBPIXELS), piece
            pen += piece.advance * _SUBPIXELS
            before = letters[-1]

    def _piece(self, letters: str) -> Coverage:
        if letters not in self._pieces:
            self._pieces[letters] = self._laid_out(letters)
        return self._pieces[letters]

    def _measure_kerning(self, left: str, right: str) -> int:
        """Return by how many subpixels two letters stand further apart than others."""
        font = self._font
        first, second = font.get_char_index(ord(left)), font.get_char_index(ord(right))
        return font.get_kerning(first, second, Kerning.UNFITTED)

    def _laid_out(self, words: str) -> Coverage:
        """Set words as a whole."""
        font = self._font
        font.clear()
        font.set_text(words, 0.0, flags=_HINTING)
        font.draw_glyphs_to_bitmap(antialiased=True)
        bitmap = np.array(font.get_image(), np.uint8)
        fall = -(-font.get_descent() // _SUBPIXELS)
        left, advance = font.get_bitmap_offset()[0] // _SUBPIXELS, font.get_width_height()[0]
        return Coverage(bitmap, left, len(bitmap) - fall, -(-advance // _SUBPIXELS))
