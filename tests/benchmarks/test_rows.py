import pytest

from benchmarks.rows import Sighting, first_line_s, steady_rate, watch_score


def sightings(*pairs):
    return [Sighting(at_s=at_s, rows=rows) for at_s, rows in pairs]


def test_steady_rate_leaves_the_start_out():
    assert steady_rate(sightings((5.0, 16), (5.5, 32), (6.0, 48), (6.5, 64))) == 32


def test_steady_rate_of_two_workers_counts_from_when_both_have_delivered():
    # each worker takes 1 s for 16 rows, so both together make 32 a second
    seen = sightings((9.0, 16), (9.01, 32), (10.0, 48), (10.01, 64), (11.01, 96))
    assert steady_rate(seen) == pytest.approx(32)


def test_rows_that_came_all_at_once_have_no_rate():
    with pytest.raises(RuntimeError, match="more images"):
        steady_rate(sightings((1.0, 96)))


def test_rows_that_came_at_once_but_for_the_first_have_the_rate_from_those():
    assert steady_rate(sightings((1.0, 16), (1.5, 96))) == 160


def test_rows_are_seen_up_to_the_last_one(tmp_path, sample):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(20):
        (folder / f"{number}.jpg").write_bytes(sample)
    seen = watch_score(folder, tmp_path / "out", annotate="none", jobs=1)
    assert seen[-1].rows == 20
    assert 0 < seen[0].at_s <= seen[-1].at_s


def test_a_score_that_fails_is_not_taken_for_a_fast_one(tmp_path):
    (tmp_path / "in").mkdir()
    with pytest.raises(RuntimeError, match="no images"):
        watch_score(tmp_path / "in", tmp_path / "out", annotate="none", jobs=1)


def test_a_process_without_a_line_is_not_taken_for_a_quick_start():
    with pytest.raises(RuntimeError, match="ended with"):
        first_line_s("digitd", "no-such-command")
