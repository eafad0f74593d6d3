import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from digitd.annotate.mark import LOOKS
from digitd.annotate.summary import HEIGHT, WIDTH, render_summary
from digitd.values import FieldTally, Status, Summary

NOTHING = Summary(
    form="",
    model="",
    pages=0,
    registered=0,
    blank_pages=0,
    failed_pages=(),
    fields=(),
    reasons={},
    elapsed_s=0.0,
)
GOOD = replace(
    NOTHING, form="exam", pages=100, registered=100, fields=(FieldTally(name="id", accepted=100),), elapsed_s=20.0
)


def drawn(summary):
    with Image.open(io.BytesIO(render_summary(summary))) as image:
        return np.asarray(image)


def count(pixels, status):
    colour = LOOKS[status].colour
    wanted = tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return int((pixels == wanted).all(axis=-1).sum())


def test_batch_without_doubts_shows_neither_orange_nor_wine():
    pixels = drawn(GOOD)
    assert (count(pixels, Status.REVIEW), count(pixels, Status.FAILED)) == (0, 0)
    assert count(pixels, Status.ACCEPTED) > 50_000


def test_one_failed_page_of_a_million_is_seen():
    pixels = drawn(replace(GOOD, pages=1_000_000, registered=999_999, failed_pages=("a.png",)))
    assert count(pixels[150:200], Status.FAILED) >= 100


def test_bars_of_a_list_are_as_long_as_their_counts():
    fields = (FieldTally(name="a", accepted=50, review=50), FieldTally(name="b", accepted=75, review=25))
    lists = drawn(replace(GOOD, fields=fields))[400:, 620:]
    first, second = (count(lists[row : row + 26], Status.REVIEW) for row in (0, 30))
    assert first == pytest.approx(2 * second, rel=0.03)


def test_all_that_is_written_stays_on_the_picture():
    long = "W" * 300
    fields = tuple(FieldTally(name=f"{long}{n}", accepted=10**9, review=10**9, blank=10**9) for n in range(40))
    summary = Summary(
        form=long,
        model=long,
        pages=10**9,
        registered=10**9,
        blank_pages=10**9,
        failed_pages=tuple(f"{long}{n}" for n in range(40)),
        fields=fields,
        reasons={f"{long}{n}": 10**9 for n in range(40)},
        elapsed_s=1e9,
    )
    pixels = drawn(summary)
    edges = [pixels[:10], pixels[-20:], pixels[:90, :20], pixels[110:, :20], pixels[110:, -20:]]
    assert all((edge == 255).all() for edge in edges)


def test_same_summary_gives_the_same_bytes():
    assert render_summary(GOOD) == render_summary(GOOD)


tallies = st.builds(
    FieldTally,
    name=st.text(),
    accepted=st.integers(0, 10**7),
    review=st.integers(0, 10**7),
    blank=st.integers(0, 10**7),
)


@settings(max_examples=15)
@given(
    st.builds(
        Summary,
        form=st.text(),
        model=st.text(),
        pages=st.integers(0, 10**7),
        registered=st.integers(0, 10**7),
        blank_pages=st.integers(0, 10**7),
        failed_pages=st.lists(st.text(), max_size=20).map(tuple),
        fields=st.lists(tallies, max_size=12).map(tuple),
        reasons=st.dictionaries(st.text(), st.integers(0, 10**7), max_size=12),
        elapsed_s=st.floats(0, 1e7),
    )
)
def test_any_summary_can_be_drawn(summary):
    assert drawn(summary).shape == (HEIGHT, WIDTH, 3)
