from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from digitd.annotate.timeline import PLACES, Gap, Timeline
from digitd.values import Minute

NOW = datetime(2026, 11, 26, 21, 43, tzinfo=UTC).timestamp()
LAST = int(NOW // 60)


def timeline(minutes=(), *, now=NOW, zone="UTC"):
    return Timeline(minutes, now=now, zone=ZoneInfo(zone))


def test_minutes_of_other_hours_are_left_out():
    kept = [Minute(number=LAST - PLACES + 1), Minute(number=LAST)]
    others = [Minute(number=LAST - PLACES), Minute(number=LAST + 1)]
    assert timeline([others[0], *kept, others[1]]).minutes == kept


def test_values_stand_at_their_places_and_the_others_are_unknown():
    values = timeline([Minute(number=LAST - 1, files=3), Minute(number=LAST, files=4)]).values(
        lambda minute: minute.files
    )
    assert values[-2:].tolist() == [3, 4]
    assert np.isnan(values[:-2]).all()


def test_gaps_are_what_is_between_minutes_and_before_the_first():
    minutes = [Minute(number=LAST - PLACES + 1 + place) for place in (100, 101, 200)]
    assert list(timeline(minutes).gaps()) == [Gap(0, 100, is_before_all=True), Gap(102, 200, is_before_all=False)]


def test_day_without_minutes_is_one_gap_and_a_whole_day_has_none():
    assert list(timeline().gaps()) == [Gap(0, PLACES, is_before_all=True)]
    assert list(timeline([Minute(number=LAST - PLACES + 1 + place) for place in range(PLACES)]).gaps()) == []


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("UTC", "UTC"),
        ("Europe/Berlin", "CET (UTC+01:00)"),
        ("America/New_York", "EST (UTC-05:00)"),
        ("Asia/Kathmandu", "UTC+05:45"),
    ],
)
def test_zone_is_named_with_its_distance_from_utc(zone, name):
    assert timeline(zone=zone).zone == name


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("UTC", "00:00\n26 November"),
        ("Asia/Kathmandu", "00:00\n27 November"),
        ("America/St_Johns", "00:00\n26 November"),
    ],
)
def test_ticks_are_at_every_third_full_hour_of_the_zone(zone, midnight):
    made = timeline(zone=zone)
    places, names = made.ticks()
    assert len(places) == 8
    assert [made.time_of(place) for place in places] == [name.split("\n")[0] for name in names]
    assert all(name[2:5] == ":00" for name in names)
    assert [name for name in names if "\n" in name] == [midnight]


def test_ticks_keep_to_the_clock_when_it_changes():
    made = timeline(now=datetime(2026, 10, 25, 12, 0, tzinfo=UTC).timestamp(), zone="Europe/Berlin")
    places, names = made.ticks()
    spans = dict(zip(names, np.diff(places), strict=False))
    assert spans["00:00\n25 October"] == 240  # from 0 to 3 o'clock, with the hour that comes twice
    assert spans["03:00"] == 180


def test_moment_is_the_end_in_words():
    assert timeline(zone="Europe/Berlin").moment == "22:43 on 26 November 2026"
