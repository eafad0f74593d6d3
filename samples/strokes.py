"""How a hand writes each digit: the pen's way, as points that a smooth line passes through.

Points are "x,y" in hundredths of the digit's height, y down. A point given twice is a corner: the pen turns there
without leaving the paper.
"""

import numpy as np
from numpy.typing import NDArray

Stroke = NDArray[np.float64]  # (points, 2), x and y in heights of the digit


def _stroke(points: str) -> Stroke:
    return np.array([point.split(",") for point in points.split()], dtype=np.float64) / 100


DIGITS: dict[str, tuple[Stroke, ...]] = {
    "0": (_stroke("37,3 17,12 4,45 10,82 33,99 56,84 64,48 52,13 34,3 23,9"),),
    "5 in one stroke": (_stroke("62,0 40,3 18,2 18,2 14,22 9,46 9,46 34,40 56,55 54,82 28,99 2,92"),),
    "6": (_stroke("50,0 29,14 11,42 5,74 21,98 46,93 55,72 41,55 20,61 8,76"),),
    "8": (_stroke("53,13 36,1 14,8 13,27 33,45 54,62 56,85 32,100 7,87 10,66 33,46 52,29 56,13 47,5"),),
    "9": (_stroke("55,17 39,2 15,9 6,31 20,47 42,39 55,16 55,16 55,50 50,80 44,103"),),
    "9 with a curl": (_stroke("54,20 40,2 16,7 5,29 20,46 43,38 56,15 57,50 50,85 28,102 8,93"),),
}
