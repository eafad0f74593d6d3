"""Make the sample images again: ``python -m samples.generate [FOLDER]`` (default: samples/images).

Every image comes from its own seed, so that the same versions of NumPy and OpenCV give the same pixels.
"""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from samples.paper import Colour, Sheet, inked, photographed, plain, ruled, squared, wiped_board
from samples.pen import Pen, write
from samples.strokes import DIGITS

IMAGES = Path(__file__).parent / "images"

BALLPOINT = Pen(width=0.05, pressure=0.12, grain=0.12, density=0.93)
FELT = Pen(width=0.1, pressure=0.12, taper=0.85, density=0.97)
FINELINER = Pen(width=0.042, pressure=0.08, taper=0.9, density=0.96)
FOUNTAIN = Pen(width=0.06, pressure=0.42, taper=0.55, grain=0.04, density=0.95)
PENCIL = Pen(width=0.046, pressure=0.3, taper=0.6, grain=0.36, density=0.84)
CHALK = Pen(width=0.085, pressure=0.2, taper=0.8, grain=0.4, density=0.97)


class Sample(NamedTuple):
    """One image: its file, what is written how, and on what.

    Attributes
    ----------
    size : tuple of int
        Width and height in pixels.
    height : float
        Of the digit, as a share of the image's height.
    paper : Callable
        Makes the sheet from size and random generator.
    finish : Callable or None
        What happens to the sheet once it is written on.
    """

    file: str
    digit: str
    pen: Pen
    ink: Colour
    size: tuple[int, int]
    height: float
    slant: float
    paper: Callable[[tuple[int, int], Generator], Sheet]
    finish: Callable[[Sheet, Generator], Sheet] | None = None
    is_grey: bool = False


def _white(size: tuple[int, int], rng: Generator) -> Sheet:
    return plain(size, (253, 253, 251), rng, roughness=0.6)


def _scanner_grey(size: tuple[int, int], rng: Generator) -> Sheet:
    return plain(size, (216, 215, 211), rng, roughness=1.8)


def _cream(size: tuple[int, int], rng: Generator) -> Sheet:
    return plain(size, (247, 239, 216), rng, roughness=1.6)


def _lined(size: tuple[int, int], rng: Generator) -> Sheet:
    sheet = plain(size, (250, 250, 247), rng, roughness=1.2)
    return ruled(sheet, 0.42 * size[1], (138, 170, 208), offset=0.87 * size[1], strength=0.6, tilt=3)


def _squared(size: tuple[int, int], rng: Generator) -> Sheet:
    sheet = plain(size, (248, 249, 250), rng, roughness=1.2)
    return squared(sheet, size[1] / 6.4, (150, 172, 200), offset=0.11 * size[1], strength=0.5, tilt=2)


def _blackboard(size: tuple[int, int], rng: Generator) -> Sheet:
    return wiped_board(size, (38, 52, 46), rng)


def _black_card(size: tuple[int, int], rng: Generator) -> Sheet:
    return plain(size, (29, 29, 32), rng, roughness=1.6)


def _notebook(size: tuple[int, int], rng: Generator) -> Sheet:
    return plain(size, (236, 233, 226), rng, roughness=1.4)


def _phone(sheet: Sheet, rng: Generator) -> Sheet:
    return photographed(sheet, rng, shade=0.75, blur=1.3, noise=2.0)


def _snapshot(sheet: Sheet, rng: Generator) -> Sheet:
    return photographed(sheet, rng, shade=0.25, blur=0.8, noise=1.5)


_BLUE, _BLACK, _GRAPHITE = (32, 48, 138), (24, 24, 28), (58, 58, 62)
_WHITE_CHALK, _GEL_WHITE, _GREEN = (236, 238, 230), (244, 244, 240), (16, 92, 66)

SAMPLES = (
    Sample("zero-in-felt-pen.png", "0", FELT, _BLACK, (220, 260), 0.6, 0.08, _white),
    Sample("one-in-pencil.jpg", "1 with a flag", PENCIL, _GRAPHITE, (300, 380), 0.6, 0.12, _scanner_grey),
    Sample("two-in-blue-ink.jpg", "2 with a loop", FOUNTAIN, _BLUE, (420, 460), 0.56, 0.18, _white),
    Sample("two-small.png", "2", FELT, _BLACK, (48, 60), 0.66, 0.1, _white, is_grey=True),
    Sample("three-on-lined-paper.jpg", "3", BALLPOINT, _BLUE, (360, 400), 0.5, 0.12, _lined),
    Sample("four-in-green.webp", "4", FINELINER, _GREEN, (340, 360), 0.55, 0.14, _cream),
    Sample("five-on-cream.jpg", "5", FOUNTAIN, _BLACK, (500, 420), 0.5, 0.1, _cream),
    Sample("five-white-on-black.png", "5 in one stroke", FELT, _GEL_WHITE, (150, 180), 0.6, 0.06, _black_card),
    Sample("six-on-blackboard.jpg", "6", CHALK, _WHITE_CHALK, (560, 520), 0.55, 0.1, _blackboard),
    Sample("seven-on-grid.jpg", "7 crossed", BALLPOINT, _BLUE, (400, 440), 0.46, 0.12, _squared, _snapshot),
    Sample("eight-by-phone.jpg", "8", BALLPOINT, _BLACK, (900, 720), 0.34, 0.14, _notebook, _phone),
    Sample("nine-scanned.tif", "9", FINELINER, _BLACK, (170, 220), 0.58, 0.08, _scanner_grey, is_grey=True),
)


def render(sample: Sample, seed: int) -> NDArray[np.uint8]:
    """Make one image as (H, W, 3) uint8 RGB."""
    rng = np.random.default_rng(seed)
    sheet = sample.paper(sample.size, rng)
    height = sample.height * sample.size[1]
    coverage = write(DIGITS[sample.digit], sample.pen, sample.size, height=height, slant=sample.slant, rng=rng)
    sheet = inked(sheet, coverage, sample.ink)
    if sample.finish is not None:
        sheet = sample.finish(sheet, rng)
    return np.clip(np.rint(sheet), 0, 255).astype(np.uint8)


def encode(sample: Sample, pixels: NDArray[np.uint8]) -> bytes:
    """Write pixels in the format that the sample's file name asks for."""
    settings: dict[str, dict[str, Any]] = {
        ".jpg": {"format": "JPEG", "quality": 86},
        ".webp": {"format": "WEBP", "quality": 88},
        ".png": {"format": "PNG", "optimize": True},
        ".tif": {"format": "TIFF", "compression": "tiff_lzw"},
    }
    image = Image.fromarray(pixels)
    buffer = io.BytesIO()
    (image.convert("L") if sample.is_grey else image).save(buffer, **settings[Path(sample.file).suffix])
    return buffer.getvalue()


def labels() -> bytes:
    """List file and digit of every sample, as CSV."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("file", "label"))
    rows.writerows((sample.file, sample.digit[0]) for sample in SAMPLES)
    return text.getvalue().encode()


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=IMAGES)
def main(folder: Path) -> None:
    """Make the sample images and their labels again, in FOLDER (samples/images when left out)."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed, sample in enumerate(SAMPLES):
        (folder / sample.file).write_bytes(encode(sample, render(sample, seed)))
    (folder / "labels.csv").write_bytes(labels())
    click.echo(f"{len(SAMPLES)} images and labels.csv written to {folder}")


if __name__ == "__main__":
    main()
