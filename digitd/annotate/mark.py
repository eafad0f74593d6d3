"""The mark of each status: a colour, a shape and a word, so that none of them is needed alone.

Colours are told apart under the common colour-vision deficiencies: blue and orange of Okabe and Ito (2008, "Color
Universal Design"), a neutral grey, and a dark wine red that differs from both in lightness.
"""

from dataclasses import dataclass

from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from digitd.annotate.canvas import INK, WHITE, Area, Canvas
from digitd.values import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a status looks: its word, its colour, and the colour of what is written on it."""

    word: str
    colour: str
    on_colour: str


LOOKS = {
    Status.ACCEPTED: Look(word="Accepted", colour="#0072b2", on_colour=WHITE),
    Status.REVIEW: Look(word="Please check", colour="#e69f00", on_colour=INK),
    Status.BLANK: Look(word="Blank", colour="#66727f", on_colour=WHITE),
    Status.FAILED: Look(word="Not read", colour="#8c1d40", on_colour=WHITE),
}


def _strokes(*strokes: list[tuple[float, float]]) -> Path:
    return Path.make_compound_path(*(Path(stroke) for stroke in strokes))


# Within a circle of radius 1; x to the right, y down.
_SHAPES = {
    Status.ACCEPTED: Path.unit_circle(),
    Status.REVIEW: Path([(0, -0.95), (1.08, 0.85), (-1.08, 0.85), (0, -0.95)], closed=True),
    Status.BLANK: Path([(-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8), (-0.8, -0.8)], closed=True),
    Status.FAILED: Path.unit_regular_polygon(8).transformed(Affine2D().rotate_deg(22.5)),
}
_SIGNS = {
    Status.ACCEPTED: _strokes([(-0.42, 0.02), (-0.12, 0.34), (0.45, -0.36)]),
    Status.REVIEW: _strokes([(0, -0.3), (0, 0.22)], [(0, 0.55), (0, 0.56)]),
    Status.BLANK: _strokes([(-0.32, 0), (0.32, 0)]),
    Status.FAILED: _strokes([(-0.36, -0.36), (0.36, 0.36)], [(-0.36, 0.36), (0.36, -0.36)]),
}


class Mark:
    """The shape of one status, drawn wherever, and as large as asked."""

    def __init__(self, canvas: Canvas, status: Status) -> None:
        look = LOOKS[status]
        self._canvas = canvas
        self._status = status
        self._is_hollow = status is Status.BLANK
        fill, sign = ("none", look.colour) if self._is_hollow else (look.colour, look.on_colour)
        self._shape = PathPatch(_SHAPES[status], facecolor=fill, edgecolor=look.colour, joinstyle="round")
        self._sign = PathPatch(_SIGNS[status], facecolor="none", edgecolor=sign, capstyle="round", joinstyle="round")
        for part in (self._shape, self._sign):
            part.set_figure(canvas.figure)

    def draw(self, x: int, y: int, radius: int) -> None:
        """Draw the mark round a point of the canvas."""
        reach = radius + radius // 4 + 1  # a triangle is wider than its circle
        area = Area(x - reach, y - reach, 2 * reach, 2 * reach)
        self._canvas.stamp((self._status, radius), area, lambda: self._placed(x, y, radius))

    def _placed(self, x: int, y: int, radius: int) -> tuple[PathPatch, PathPatch]:
        stroke = 0.2 * radius
        self._shape.set_linewidth(stroke)
        self._sign.set_linewidth(stroke)
        placed = Affine2D().scale(radius - stroke / 2).translate(x, y) + self._canvas.down
        for part in (self._shape, self._sign):
            part.set_transform(placed)
        return self._shape, self._sign
