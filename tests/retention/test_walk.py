import os
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitd.ledger import Ledger
from digitd.values import Status
from tests.retention.conftest import NAMES, Kept


def test_nothing_is_removed_unless_days_are_set(kept):
    kept.deliver("done/a.png", picture="annotated/a.png")
    kept.pass_days(36500)
    assert kept.walks() == []


@pytest.mark.parametrize(
    ("folder", "gone"),
    [
        ("done", ["done/a.png"]),
        ("failed", ["failed/b.png", "failed/b.png.reason.json"]),
        ("annotated", ["annotated/a.png", "annotated/b.png"]),
        ("review", ["review/b.png"]),
    ],
)
def test_each_folder_has_its_days(kept, folder, gone):
    kept.deliver("done/a.png", picture="annotated/a.png")
    kept.deliver("failed/b.png", picture="annotated/b.png", status=Status.FAILED)
    before = kept.files
    kept.pass_days(29.9)
    assert kept.prune(**{folder: 30}) == []
    kept.pass_days(0.2)
    assert kept.prune(**{folder: 30}) == gone
    assert kept.files == sorted(set(before) - set(gone))


def test_what_was_removed_is_told_with_size_and_age(kept):
    kept.deliver("done/a.png")
    changed = (kept.path / "done" / "a.png").stat().st_ctime
    kept.pass_days(2)
    (walk,) = kept.walks(done=1)
    (removal,) = next(walk.slices())
    assert (str(removal.path), removal.size_bytes, removal.changed) == ("done/a.png", 6, changed)


def test_scan_that_was_made_years_ago_is_as_old_as_its_delivery(kept):
    kept.deliver("done/a.png")
    os.utime(kept.path / "done" / "a.png", (0, 0))
    kept.pass_days(5)
    assert kept.prune(done=10) == []


def test_file_that_was_touched_since_its_delivery_is_young_again(kept):
    kept.deliver("done/a.png", days_ago=100)
    kept.deliver("done/b.png", days_ago=90)
    assert kept.prune(done=10) == [], "their ctime is that of this test"


def test_files_of_others_stay(kept):
    kept.deliver("done/a.png")
    (kept.path / "done" / "mine.png").touch()
    (kept.path / "annotated").mkdir()
    (kept.path / "annotated" / "mine.png").touch()
    kept.pass_days(100)
    kept.prune(done=1, failed=1, annotated=1, review=1)
    assert kept.files == ["annotated/mine.png", "done/mine.png"]


def test_delivery_that_is_not_settled_keeps_its_files(kept):
    kept.deliver("failed/a.png", picture="annotated/a.png", status=Status.FAILED, state="placed")
    before = kept.files
    kept.pass_days(100)
    assert kept.prune(done=1, failed=1, annotated=1, review=1) == []
    assert kept.files == before


@pytest.mark.parametrize("state", ["committed", "placed"])
def test_file_that_a_younger_delivery_is_about_to_make_again_stays(kept, state):
    kept.deliver("done/a.png", picture="annotated/a.png", state="settled")
    kept.deliver("done/a.png", picture="annotated/a.png", state=state)
    kept.pass_days(100)
    is_owed = state == "committed"  # or else the file is being moved, and the picture drawn
    assert kept.prune(done=1, annotated=1) == (["done/a.png"] if is_owed else ["annotated/a.png"])


def test_contact_sheet_is_removed_once_and_not_while_a_cell_of_it_is_owed(kept):
    sheet = "annotated/sheet-000001.png"
    for _ in range(3):
        kept.deliver("done/a.png", picture=sheet)
    kept.pass_days(100)
    assert kept.prune(annotated=1, removes=False) == [sheet]
    kept.deliver("done/b.png", picture=sheet, state="committed")
    assert kept.prune(annotated=1) == []
    for delivery in kept.ledger.unfinished():
        kept.ledger.settle([delivery])
    assert kept.prune(annotated=1) == [sheet]


def test_picture_that_is_drawn_again_for_a_younger_row_stays(kept, tick):
    kept.deliver("done/a.png", picture="annotated/a.png", days_ago=50)
    limit = tick()
    kept.deliver("done/a~2.png", picture="annotated/a.png", days_ago=40)
    kept.now = limit + 10 * 86400
    assert kept.prune(annotated=10, done=10) == ["done/a.png"]


