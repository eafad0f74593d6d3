"""Read what is in the boxes of a form: make glyphs of the ink, and of what the classifier says of them, reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from digitd.forms.boxes.content import Content, content_of, usual_darkness
from digitd.forms.boxes.struck import is_struck, is_struck_through
from digitd.forms.confidence import calibrated
from digitd.forms.rules.values import BoxRead, FieldRead
from digitd.imaging.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from digitd.forms.boxes.cut import BoxInk

_BLANK = BoxRead()
_NO_DIGIT = BoxRead(probabilities=(0.0,) * 10)
_AS_LIKELY = 0.5
"""Probability that a digit with a stroke all through it was meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyphs:
    """What the classifier has to look at.

    Attributes
    ----------
    pixels : (N, 28, 28) uint8
        Glyphs, 255 = ink.
    places : tuple of int
        For each glyph the number of its box, from 0 in the order of the fields; a box may have two.
    contents : tuple of Content
        For each box.
    """

    pixels: NDArray[np.uint8]
    places: tuple[int, ...]
    contents: tuple[Content, ...]


def glyphs_of(fields: Mapping[str, Sequence[BoxInk]]) -> Glyphs:
    """Make glyphs of the boxes of the fields of a page in which something is written."""
    boxes = [box for row in fields.values() for box in row]
    usual = usual_darkness(boxes)
    contents = tuple(content_of(box, usual) for box in boxes)
    found = [
        (place, glyph.pixels)
        for place, (box, content) in enumerate(zip(boxes, contents, strict=True))
        if content is Content.WRITING
        for page in box.pages
        if (glyph := normalise(page)) is not None
    ]
    pixels = np.stack([pixels for _, pixels in found]) if found else np.zeros((0, 28, 28), np.uint8)
    return Glyphs(pixels=pixels, places=tuple(place for place, _ in found), contents=contents)


def reads_of(
    fields: Mapping[str, Sequence[BoxInk]], glyphs: Glyphs, probabilities: NDArray[np.floating]
) -> dict[str, FieldRead]:
    """Make of the classifier's answers what the rules take.

    Parameters
    ----------
    fields : mapping of str to sequence of BoxInk
    glyphs : Glyphs
        Of these fields.
    probabilities : (N, 10) float
        For each glyph, digit 0 first; what a row lacks to 1 is the probability of no digit.
    """
    boxes = [box for row in fields.values() for box in row]
    reads = [_BLANK if content is Content.NOTHING else _NO_DIGIT for content in glyphs.contents]
    answers: dict[int, list[NDArray[np.float64]]] = {}
    for place, row in zip(glyphs.places, calibrated(probabilities), strict=True):
        answers.setdefault(place, []).append(row)
    for place, rows in answers.items():
        mean = np.mean(rows, axis=0)  # (10,): what may be hidden is as likely as not
        if is_struck_through(boxes[place]):
            mean *= _AS_LIKELY
        struck = is_struck(boxes[place], 1 - float(mean.sum()))
        reads[place] = BoxRead(probabilities=tuple(float(p) for p in mean), is_struck=struck)
    in_order = iter(reads)
    return {name: FieldRead(boxes=tuple(next(in_order) for _ in row)) for name, row in fields.items()}
