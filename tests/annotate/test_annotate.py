import io
import os
import pickle
import string
import subprocess
import sys
import warnings

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from digitd.annotate import Annotator
from digitd.annotate.view import fit
from digitd.annotate.wording import in_words, percent, printable, shorten, wrap
from digitd.values import Box, Reading, Status, failed

INK = (255, 0, 255)  # a colour that no card uses
SEVEN = tuple(0.9931 if digit == 7 else 0.0069 / 9 for digit in range(10))


@pytest.fixture(scope="module")
def annotator():
    return Annotator()


def reading(box=None, *, status=Status.ACCEPTED, value="7", confidence=0.9931, probabilities=SEVEN, **rest):
    return Reading(
        page=1, value=value, confidence=confidence, status=status, probabilities=probabilities, box=box, **rest
    )


def inked_page(width, height, box):
    page = np.full((height, width, 3), 244, np.uint8)
    page[box.y : box.y + box.height, box.x : box.x + box.width] = INK
    return page


def decoded(png):
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image)


def ink_in(pixels):
    return int((pixels == INK).all(axis=-1).sum())


@st.composite
def pages_with_ink(draw):
    width, height = draw(st.integers(1, 900)), draw(st.integers(1, 900))
    x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    return width, height, Box(x=x, y=y, width=draw(st.integers(1, width - x)), height=draw(st.integers(1, height - y)))


@settings(deadline=None)  # the first picture imports Matplotlib
@given(pages_with_ink(), st.sampled_from(Status))
def test_nothing_is_drawn_on_the_ink(annotator, page_with_ink, status):
    width, height, box = page_with_ink
    page = inked_page(width, height, box)
    picture = decoded(annotator.render(page, reading(box, status=status), "seven.png"))
    shown = fit(page, box, width=392, height=304)
    assert picture.shape == (528, 1000, 3)
    assert ink_in(picture) == ink_in(shown.pixels)


@given(pages_with_ink())
def test_the_ink_box_in_a_view_holds_all_ink_shown(page_with_ink):
    width, height, box = page_with_ink
    view = fit(inked_page(width, height, box), box, width=392, height=304)
    rows, columns = np.nonzero(view.pixels[:, :, 1] < 240)
    assert max(view.pixels.shape[1] - 392, view.pixels.shape[0] - 304) <= 0
    if rows.size:  # one grey level of paper in a reduced pixel is not ink
        slack = 2  # half a pixel of the page, spread by the smoothing of enlargements up to 4
        assert view.ink.x - slack <= columns.min()
        assert columns.max() < view.ink.x + view.ink.width + slack
        assert view.ink.y - slack <= rows.min()
        assert rows.max() < view.ink.y + view.ink.height + slack


@pytest.mark.parametrize("shape", [(1, 1), (2000, 20), (20, 2000), (1, 5000), (28, 28), (3000, 4000, 3), (500, 333, 3)])
def test_any_shape_of_page_gives_a_picture_of_one_size(annotator, shape):
    page = np.full(shape, 200, np.uint8)
    assert decoded(annotator.render(page, reading(), "x")).shape == (528, 1000, 3)


def test_small_ink_on_a_large_page_is_shown_as_a_detail():
    box = Box(x=2900, y=30, width=40, height=60)
    view = fit(inked_page(3000, 4000, box), box, width=392, height=304)
    assert view.is_detail
    assert view.page_size == (3000, 4000)
    assert view.ink.height > 90


def test_a_box_off_the_page_is_left_out():
    assert fit(np.zeros((9, 9), np.uint8), Box(x=20, y=0, width=5, height=5), width=392, height=304).ink is None


def test_grey_and_colour_of_the_same_page_give_the_same_picture(annotator):
    grey = np.full((60, 40), 230, np.uint8)
    grey[20:40, 15:25] = 30
    box = Box(x=15, y=20, width=10, height=20)
    colour = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
    assert annotator.render(grey, reading(box), "a") == annotator.render(colour, reading(box), "a")


def test_page_arrays_need_not_be_contiguous(annotator):
    page = np.random.default_rng(5).integers(0, 256, (80, 120), np.uint8)
    turned = page[::-1, ::2]
    assert annotator.render(turned, reading(), "a") == annotator.render(turned.copy(), reading(), "a")


def test_each_status_has_its_own_colour_and_a_picture(annotator):
    page = np.full((90, 60), 255, np.uint8)
    pictures = {annotator.render(page, reading(status=status), "a.png") for status in Status}
    assert len(pictures) == len(Status)


def test_blank_and_failed_need_no_value_no_confidence_and_no_page(annotator):
    blank = reading(status=Status.BLANK, value="", confidence=None, probabilities=(), reason="blank")
    assert decoded(annotator.render(np.full((40, 30), 255, np.uint8), blank, "empty.png")).shape == (528, 1000, 3)
    broken = failed(3, "not_an_image", "notes.docx begins with 'PK', which no image does")
    assert decoded(annotator.render(None, broken, "notes.docx")).shape == (528, 1000, 3)


