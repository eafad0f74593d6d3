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
    "1 with a flag": (_stroke("2,30 20,17 34,0 34,0 33,50 31,100"),),
    "2": (_stroke("5,23 15,6 36,0 55,10 56,30 40,57 20,80 2,97 2,97 20,93 42,98 66,94"),),
    "2 with a loop": (_stroke("8,20 20,4 42,2 56,17 50,42 30,70 10,94 2,90 10,80 26,86 46,98 70,90"),),
    "3": (_stroke("7,11 29,0 54,10 51,32 26,46 26,46 54,54 62,77 42,97 17,98 1,87"),),
    "4": (
        _stroke("24,0 15,30 3,60 3,60 32,62 68,57"),
        _stroke("52,26 49,62 44,102"),
    ),
    "5": (
        _stroke("16,4 13,25 10,44 10,44 31,37 55,50 58,75 38,96 14,98 -1,89"),
        _stroke("15,6 36,5 62,0"),
    ),
    "5 in one stroke": (_stroke("62,0 40,3 18,2 18,2 14,22 9,46 9,46 34,40 56,55 54,82 28,99 2,92"),),
    "6": (_stroke("50,0 29,14 11,42 5,74 21,98 46,93 55,72 41,55 20,61 8,76"),),
    "7 crossed": (
        _stroke("3,17 6,6 6,6 30,8 64,2 64,2 48,36 33,70 25,102"),
        _stroke("17,54 36,50 60,47"),
    ),
    "8": (_stroke("53,13 36,1 14,8 13,27 33,45 54,62 56,85 32,100 7,87 10,66 33,46 52,29 56,13 47,5"),),
    "9": (_stroke("55,17 39,2 15,9 6,31 20,47 42,39 55,16 55,16 55,50 50,80 44,103"),),
}
