"""Draw marks that a pen leaves where no digit is: dashes, crosses, scribbles, lines, ticks, arrows, faces."""

import cv2
import numpy as np
from numpy.random import Generator

from digitd.training.rubbish.pen import Ink, Stroke, arc, drawn, inked, smooth


def dash(rng: Generator) -> Ink:
    """Draw one dash, two of them, or a wave; none steep enough to be a 1."""
    draw = rng.random()
    if draw < 0.3:
        x = np.linspace(0, 1, 24)
        wave = np.stack([x, rng.uniform(0.06, 0.14) * np.sin(2 * np.pi * x * rng.uniform(0.9, 1.3))], axis=1)
        return drawn([wave], rng)
    slope = rng.uniform(-0.28, 0.28)
    first = _line(0, 0, 1, slope)
    if draw < 0.55:
        return drawn([first, first * rng.uniform(0.8, 1.1) + [0, rng.uniform(0.2, 0.5)]], rng, widths=(0.04, 0.12))
    return drawn([first], rng, widths=(0.04, 0.25))


def cross(rng: Generator) -> Ink:
    """Draw an x, a + or a star."""
    turn = rng.choice([0, 45]) + rng.normal(0, 5)
    arms = 2 if rng.random() < 0.8 else 3
    strokes = []
    for angle in turn + np.arange(arms) * 180 / arms:
        along = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
        strokes.append(np.array([-along, along]) * rng.uniform(0.8, 1.1, (2, 1)) + rng.normal(0, 0.05, 2))
    return drawn(strokes, rng, turn_deg=3)


def scribble(rng: Generator) -> Ink:
    """Draw one long line to and fro."""
    if rng.random() < 0.5:
        points = rng.random((int(rng.integers(10, 22)), 2)) * [rng.uniform(0.8, 1.6), 1]
        return inked([smooth(points)], rng, widths=(0.03, 0.08))
    line = zigzag(rng, int(rng.integers(7, 16)))
    turn = np.deg2rad(rng.uniform(0, 180))
    line = line @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return inked([smooth(line) if rng.random() < 0.5 else line], rng, widths=(0.03, 0.09))


def zigzag(rng: Generator, turns: int) -> Stroke:
    """Return points to and fro across the unit square."""
    y = np.arange(turns) % 2 + rng.normal(0, 0.12, turns)
    return np.stack([np.linspace(0, 1, turns) + rng.normal(0, 0.03, turns), y], axis=1)


def lines(rng: Generator) -> Ink:
    """Draw a grid, a box, a corner that is no 7, or parallel lines."""
    draw = rng.integers(4)
    if draw == 0:
        columns = int(rng.integers(2, 5))
        # three lines across two would be the 8 of a pocket calculator
        rows = int(rng.integers(2, 4)) if columns > 2 else 2
        over = rng.uniform(0.1, 0.3)
        across = [_line(-over, y, 1 + over, y) for y in np.linspace(0, 1, rows)]
        down = [_line(x, -over, x, 1 + over) for x in np.linspace(0, 1, columns)]
        return drawn(across + down, rng, turn_deg=4, widths=(0.03, 0.08))
    if draw == 1:
        return drawn(_box(rng), rng, turn_deg=4, wobble=0.01, widths=(0.03, 0.09))
    if draw == 2:
        arms = rng.uniform(0.7, 1, 2)
        corner = np.array([[arms[0], 0], [0, 0], [0, arms[1]]]) * [[1, 1], [1, -1], [-1, -1]][rng.integers(3)]
        return drawn([corner], rng, turn_deg=4)
    count = int(rng.integers(3, 6))
    turn = np.deg2rad(rng.uniform(0, 180))
    form = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    parallel = [_line(0, y + rng.normal(0, 0.06), 1, y) @ form for y in np.linspace(0, 1, count)]
    return drawn(parallel, rng, wobble=0.01, widths=(0.03, 0.08))


def check_mark(rng: Generator) -> Ink:
    """Tick something off."""
    short = rng.uniform(0.25, 0.45)
    tick = np.array([[-rng.uniform(0.3, 0.5), -short], [0, 0], [rng.uniform(0.6, 1), -1]])
    return drawn([tick], rng)