def test_a_number_of_many_digits_fits(annotator):
    page = np.full((40, 900), 240, np.uint8)
    picture = decoded(annotator.render(page, reading(value="0001250981" * 3, probabilities=()), "id.png"))
    assert (picture[70:, 975:] == 255).all()  # the right margin stays free
    assert (picture[70:, 475:515] == 255).all()  # and so does the space between page and value


HOSTILE = [
    "",
    "\n\r\t\x00\x1b[31m.png",
    "caf\udce9-\udcff.tif",
    r"$\frac{1}{0}$ \alpha_{x}^{y} $$ % # ~.png",
    "数字😀🤖" * 30 + ".jpg",
    "x" * 255,
    "i" * 255,
    "W" * 255,
    "e" + "\u0301" * 200,
    "\u202egnp.evil",
    "שבע-سبعة.png",
    "\ud800 lone",
    "\U0010ffff\ufeff\u2028",
]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_hostile_names_neither_raise_nor_warn(annotator, name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        broken = failed(1, name[:40], name * 3)
        picture = decoded(annotator.render(None, broken, name))
    assert (picture[:64, 980:] == 255).all()
    assert (picture[70:, 975:] == 255).all()


@settings(deadline=None)  # the first picture imports Matplotlib
@given(name=st.text(max_size=60), detail=st.text(max_size=200))
def test_any_text_can_be_shown(annotator, name, detail):
    assert decoded(annotator.render(None, failed(1, "unreadable", detail), name)).shape == (528, 1000, 3)


def test_the_same_arguments_give_the_same_bytes_whatever_was_drawn_before(annotator):
    page = np.full((90, 60), 255, np.uint8)
    first = Annotator().render(page, reading(), "a.png")
    annotator.render(None, failed(9, "truncated", "Cut off after 120 bytes."), "other")
    assert annotator.render(page, reading(), "a.png") == first
    assert annotator.render(page, reading(), "a.png") == first


def test_a_percentage_looks_the_same_in_every_row(annotator):
    chances = [0.125, *[0.0] * 8, 0.875]
    for shift in range(10):
        turned = tuple(chances[shift:] + chances[:shift])
        expected = Annotator().render(None, reading(probabilities=turned), "a.png")
        assert annotator.render(None, reading(probabilities=turned), "a.png") == expected


def test_an_annotator_pickles_before_and_after_use(annotator):
    page = np.full((90, 60), 255, np.uint8)
    expected = annotator.render(page, reading(), "a.png")
    for used in (Annotator(), annotator):
        copy = pickle.loads(pickle.dumps(used))  # noqa: S301 - made one line above
        assert copy.render(page, reading(), "a.png") == expected


def run_python(code, **environment):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_matplotlib_comes_with_the_first_picture_and_pyplot_never():
    ran = run_python(
        "import sys; from digitd.annotate import Annotator; from digitd.values import failed\n"
        "a = Annotator(); assert 'matplotlib' not in sys.modules\n"
        "a.render(None, failed(1, 'unreadable', ''), 'x'); assert 'matplotlib' in sys.modules\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_picture_needs_no_writable_home():
    ran = run_python(
        "from digitd.annotate import Annotator; from digitd.values import failed\n"
        "print(len(Annotator().render(None, failed(1, 'unreadable', ''), 'x')))",
        HOME="/dev/null/home",
        MPLCONFIGDIR="/dev/null/matplotlib",
        XDG_CACHE_HOME="/dev/null/home",
        XDG_CONFIG_HOME="/dev/null/home",
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert int(ran.stdout) > 1000


def has_ascii_glyph(character):
    return character in string.printable


def test_a_shown_name_is_one_line_of_known_glyphs():
    assert printable("a\nb\udcff漢\u202e\tc", has_ascii_glyph) == "a\\nb\\xff□\\u202e\\tc"


@given(st.text(max_size=300), st.integers(1, 80))
def test_a_shortened_text_fits_and_keeps_both_ends(text, room):
    short = shorten(text, lambda words: len(words) <= room)
    assert len(short) <= room
    if short != text:
        head, tail = short.split("…")[0], short.rsplit("…", 1)[-1]
        assert text.startswith(head)
        assert text.endswith(tail)


@given(st.text(alphabet="ab ", max_size=400), st.integers(4, 60), st.integers(1, 6))
def test_wrapped_lines_fit_and_lose_nothing_without_an_ellipsis(text, room, max_lines):
    lines = wrap(text, lambda words: len(words) <= room, max_lines)
    assert len(lines) <= max_lines
    assert all(len(line) <= room for line in lines)
    if not lines or not lines[-1].endswith("…"):
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("probability", "shown"),
    [
        (0.0, "< 0.01%"),
        (0.00004, "< 0.01%"),
        (0.00005, "0.01%"),
        (0.9931, "99.31%"),
        (0.99996, "> 99.99%"),
        (1.0, "> 99.99%"),
    ],
)
def test_a_percentage_never_claims_certainty(probability, shown):
    assert percent(probability) == shown


def test_an_unknown_reason_code_reads_as_its_words():
    assert in_words("ink_too_pale") == "Ink too pale"
    assert in_words("not_a_digit") == "This may not be a digit"
