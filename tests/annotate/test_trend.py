import io
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from digitd.annotate.canvas import PANEL
from digitd.annotate.mark import LOOKS
from digitd.annotate.timeline import PLACES
from digitd.annotate.trend import HEIGHT, WIDTH, draw_trend
from digitd.annotate.wording import counted, duration
from digitd.values import Minute, Status

NOW = 1_795_725_780.0
FIRST = int(NOW // 60) - PLACES + 1
UTC = ZoneInfo("UTC")


def day(*, without=range(0), **figures):
    return [Minute(number=FIRST + place, **figures) for place in range(PLACES) if place not in without]


def steady(**figures):
    return day(**({"files": 10, "readings": 10, "backlog": 2, "p50_s": 0.2, "p95_s": 0.4} | figures))


def drawn(minutes):
    with Image.open(io.BytesIO(draw_trend(minutes, now=NOW, zone=UTC))) as image:
        return np.asarray(image)


def count(pixels, colour):
    wanted = tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return int((pixels == wanted).all(axis=-1).sum())


BLUE, WINE = LOOKS[Status.ACCEPTED].colour, LOOKS[Status.FAILED].colour


NO_TIME = Minute(number=FIRST + 700, files=1, readings=1, p50_s=0.0, p95_s=0.0)
BEYOND_MEASURE = Minute(
    number=FIRST + 700,
    files=10**12,
    readings=10**12,
    failed=10**12,
    backlog=10**12,
    oldest_s=1e12,
    p50_s=1e12,
    p95_s=1e12,
)


@pytest.mark.parametrize(
    "minutes",
    [[], day(), steady(), [NO_TIME], [BEYOND_MEASURE]],
    ids=["nothing", "idle", "steady", "no time", "beyond measure"],
)
def test_any_day_gives_a_picture_of_one_size(minutes):
    assert drawn(minutes).shape == (HEIGHT, WIDTH, 3)


@settings(max_examples=10)
@given(
    st.lists(
        st.builds(
            Minute,
            number=st.integers(FIRST - 10, FIRST + PLACES + 10),
            files=st.integers(0, 10**6),
            failed=st.integers(0, 10**6),
            backlog=st.integers(0, 10**6),
            oldest_s=st.floats(0, 1e6),
            p50_s=st.none() | st.floats(0, 1e6),
            p95_s=st.none() | st.floats(0, 1e6),
        ),
        unique_by=lambda minute: minute.number,
    )
)
def test_any_minutes_can_be_drawn(minutes):
    assert drawn(sorted(minutes, key=lambda minute: minute.number)).shape == (HEIGHT, WIDTH, 3)


def test_same_minutes_give_the_same_bytes():
    minutes = steady()
    assert draw_trend(minutes, now=NOW, zone=UTC) == draw_trend(minutes, now=NOW, zone=UTC)


def test_one_file_in_a_day_can_be_seen():
    one = Minute(number=FIRST + 700, files=1, readings=1, p50_s=0.2, p95_s=0.2)
    idle = [minute for minute in day() if minute.number != one.number]
    with_one = sorted([*idle, one], key=lambda minute: minute.number)
    assert count(drawn(with_one), BLUE) > count(drawn(day()), BLUE) + 100


def test_files_that_could_not_be_read_are_marked():
    minutes = steady()
    minutes[300] = Minute(number=FIRST + 300, files=10, readings=10, failed=2)
    assert count(drawn(steady()), WINE) == 0
    assert count(drawn(minutes), WINE) > 100


def test_gap_is_shaded_over_its_minutes_and_nothing_else_is():
    pixels = drawn(steady(without=range(300, 600)))
    left, right = (108 + 1060 * place // PLACES for place in (300, 600))
    panel = pixels[155:315]
    assert count(panel[:, left + 2 : right - 2], PANEL) > 0.5 * panel[:, left:right].shape[0] * (right - left)
    assert count(panel[:, : left - 2], PANEL) == count(panel[:, right + 2 :], PANEL) == 0
    assert count(panel[:, left + 2 : right - 2], BLUE) == 0


def test_all_that_is_written_stays_on_the_picture():
    most = {"files": 123_456, "backlog": 1_234_567, "failed": 1, "oldest_s": 2e5, "p50_s": 1e5, "p95_s": 2e5}
    pixels = drawn(steady(**most, without=range(50, 100)))
    edges = [pixels[:6], pixels[-4:], pixels[:, :6], pixels[:, -6:]]
    assert all((edge == 255).all() for edge in edges)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (1e-9, "0 s"),
        (0.21, "0.2 s"),
        (9.6, "10 s"),
        (59, "59 s"),
        (60, "1 min"),
        (36000, "10 h"),
        (86400, "1 day"),
        (864000, "10 days"),
    ],
)
def test_time_is_written_in_its_largest_unit(seconds, words):
    assert duration(seconds) == words


def test_one_thing_is_no_plural():
    assert (counted(1, "file"), counted(0, "file"), counted(12_000, "file")) == ("1 file", "0 files", "12,000 files")
