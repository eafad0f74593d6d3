"""Draw blank pages of forms, write on them, and lay them before a scanner: what is where is known exactly."""

from dataclasses import replace

import cv2
import numpy as np

from digitd.forms.registration.geometry import between_centres, mapped, scaled
from digitd.forms.template import Field, FormPage, Marker, Rect, Template

PER_MM = 6
WIDTH, HEIGHT = 120, 160
WORDS = ("total", "amount", "received", "returned", "spoilt", "unused", "papers", "station", "number", "cast", "valid")


def comb(name, x, y, count, *, width=6.0, height=8.0, pitch=None, page=1):
    """Make a field of boxes in a row, adjoining ones unless there is a pitch."""
    step = pitch or width
    boxes = tuple(Rect(x=x + place * step, y=y, width=width, height=height) for place in range(count))
    return Field(name=name, page=page, boxes=boxes)


def corner_markers(first=0):
    places = ((5, 5), (WIDTH - 13, 5), (WIDTH - 13, HEIGHT - 13), (5, HEIGHT - 13))
    return tuple(Marker(id=first + k, square=Rect(x=x, y=y, width=8, height=8)) for k, (x, y) in enumerate(places))


def form(*fields, markers=(), pages=1):
    sheets = tuple(
        FormPage(number=k + 1, width=WIDTH, height=HEIGHT, markers=markers if k == 0 else ()) for k in range(pages)
    )
    return Template(form="drawn", pages=sheets, fields=fields)


EXAM = form(
    comb("id", 45, 30, 8),
    *(comb(f"q{row}", 80, 50 + 12 * row, 2, pitch=8) for row in range(5)),
    comb("total", 80, 120, 3, pitch=8),
)
MARKED = replace(EXAM, pages=(replace(EXAM.pages[0], markers=corner_markers()),))


def moved(template, dx, dy):
    """Return a version of a form whose boxes are elsewhere."""
    fields = tuple(
        replace(field, boxes=tuple(replace(box, x=box.x + dx, y=box.y + dy) for box in field.boxes))
        for field in template.fields
    )
    return replace(template, fields=fields)


def blank(template, page=1, *, grey=0, words=0, per_mm=PER_MM):
    """Draw a blank page, (H, W) uint8; `words` is the seed of what is printed on it, None for nothing."""
    sheet = template.pages[page - 1]
    picture = np.full((round(sheet.height * per_mm), round(sheet.width * per_mm)), 255, np.uint8)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for marker in sheet.markers:
        x, y, side = (round(length * per_mm) for length in (marker.square.x, marker.square.y, marker.square.width))
        picture[y : y + side, x : x + side] = cv2.aruco.generateImageMarker(dictionary, marker.id, side)
    for box in (box for field in template.fields_of(page) for box in field.boxes):
        corners = np.array([[box.x, box.y], [box.x + box.width, box.y + box.height]]) * per_mm - 0.5
        (left, top), (right, bottom) = np.rint(corners * 16).astype(int).tolist()
        cv2.rectangle(picture, (left, top), (right, bottom), grey, round(0.3 * per_mm), cv2.LINE_AA, 4)
    if words is not None:
        rng = np.random.default_rng([words, page])
        for row in range(13):
            text = " ".join(rng.choice(WORDS, 3 if row < 2 or row > 10 else 2))
            at = round(8 * per_mm), round((18 + 10.5 * row) * per_mm)
            cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.065 * per_mm, 0, 2, cv2.LINE_AA)
    return picture


def written(picture, template, page=1, *, per_mm=PER_MM, seed=0):
    """Write something into each box, in strokes that may cross its borders."""
    picture = picture.copy()
    rng = np.random.default_rng(seed)
    for box in (box for field in template.fields_of(page) for box in field.boxes):
        middle = np.array([box.x + box.width / 2, box.y + box.height / 2])
        points = (middle + rng.normal(0, 0.2, (5, 2)) * (box.width, box.height)) * per_mm
        cv2.polylines(picture, [np.rint(points).astype(np.int32)], False, 60, round(0.6 * per_mm), cv2.LINE_AA)
    return picture


def scanned(picture, *, degrees=0.0, stretch=(1.0, 1.0), shift=(0.0, 0.0), turns=0, scale=1.0, noise=2.0, tilt=0.0):
    """Lay a page before a scanner, or with a tilt before a camera.

    Returns
    -------
    (H, W) uint8, and the homography from mm of the page to its pixels
    """
    height, width = picture.shape
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    to_middle = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]])
    back = np.array([[1, 0, width / 2 + shift[0] * PER_MM], [0, 1, height / 2 + shift[1] * PER_MM], [0, 0, 1]])
    camera = np.array([[1, 0, 0], [0, 1, 0], [tilt / width, tilt / height, 1]])
    through = scaled(scale, scale) @ back @ camera @ turn @ scaled(*stretch) @ to_middle
    size = round(width * scale), round(height * scale)
    seen = cv2.warpPerspective(
        picture, between_centres(through), size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_CONSTANT, borderValue=250
    )
    for _ in range(turns):
        through = np.array([[0, 1, 0], [-1, 0, seen.shape[1]], [0, 0, 1]]) @ through
        seen = np.rot90(seen)
    grain = np.random.default_rng(0).normal(0, noise, seen.shape)
    return np.clip(seen * 0.95 + grain, 0, 255).astype(np.uint8), through @ scaled(PER_MM, PER_MM)


def worst_mm(registration, template, truth, printed=None):
    """Return how far in mm a corner of a box is at most from where it is printed, which another version may say."""
    worst = 0.0
    for field in template.fields_of(registration.page):
        here, there = (
            np.array([(x, y) for b in boxes for x in (b.x, b.x + b.width) for y in (b.y, b.y + b.height)])
            for boxes in (field.boxes, (printed or template).by_name[field.name].boxes)
        )
        off = mapped(np.linalg.inv(truth) @ registration.fields[field.name], here) - there
        worst = max(worst, float(np.linalg.norm(off, axis=1).max()))
    return worst