@pytest.fixture
def tick(tmp_path):
    """Return a function that returns a time after all that was changed and before all that will be."""

    def wait():
        def stamp():
            (tmp_path / "tick").touch()
            return (tmp_path / "tick").stat().st_ctime

        before = stamp()
        while (now := stamp()) <= before:
            time.sleep(0.001)
        (tmp_path / "tick").unlink()
        return (before + now) / 2

    return wait


def watch_reading(kept, monkeypatch):
    """Return a list that grows by the sequence number from which on rows are read."""
    asked = []
    after = kept.ledger.ended.after

    def read(seq, *, at_most):
        asked.append(seq)
        return after(seq, at_most=at_most)

    monkeypatch.setattr(kept.ledger.ended, "after", read)
    return asked


def test_walk_ends_at_the_first_young_row(kept, monkeypatch):
    monkeypatch.setattr("digitd.retention.walk._ROWS", 2)
    for number in range(5):
        kept.deliver(f"done/{number}.png", days_ago=100)
    for number in range(5, 50):
        kept.deliver(f"done/{number}.png", days_ago=0.5)
    (walk,) = kept.walks(done=1)
    asked = watch_reading(kept, monkeypatch)
    assert list(walk.slices()) == [[], [], []]
    assert asked == [0, 2, 4, 5]


def test_walk_goes_on_where_all_was_done_and_comes_back_to_what_was_left(kept, monkeypatch):
    for number in range(6):
        kept.deliver(f"done/{number}.png", state="placed" if number == 3 else "settled")
    kept.pass_days(10)
    (walk,) = kept.walks(done=1)
    assert len(next(walk.slices())) == 5
    asked = watch_reading(kept, monkeypatch)
    assert list(walk.slices()) == [[]]
    assert asked == [3, 6], "behind what is gone"
    kept.ledger.settle(kept.ledger.unfinished())
    assert [str(removal.path) for removed in walk.slices() for removal in removed] == ["done/3.png"]
    asked.clear()
    assert list(walk.slices()) == []
    assert asked == [6]


def test_file_of_a_younger_delivery_at_the_place_of_an_older_one_stays_and_stops_nothing(kept, tick):
    kept.deliver("done/a.png", days_ago=50)
    kept.deliver("done/b.png", days_ago=49)
    limit = tick()
    kept.deliver("done/a.png", days_ago=0.5)
    kept.now = limit + 10 * 86400
    assert kept.prune(done=10) == ["done/b.png"]


def test_row_of_a_clock_that_was_set_back_waits_with_those_before_it(kept):
    kept.deliver("done/a.png", days_ago=-8)
    kept.deliver("done/b.png", days_ago=9000)  # files too have the times of that clock
    kept.pass_days(11)
    assert kept.prune(done=10) == []
    kept.pass_days(8)
    assert kept.prune(done=10) == ["done/a.png", "done/b.png"]


def test_row_of_the_future_stops_nothing(kept):
    kept.deliver("done/a.png", days_ago=-9000)
    kept.deliver("done/b.png")
    kept.pass_days(11)
    assert kept.prune(done=10) == ["done/a.png", "done/b.png"]


def test_file_that_was_taken_away_leaves_its_reason_to_be_removed(kept):
    kept.deliver("failed/a.png", status=Status.FAILED)
    (kept.path / "failed" / "a.png").unlink()
    kept.pass_days(11)
    assert kept.prune(failed=10) == ["failed/a.png.reason.json"]


def test_document_of_many_pages_is_removed_with_its_pictures(kept):
    kept.deliver("done/a.pdf", picture="annotated/a.png")
    kept.deliver("done/b.pdf", pages=3)
    kept.pass_days(11)
    assert kept.prune(done=10, removes=False) == ["done/a.pdf", "done/b.pdf"]
    assert kept.prune(done=10) == ["done/a.pdf", "done/b.pdf"]


def test_folders_that_become_empty_go_and_the_top_one_stays(kept):
    for place in ("done/x/y/a.png", "done/x/b.png", "done/z/c.png"):
        kept.deliver(place)
    (kept.path / "done" / "z" / "mine").touch()
    kept.pass_days(11)
    kept.prune(done=10)
    assert os.listdir(kept.path / "done") == ["z"]
    (kept.path / "done" / "z" / "mine").unlink()
    kept.prune(done=10)
    assert os.listdir(kept.path / "done") == []