def arrow(rng: Generator) -> Ink:
    """Draw an arrow to the left, to the right or down; upward it would be a 1, to a corner a 7."""
    head = rng.uniform(0.25, 0.45)
    wide = rng.uniform(0.18, 0.35)
    strokes = [_line(0, 0, 1, 0), np.array([[1 - head, -wide], [1, 0], [1 - head, wide]])]
    turn = np.deg2rad(rng.choice([0, 180, 90]) + rng.normal(0, 7))
    form = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return drawn([stroke @ form for stroke in strokes], rng, turn_deg=3, widths=(0.04, 0.1))


def smiley(rng: Generator) -> Ink:
    """Draw a face that smiles or frowns."""
    mouth = arc(25, 155, radius=rng.uniform(0.45, 0.6))
    if rng.random() < 0.3:
        mouth = mouth * [1, -1] + [0, 0.8]
    apart, above = rng.uniform(0.28, 0.42), rng.uniform(0.2, 0.4)
    tall = rng.uniform(0.02, 0.15)
    eyes = [_line(x, -above, x, -above - tall) for x in (-apart, apart)]
    return drawn([arc(0, 365), mouth, *eyes], rng, wobble=0.01, widths=(0.04, 0.08))


def spiral(rng: Generator) -> Ink:
    """Draw a spiral of more turns than a 6, a 9 or an @ has."""
    turns = rng.uniform(2.4, 4)
    t = np.linspace(0, 1, int(40 * turns))
    way = rng.choice([-1, 1])
    angles = rng.uniform(0, 2 * np.pi) + way * 2 * np.pi * turns * t
    line = np.stack([np.cos(angles), np.sin(angles)], axis=1) * t[:, None]
    return drawn([line], rng, wobble=0.01, widths=(0.025, 0.045))


def signature(rng: Generator) -> Ink:
    """Sign: loops and peaks along a line, now and then underlined."""
    count = int(rng.integers(14, 26))
    x = np.linspace(0, rng.uniform(2, 3.2), count) + rng.normal(0, 0.1, count)
    heights = rng.uniform(0.15, 0.45, count)
    heights[0] = heights[rng.integers(count)] = 1
    points = np.stack([x, heights * np.where(np.arange(count) % 2, -1, 0.25)], axis=1)
    strokes = [smooth(points)]
    if rng.random() < 0.4:
        strokes.append(_line(0, 0.45, float(x.max()), rng.uniform(0.2, 0.5)))
    return drawn(strokes, rng, turn_deg=5, widths=(0.02, 0.04))


def filled(rng: Generator) -> Ink:
    """Fill a square, a disc or a triangle."""
    side = int(rng.integers(60, 111))
    corners = int(rng.choice([3, 4, 40]))
    start = rng.uniform(0, 360) if corners != 4 else 45 + rng.normal(0, 8)
    shape = arc(start, start + 360, steps=corners + 1)[:-1] * np.exp(rng.normal(0, 0.12, 2))
    shape = shape / np.abs(shape).max() * rng.uniform(0.25, 0.4) + 0.5 + rng.normal(0, 0.008, shape.shape)
    ink = np.zeros((side, side), np.uint8)
    cv2.fillPoly(ink, [np.rint(shape * side * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return ink


def _line(x: float, y: float, to_x: float, to_y: float) -> Stroke:
    return np.array([[x, y], [to_x, to_y]], np.float64)


def _box(rng: Generator) -> list[Stroke]:
    """Return a box with sharp corners, wider than a 0, sometimes crossed, halved or without a side."""
    width = rng.uniform(1.2, 2)
    corners = np.array([[0, 0], [width, 0], [width, 1], [0, 1], [0, 0]])
    draw = rng.random()
    if draw < 0.3:
        return [corners, corners[[0, 2]], corners[[1, 3]]]
    if draw < 0.45:
        return [corners, corners[[0, 2]]]
    if draw < 0.6:
        return [corners, _line(0, 0.5, width, 0.5), _line(width / 2, 0, width / 2, 1)]
    return [corners]
