"""Draw training digits on pages as scanners and phones deliver them, for the normaliser to bring back.

What it brings back is not quite what was drawn: blur, a bit of a box, the ghost of a ruling line. A model that has seen
these remains reads through them. Every page is another mixture of size, place, pen, print, light and noise.
"""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Ink = NDArray[np.float32]
"""(H, W) float32 coverage, 0 = paper, 1 = ink."""
Page = NDArray[np.uint8]
"""(H, W) uint8 grey."""

_INK_SIDE = 20
"""Pixels: the longer side of the ink in MNIST."""


def draw_page(digit: NDArray[np.uint8] | None, other: NDArray[np.uint8] | None, rng: Generator) -> Page:
    """Draw a digit on a page of 20 to 330 pixels.

    Parameters
    ----------
    digit : (28, 28) uint8, 255 = ink, or None
        Read from the page by whoever looks at it; with None there is nothing to read.
    other : (28, 28) uint8, or None
        A neighbour, of which some pages show a piece at the edge.
    rng : Generator
    """
    scale = np.exp(rng.uniform(np.log(18), np.log(110))) / _INK_SIDE
    ink = np.zeros((round(_INK_SIDE * scale),) * 2, np.float32) if digit is None else _enlarged(digit, scale)
    size = max(ink.shape)
    margins = np.ceil(size * np.exp(rng.uniform(np.log(0.04), np.log(0.9), 4))).astype(int)
    left, top, right, bottom = margins
    page = np.zeros((top + ink.shape[0] + bottom, left + ink.shape[1] + right), np.float32)
    page[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    corners = (int(left), int(top), int(left) + ink.shape[1], int(top) + ink.shape[0])
    draw = rng.random()
    print_ = np.zeros_like(page)
    if draw < 0.25:
        print_ = _box(page.shape, corners, rng)
    elif draw < 0.40:
        print_ = _rules(page.shape, size, rng)
    elif draw < 0.48:
        print_ = _edges(page.shape, rng)
    elif draw < 0.56 and other is not None:
        page = _with_neighbour(page, _enlarged(other, size / _INK_SIDE), margins, rng)
    return _seen(page, print_, rng)


def _enlarged(digit: NDArray[np.uint8], scale: float) -> Ink:
    """Cut a digit out and bring it to a scale, with edges between soft and sharp."""
    x, y, width, height = cv2.boundingRect(digit)
    tight = np.pad(digit[y : y + height, x : x + width], 1)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    ink = cv2.resize(tight, None, fx=scale, fy=scale, interpolation=way).astype(np.float32) / np.float32(255)
    return np.asarray(np.clip(ink, 0, 1), np.float32)


def _box(shape: tuple[int, ...], corners: tuple[int, int, int, int], rng: Generator) -> Ink:
    """Print a box around the digit, near or far, or across its margin on one side; sometimes one side is missing."""
    left, top, right, bottom = corners
    size = max(right - left, bottom - top)
    gaps = rng.uniform(0.02, 0.35, 4) * size
    if rng.random() < 0.5:
        gaps[rng.integers(4)] = rng.uniform(-0.15, 0.02) * size
    box = np.array([left - gaps[0], top - gaps[1], right + gaps[2], bottom + gaps[3]])
    points = box[[[0, 1], [2, 1], [2, 3], [0, 3], [0, 1]]]
    middle = points[:4].mean(axis=0)
    angle = np.deg2rad(rng.normal(0, 1.2))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    points = (points - middle) @ turn + middle
    return _stroked(shape, points if rng.random() < 0.9 else points[1:], max(1, round(rng.uniform(0.015, 0.06) * size)))


def _rules(shape: tuple[int, ...], size: int, rng: Generator) -> Ink:
    """Rule the page, or square it."""
    height, width = shape
    pitch = rng.uniform(0.4, 1.6) * size
    thickness = max(1, round(rng.uniform(0.01, 0.03) * size))
    rise = rng.normal(0, 0.012)
    lines = np.zeros(shape, np.float32)
    for at in np.arange(rng.uniform(-pitch, pitch), height + pitch, pitch):
        lines = np.maximum(lines, _stroked(shape, np.array([[-1, at], [width, at + rise * width]]), thickness))
    if rng.random() < 0.5:
        for at in np.arange(rng.uniform(-pitch, pitch), width + pitch, pitch):
            lines = np.maximum(lines, _stroked(shape, np.array([[at, -1], [at - rise * height, height]]), thickness))
    return lines * np.float32(rng.uniform(0.3, 0.9))


def _edges(shape: tuple[int, ...], rng: Generator) -> Ink:
    """Leave pieces of a box at one to three edges of the page."""
    height, width = shape
    deep = rng.uniform(0, 0.05, (4, 2)) * max(shape)
    sides = np.array(
        [
            [[deep[0, 0], 0], [deep[0, 1], height]],
            [[0, deep[1, 0]], [width, deep[1, 1]]],
            [[width - deep[2, 0], 0], [width - deep[2, 1], height]],
            [[0, height - deep[3, 0]], [width, height - deep[3, 1]]],
        ]
    )
    edges = np.zeros(shape, np.float32)
    for side in rng.permutation(4)[: rng.integers(1, 4)]:
        edges = np.maximum(edges, _stroked(shape, sides[side], max(1, round(rng.uniform(0.01, 0.05) * max(shape)))))
    return edges


def _with_neighbour(page: Ink, other: Ink, margins: NDArray[np.integer], rng: Generator) -> Ink:
    """Let a piece of another digit reach in from the left or the right."""
    side = int(rng.choice([0, 2]))
    room = int(margins[side]) - 2
    seen = min(int(rng.uniform(0.1, 0.6) * room), other.shape[1])
    if seen < 1:
        return page
    height = min(other.shape[0], page.shape[0])
    top = int(rng.integers(0, page.shape[0] - height + 1))
    page = page.copy()
    if side == 0:
        page[top : top + height, :seen] = other[:height, other.shape[1] - seen :]
    else:
        page[top : top + height, page.shape[1] - seen :] = other[:height, :seen]
    return page


def _stroked(shape: tuple[int, ...], points: NDArray[np.floating], thickness: int) -> Ink:
    canvas = np.zeros(shape, np.uint8)
    ends = np.rint(points * 16).astype(np.int32)
    cv2.polylines(canvas, [ends], isClosed=False, color=255, thickness=thickness, lineType=cv2.LINE_AA, shift=4)
    return canvas.astype(np.float32) / np.float32(255)


def _seen(ink: Ink, print_: Ink, rng: Generator) -> Page:
    """Look at ink and print on paper through a scanner or a camera: light, blur, noise, JPEG, either polarity."""
    paper = rng.uniform(150, 255)
    grey: NDArray[np.floating] = paper - np.maximum(
        ink * rng.uniform(0.25, 1) * paper, print_ * rng.uniform(0.2, 1) * paper
    )
    height, width = grey.shape
    if rng.random() < 0.3:
        grey *= _light(height, width, rng)
    if rng.random() < 0.4:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.003, 0.03) * max(grey.shape) + 0.1), grey.dtype)
    if rng.random() < 0.3:
        coarse = rng.normal(0, rng.uniform(1, 6), (height // 3 + 2, width // 3 + 2)).astype(np.float32)
        grey = grey + cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.5:
        grey = grey + rng.normal(0, rng.uniform(0.5, 12), grey.shape)
    page: Page = np.rint(np.clip(grey, 0, 255)).astype(np.uint8)
    if rng.random() < 0.25:
        packed = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 90))])[1]
        page = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return ~page if rng.random() < 0.25 else page


def _light(height: int, width: int, rng: Generator) -> NDArray[np.float32]:
    """Let light fall off along a direction, or end at the edge of a shadow: (height, width) float32, at most 1."""
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.linspace(-1, 1, height, dtype=np.float32)[:, None], np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    along = np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y
    least = np.float32(rng.uniform(0.4, 0.9))
    if rng.random() < 0.7:
        return np.asarray(least + (1 - least) * (along + np.float32(1.5)) / 3, np.float32)
    soft = np.float32(np.exp(rng.uniform(np.log(0.02), np.log(0.2))))
    return np.asarray(
        least + (1 - least) / (1 + np.exp(np.clip((along - rng.uniform(-0.5, 0.5)) / soft, -60, 60))), np.float32
    )
