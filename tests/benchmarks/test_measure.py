from pathlib import Path

from benchmarks.cases import Case
from benchmarks.images import Images
from benchmarks.measure import Ratio, compare, measure


def images(folder: Path, size_px: int):
    return Images(size_px=size_px, folder=folder / str(size_px), files=(), folder_drawn=folder)


def recorded(calls, *names):
    def speeds(images, results):
        assert results.is_dir()
        calls.append((names[0], images.size_px))
        return tuple(float(len(calls)) + number / 10 for number in range(len(names)))

    return Case(names=names, speeds=speeds)


def test_rounds_go_forth_and_back_over_all_cases_and_sizes(tmp_path):
    calls = []
    cases = [recorded(calls, "a"), recorded(calls, "b")]
    sets = [images(tmp_path, 28), images(tmp_path, 100)]
    speeds = measure(cases, sets, rounds=2, tell=lambda _: None)
    forth = [("a", 28), ("b", 28), ("a", 100), ("b", 100)]
    assert calls == forth + forth[::-1]
    assert speeds == {("a", 28): [1.0, 8.0], ("b", 28): [2.0, 7.0], ("a", 100): [3.0, 6.0], ("b", 100): [4.0, 5.0]}


def test_one_run_may_give_several_speeds(tmp_path):
    speeds = measure([recorded([], "rows", "settled")], [images(tmp_path, 28)], rounds=1, tell=lambda _: None)
    assert speeds == {("rows", 28): [1.0], ("settled", 28): [1.1]}


def test_speeds_are_divided_within_a_round():
    # the machine was ten times slower in the second round; the ratio is not
    speeds = {("ours", 28): [40.0, 4.0, 60.0], ("theirs", 28): [10.0, 1.0, 10.0]}
    (ratio,) = compare(speeds, [("ours", "theirs")], [28, 100])
    assert ratio == Ratio(case="ours", against="theirs", size_px=28, median=4.0, lowest=4.0, highest=6.0)