def test_dry_run_removes_nothing_and_finds_the_same(kept):
    kept.deliver("done/x/a.png", picture="annotated/a.png")
    kept.deliver("failed/b.png", picture="annotated/a.png", status=Status.FAILED)
    before = kept.files
    kept.pass_days(11)
    days = {"done": 10, "failed": 10, "annotated": 10, "review": 10}
    found = kept.prune(**days, removes=False)
    assert kept.files == before
    assert found == kept.prune(**days)
    assert sorted(found) == before


@pytest.mark.parametrize("what", ["top", "between"])
def test_nothing_is_removed_through_a_link(kept, what, caplog):
    kept.deliver("done/x/a.png")
    moved = kept.path / ("done" if what == "top" else "done/x")
    moved.rename(kept.path / "elsewhere")
    moved.symlink_to(kept.path / "elsewhere")
    before = kept.files
    kept.pass_days(11)
    assert kept.prune(done=10) == []
    assert kept.files == before
    assert caplog.text.count("cannot remove") == 1


def test_what_cannot_be_removed_is_told_once_and_passed_over(kept, caplog):
    for number in range(3):
        kept.deliver(f"failed/{number}.png", status=Status.FAILED)
    for name in ("0.png", "1.png"):
        (kept.path / "failed" / name).unlink()
        (kept.path / "failed" / name).mkdir()
    kept.pass_days(11)
    (walk,) = kept.walks(failed=10)
    removed = [str(removal.path) for _ in range(2) for slice_ in walk.slices() for removal in slice_]
    assert removed == ["failed/2.png", "failed/2.png.reason.json"]
    assert caplog.text.count("cannot remove") == 1
    (record,) = caplog.records
    assert record.fields == {"file": "failed/0.png", "why": "it is a folder; remove it by hand"}
    assert (kept.path / "failed" / "0.png.reason.json").exists()


def test_file_that_cannot_be_removed_now_is_removed_later(kept, monkeypatch, caplog):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    for number in range(3):
        kept.deliver(f"done/{number}.png")
    kept.pass_days(11)
    (walk,) = kept.walks(done=10)
    with monkeypatch.context() as patch:
        patch.setattr("os.unlink", refuse)
        assert list(walk.slices()) == [[]]
    assert caplog.text.count("cannot remove") == 1
    assert [len(removed) for removed in walk.slices()] == [3]


def test_outbox_that_is_away_does_not_count_as_done(kept):
    kept.deliver("done/a.png")
    kept.pass_days(11)
    (walk,) = kept.walks(done=10)
    (kept.path / "done").rename(kept.path / "away")
    assert list(walk.slices()) == []
    (kept.path / "away").rename(kept.path / "done")
    assert [len(removed) for removed in walk.slices()] == [1]


@settings(max_examples=60)
@given(
    deliveries=st.lists(
        st.tuples(
            st.sampled_from(["done", "failed"]),
            st.sampled_from(["a.png", "b.png", "x/c.png"]),
            st.sampled_from(["", "annotated/a.png", "annotated/b.png"]),
            st.sampled_from(list(Status)),
            st.sampled_from(["settled", "settled", "placed", "committed"]),
        ),
        max_size=8,
    ),
    days=st.fixed_dictionaries({name: st.sampled_from([0, 10, 1000]) for name in NAMES}),
)
def test_only_what_is_settled_and_old_is_removed_and_all_of_that(tmp_path_factory, deliveries, days):
    path = tmp_path_factory.mktemp("outbox")
    with Ledger.open(path / ".state") as ledger:
        kept = Kept(path, ledger)
        for folder, name, picture, status, state in deliveries:
            kept.deliver(f"{folder}/{name}", picture=picture, status=status, state=state)
        before = set(kept.files)
        kept.pass_days(100)
        dry = kept.prune(**days, removes=False)
        assert set(kept.files) == before
        removed = kept.prune(**days)
        assert removed == dry
        assert len(set(removed)) == len(removed)
        assert set(kept.files) == before - set(removed)
        assert {name.partition("/")[0] for name in removed} <= {name for name in NAMES if days[name] == 10}
        in_use = {str(promised) for promised in ledger.ended.promised()}
        assert in_use.isdisjoint(removed)
        settled = {f"{folder}/{name}" for folder, name, *_, state in deliveries if state == "settled"} - in_use
        assert {place for place in settled if days[place.partition("/")[0]] == 10} <= set(removed)
        assert kept.prune(**days) == []
