"""Take characters from the fonts that come with matplotlib: DejaVu and STIX."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator
    from PIL import ImageFont

    from digitd.training.rubbish.hand import Ink

FACES = (
    "DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSans-Oblique.ttf",
    "DejaVuSans-BoldOblique.ttf",
    "DejaVuSansMono.ttf",
    "DejaVuSansMono-Oblique.ttf",
    "DejaVuSerif.ttf",
    "DejaVuSerif-Bold.ttf",
    "DejaVuSerif-Italic.ttf",
    "STIXGeneral.ttf",
    "STIXGeneralItalic.ttf",
)
LIGHT = tuple(face for face in FACES if "Bold" not in face)
SANS = FACES[:2]
"""The faces that hold symbols."""
_SIZE = 80  # pixels; drawings are made smaller


def character(text: str, rng: Generator, faces: tuple[str, ...] = FACES) -> Ink:
    """Print a character in a random face, its strokes up to two pixels broader or one narrower on each side."""
    ink = _printed(text, faces[rng.integers(len(faces))])
    side = int(rng.integers(0, 5))
    if side == 0:
        return np.asarray(cv2.erode(ink, np.ones((3, 3), np.uint8)), np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.dilate(ink, kernel), np.uint8)


@cache
def _printed(text: str, face: str) -> Ink:
    """Print text tightly, with three pixels around it: (H, W) uint8, 255 = ink."""
    from PIL import Image, ImageDraw

    font = _font(face)
    left, top, right, bottom = (int(side) for side in font.getbbox(text))
    sheet = Image.new("L", (right - left + 6, bottom - top + 6))
    ImageDraw.Draw(sheet).text((3 - left, 3 - top), text, fill=255, font=font)
    ink = np.array(sheet)
    ink.setflags(write=False)
    return ink


@cache
def _font(face: str) -> ImageFont.FreeTypeFont:
    import matplotlib as mpl
    from PIL import ImageFont

    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / face, _SIZE)
