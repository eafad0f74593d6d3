import io

import cv2
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from digitd.imaging.endings import HEAD_BYTES, TAIL_BYTES, Ending, ending

PAGE = np.random.default_rng(5).integers(1, 255, (60, 50), np.uint8)
DARK = np.zeros((120, 100), np.uint8)
DARK[20:25, 10:40] = 200


def told(content):
    """Return how a whole file ends, as `spool.signs` asks."""
    return ending(content[:HEAD_BYTES], content[-TAIL_BYTES:], len(content))


def opencv(suffix, image=PAGE):
    return cv2.imencode(suffix, image)[1].tobytes()


def pillow(kind, image=PAGE, **options):
    target = io.BytesIO()
    Image.fromarray(image).save(target, kind, **options)
    return target.getvalue()


def encoded(page):
    """Return a page in every format that says where it ends."""
    colour = np.dstack([page] * 3)
    height, width = page.shape
    return {
        "png": opencv(".png", page),
        "png from pillow": pillow("PNG", page),
        "jpeg": opencv(".jpg", page),
        "jpeg, progressive": pillow("JPEG", page, progressive=True),
        "gif": pillow("GIF", page),
        "webp": opencv(".webp", page),
        "webp, lossless": pillow("WEBP", page, lossless=True),
        "bmp": opencv(".bmp", page),
        "pbm": pillow("PPM", page > 100),
        "pgm": opencv(".pgm", page),
        "pgm, 16 bits": opencv(".pgm", page.astype(np.uint16) * 257),
        "pgm with a comment": f"P5 # made by hand\n#and again\n{width} {height}\n255\n".encode() + page.tobytes(),
        "ppm": opencv(".ppm", colour),
        "ppm, 16 bits": opencv(".ppm", colour.astype(np.uint16) * 257),
        "pdf": pillow("PDF", page),
    }


WHOLE = encoded(PAGE)
LARGE = encoded(np.tile(PAGE, (6, 6)))
DARK_ONES = {"bmp": opencv(".bmp", DARK), "pgm": opencv(".pgm", DARK), "ppm": opencv(".ppm", np.dstack([DARK] * 3))}


@pytest.mark.parametrize("content", WHOLE.values(), ids=WHOLE)
def test_what_an_encoder_wrote_is_whole(content):
    assert told(content) is Ending.WHOLE


@pytest.mark.parametrize("content", WHOLE.values(), ids=WHOLE)
def test_every_beginning_of_it_is_cut(content):
    end_mark = len(b"%%EOF\n") if content.startswith(b"%PDF-") else 0
    ends = {size: told(content[:size]) for size in range(64, len(content) - end_mark)}
    assert {size: said for size, said in ends.items() if said is not Ending.CUT} == {}


@pytest.mark.parametrize("content", DARK_ONES.values(), ids=DARK_ONES)
def test_beginning_that_ends_in_darkness_is_cut(content):
    assert told(content[: len(content) * 3 // 4]) is Ending.CUT


@pytest.mark.parametrize("content", DARK_ONES.values(), ids=DARK_ONES)
def test_what_ends_in_darkness_may_be_room_made(content):
    assert told(content) is Ending.UNKNOWN


@pytest.mark.parametrize("content", LARGE.values(), ids=LARGE)
@pytest.mark.parametrize("written", [0.0, 0.1, 0.5])
def test_room_that_is_not_filled_is_never_whole(content, written):
    start = int(written * len(content))
    assert told(content[:start] + bytes(len(content) - start)) is not Ending.WHOLE


@pytest.mark.parametrize("content", [opencv(".tif"), pillow("TIFF"), pillow("TIFF", big_tiff=True)], ids=range(3))
def test_tiff_does_not_say_where_it_ends(content):
    assert told(content) is Ending.UNKNOWN


@pytest.mark.parametrize("order", ["<", ">"])
def test_tiff_whose_directory_is_missing_is_cut(order):
    mark = b"II*\0" if order == "<" else b"MM\0*"
    place = (5000).to_bytes(4, "little" if order == "<" else "big")
    assert told(mark + place + b"pixels" * 800) is Ending.CUT
    assert told(mark + place + b"pixels" * 900) is Ending.UNKNOWN


@pytest.mark.parametrize("size", [0, 1, TAIL_BYTES, 3 * HEAD_BYTES])
def test_nothing_and_zeros_are_cut(size):
    assert told(bytes(size)) is Ending.CUT


@pytest.mark.parametrize("content", [b"just some text\n" * 20, b"P7\n", b"GIF", b"RIFF1234WAVE", b"BMW\n" * 20])
def test_what_is_no_image_does_not_say(content):
    assert told(content) is Ending.UNKNOWN


@pytest.mark.parametrize("name", ["jpeg", "gif"])
def test_zeros_behind_the_end_are_room_that_was_left(name):
    assert told(WHOLE[name] + bytes(500)) is Ending.WHOLE


@given(
    st.sampled_from([b"", *(content[:12] for content in WHOLE.values()), b"II*\0", b"MM\0+", b"P5 ", b"P4 "]),
    st.binary(max_size=200),
    st.binary(max_size=50),
    st.integers(0, 2**64),
)
@example(b"P5 ", b"9" * 4000 + b" 9 255 ", b"x", 10)
def test_hostile_bytes_raise_nothing(start, more, tail, size):
    assert isinstance(ending((start + more)[:HEAD_BYTES], tail, size), Ending)
