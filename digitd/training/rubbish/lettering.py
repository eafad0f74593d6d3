"""Draw letters and symbols from printed fonts, warped until they look written.

Letters that are digits to an honest reader (O, l, Z, S, b, g, q, ...) are not among them.
"""

from functools import cache
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFont

from digitd.training.rubbish.pen import Ink, arc, put

LETTERS = "EHKMNRVWXkmvwxЖШЩИ"
SYMBOLS = "?&@#%*€"
GREEK = "ΩΨΔλπΞΦψω"

_SIDE = 84
_SIZE = 52
_FONTS = tuple(
    f"DejaVu{face}.ttf"
    for face in (
        *("Sans", "Sans-Bold", "Sans-Oblique", "Sans-BoldOblique"),
        *("SansMono", "SansMono-Bold", "SansMono-Oblique"),
        *("Serif", "Serif-Bold", "Serif-Italic", "Serif-BoldItalic"),
    )
)
_HERSHEY = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
)


def letter(rng: Generator) -> Ink:
    """Draw a letter that resembles no digit."""
    return _warped(_sign(LETTERS, rng), rng)


def symbol(rng: Generator) -> Ink:
    """Draw a symbol of the keyboard."""
    return _warped(_sign(SYMBOLS, rng), rng)


def greek(rng: Generator) -> Ink:
    """Draw a Greek letter that resembles no digit."""
    return _warped(_sign(GREEK, rng), rng)


def circled_letter(rng: Generator) -> Ink:
    """Draw a letter with a ring round it."""
    ink = _sign(LETTERS, rng)
    x, y, width, height = cv2.boundingRect(ink)
    radius = np.hypot(width, height) / 2 * rng.uniform(1.05, 1.35)
    scale = min(1.0, 0.46 * _SIDE / radius)
    ring = arc(0, 360, radius=radius) + np.array([x + width / 2, y + height / 2])
    around = (ring - _SIDE / 2) * scale + _SIDE / 2
    move = np.array([[scale, 0, _SIDE / 2 * (1 - scale)], [0, scale, _SIDE / 2 * (1 - scale)]])
    ink = np.asarray(cv2.warpAffine(ink, move, (_SIDE, _SIDE)), np.uint8)
    put(ink, around, int(rng.integers(2, 6)))
    return _warped(np.pad(ink, 6), rng)


def _sign(signs: str, rng: Generator) -> Ink:
    """Print one of the signs in the middle of (84, 84)."""
    sign = signs[rng.integers(len(signs))]
    if sign.isascii() and rng.random() < 0.3:
        return _engraved(sign, rng)
    image = Image.new("L", (_SIDE, _SIDE))
    font = _font(_FONTS[rng.integers(len(_FONTS))])
    ImageDraw.Draw(image).text((_SIDE / 2, _SIDE / 2), sign, fill=255, font=font, anchor="mm")
    return np.array(image, np.uint8)


@cache
def _font(name: str) -> ImageFont.FreeTypeFont:
    path = Path(mpl.get_data_path()) / "fonts" / "ttf" / name
    return ImageFont.truetype(str(path), _SIZE, layout_engine=ImageFont.Layout.BASIC)


def _engraved(sign: str, rng: Generator) -> Ink:
    """Print a sign in a font of single strokes."""
    font, thickness = _HERSHEY[rng.integers(len(_HERSHEY))], int(rng.integers(2, 7))
    (width, height), _ = cv2.getTextSize(sign, font, 2, thickness)
    ink = np.zeros((_SIDE, _SIDE), np.uint8)
    place = ((_SIDE - width) // 2, (_SIDE + height) // 2)
    cv2.putText(ink, sign, place, font, 2, 255, thickness, cv2.LINE_AA)
    return ink


def _warped(ink: Ink, rng: Generator) -> Ink:
    """Slant, turn, stretch and bend ink, and draw it with another pen."""
    side = ink.shape[0]
    turn = np.deg2rad(rng.normal(0, 6))
    shear = rng.normal(-0.1, 0.15)
    scale = np.exp(rng.normal(0, 0.1, 2))
    form = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ [[1, shear], [0, 1]] / scale
    middle = side / 2
    move = np.column_stack([form, middle - form @ [middle, middle]])
    y, x = np.mgrid[:side, :side].astype(np.float32)
    bend = rng.normal(0, 0.022 * side, (2, 5, 5)).astype(np.float32)
    dx, dy = (cv2.resize(part, (side, side), interpolation=cv2.INTER_CUBIC) for part in bend)
    from_x = move[0, 0] * x + move[0, 1] * y + move[0, 2] + dx
    from_y = move[1, 0] * x + move[1, 1] * y + move[1, 2] + dy
    ink = np.asarray(cv2.remap(ink, from_x.astype(np.float32), from_y.astype(np.float32), cv2.INTER_LINEAR), np.uint8)
    if rng.random() < 0.4:
        reach = int(rng.integers(2, 5))
        ink = np.asarray(cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))), np.uint8)
    return ink
