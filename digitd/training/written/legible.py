"""Tell whether a careless hand went too far: what keeps a 1 from a 7, a 4 from a 9, a 5 from a 6.

The rules look at control points, not at ink, and only at what the forms of one digit share.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from digitd.training.written.bend import Points

_Strokes = Sequence[Points]


def legible(digit: int, strokes: Sequence[Points]) -> bool:
    """Tell whether bent strokes still read as their digit.

    Parameters
    ----------
    digit : int
    strokes : sequence of (P, 2) float64
        Control points in the order of writing, y down, in any unit.
    """
    low = np.concatenate(strokes).min(axis=0)
    height = max(float(np.ptp(np.concatenate(strokes)[:, 1])), 1e-6)
    rule = _RULES.get(digit)
    return rule is None or rule([(stroke - low) / height for stroke in strokes])


def flag(strokes: Sequence[Points]) -> tuple[float, float]:
    """Measure the flag of a 1: degrees below the horizontal from the apex to the tip, and its fall in heights."""
    points = np.concatenate(strokes)
    tip, apex = strokes[0][0], points[points[:, 1].argmin()]
    reach, fall = float(apex[0] - tip[0]), float(tip[1] - apex[1])
    return float(np.rad2deg(np.arctan2(fall, reach))), fall / float(np.ptp(points[:, 1]))


def bar(strokes: Sequence[Points]) -> tuple[float, float]:
    """Measure the bar of a 7: degrees by which it rises to the right, and its length in heights."""
    way, height = strokes[0], float(np.ptp(np.concatenate(strokes)[:, 1]))
    right = _bar_end(way)
    before = way[: right + 1]
    starts = before[before[:, 0] <= before[:, 0].min() + 0.25 * np.ptp(before[:, 0])]
    left = starts[starts[:, 1].argmin()]
    along, rise = float(way[right, 0] - left[0]), float(left[1] - way[right, 1])
    return float(np.rad2deg(np.arctan2(rise, along))), along / height


def _bar_end(way: Points) -> int:
    """Find the point farthest to the right in the upper third of the first stroke of a 7."""
    upper = way[:, 1] < way[:, 1].min() + 0.3 * np.ptp(way[:, 1])
    return int(np.where(upper, way[:, 0], -np.inf).argmax())


def _rise(stroke: Points) -> float:
    """Measure by how much a stroke rises on its way to the right, as a share of that way."""
    reach, fall = stroke[-1] - stroke[0]
    return -float(fall) / max(float(reach), 1e-6)


def _bulges(stem: Points) -> Points:
    """Measure how far points lie to the right of the line from the first to the last, which is lower: (P,)."""
    reach, fall = stem[-1] - stem[0]
    return np.asarray(stem[:, 0] - stem[0, 0] - (stem[:, 1] - stem[0, 1]) * reach / max(float(fall), 0.1), np.float64)


def _nought(strokes: _Strokes) -> bool:
    """Its ends nearly meet, and the last does not leave to the right as that of a turned 6."""
    way = strokes[0]
    meet = float(np.hypot(*(way[-1] - way[0]))) < 0.42
    return meet and float(way[-1, 0]) < float(way[:-3, 0].max()) + 0.14


def _one(strokes: _Strokes) -> bool:
    """Its flag falls at 33-63 degrees and less than 62 % of the height; its stem is straight and stands."""
    points = np.concatenate(strokes)
    apex = points[points[:, 1].argmin()]
    way = strokes[1] if strokes[0][-1, 1] < 0.5 else strokes[0]  # its flag may be written apart
    stem = way[int(way[:-1, 1].argmin()) : int(way[:, 1].argmax()) + 1]
    angle, fall = flag(strokes)
    stands = -0.5 < float(stem[-1, 0] - stem[0, 0]) < 0.22 and float(np.abs(_bulges(stem)).max()) < 0.08
    return stands and (bool(np.hypot(*(strokes[0][0] - apex)) < 0.1) or (33 < angle < 63 and fall < 0.62))


def _two(strokes: _Strokes) -> bool:
    """Its base is long and nearly level."""
    way = strokes[0]
    low = way[way[:, 1] > 0.65]
    reach, rise = low[-1] - low[low[:, 0].argmin()]
    return float(reach) > 0.3 and abs(float(rise)) < 0.45 * float(reach)


def _four(strokes: _Strokes) -> bool:
    """Its stem goes on well below the corner at the left, far from it, and hardly to the right, as that of an A."""
    corner, stem = strokes[0][strokes[0][:, 0].argmin()], strokes[-1][-2:]
    falls = float(stem[1, 1] - corner[1]) > 0.2 and float(stem[1, 0] - stem[0, 0]) < 0.1
    if len(strokes) == 1 and strokes[0][0, 0] < corner[0] + 0.15:
        return False
    return falls and float(strokes[-1][:, 0].mean() - corner[0]) > 0.25


def _five(strokes: _Strokes) -> bool:
    """Its belly stays open: the end is far below the neck; a hat is nearly level."""
    way = strokes[0]
    above = way[way[:, 1] < 0.65]
    neck = above[above[:, 0].argmin()]
    level = len(strokes) == 1 or abs(_rise(strokes[1])) < 0.35
    return level and float(way[-1, 1] - max(neck[1], 0.25)) > 0.32


def _six(strokes: _Strokes) -> bool:
    """Its back rises well above its loop, and to the right, as that of a b does not."""
    way = strokes[0]
    return float(way[-4:, 1].min() - way[0, 1]) > 0.25 and float(way[0, 0] - way[:, 0].min()) > 0.06


def _seven(strokes: _Strokes) -> bool:
    """Its bar is long and nearly level; its stem falls to the left and hardly bulges; a cross-bar hardly falls."""
    way = strokes[0]
    angle, length = bar(strokes)
    stem = way[_bar_end(way) :]
    lean, bulges = float(stem[0, 0] - stem[-1, 0]), _bulges(stem)
    if len(strokes) > 1 and _rise(strokes[1]) < -0.2:
        return False
    return bool(
        -10 < angle < 20 and length > 0.45 and -0.08 < lean < 0.8 and -0.2 < bulges.min() <= bulges.max() < 0.06
    )


_RULES: Mapping[int, Callable[[_Strokes], bool]] = MappingProxyType(
    {0: _nought, 1: _one, 2: _two, 4: _four, 5: _five, 6: _six, 7: _seven}
)
