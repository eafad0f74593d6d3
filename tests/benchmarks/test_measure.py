from pathlib import Path

from benchmarks.cases import Case
from benchmarks.images import Images
from benchmarks.measure import Ratio, compare, measure


def images(folder: Path, size_px: int):
    return Images(size_px=size_px, folder=folder / str(size_px), files=(), folder_drawn=folder)


def recorded(calls, name, **kwargs):
    def speed(images, results):
        assert results.is_dir()
        calls.append((name, images.size_px))
        return float(len(calls))

    return Case(name=name, speed=speed, **kwargs)


def test_rounds_go_forth_and_back_and_starts_are_timed_at_one_size(tmp_path):
    calls = []
    cases = [recorded(calls, "a"), recorded(calls, "start", is_start=True)]
    sets = [images(tmp_path, 28), images(tmp_path, 100)]
    speeds = measure(cases, sets, start_px=100, rounds=2, tell=lambda _: None)
    forth = [("a", 28), ("a", 100), ("start", 100)]
    assert calls == forth + forth[::-1]
    assert speeds == {("a", 28): [1.0, 6.0], ("a", 100): [2.0, 5.0], ("start", 100): [3.0, 4.0]}


def test_speeds_are_divided_within_a_round():
    # the machine was ten times slower in the second round; the ratio is not
    speeds = {("ours", 28): [40.0, 4.0, 60.0], ("theirs", 28): [10.0, 1.0, 10.0]}
    (ratio,) = compare(speeds, [("ours", "theirs")], [28, 100])
    assert ratio == Ratio(case="ours", against="theirs", size_px=28, median=4.0, lowest=4.0, highest=6.0)
