"""A process that ends between any two steps, and the next one that takes up its work."""

import os
from contextlib import suppress
from itertools import count
from types import SimpleNamespace

import pytest

from digitd import failpoints
from digitd.annotate import Annotator
from digitd.config import Limits, Review
from digitd.daemon.deliver import Deliverer
from digitd.daemon.recover import recover
from digitd.errors import OutputError
from digitd.failpoints import POINTS
from digitd.job import Job, prepare_job
from digitd.ledger import Ledger
from digitd.service.stop import StopRequest
from digitd.spool.inbox import WORK_FOLDER, Inbox
from digitd.spool.scan import ScanRules
from tests.conftest import waiting_in

LIMITS = Limits(max_bytes=10**7, max_pixels=10**7, max_pages=3, max_attempts=3)
RULES = ScanRules(recursive=False, ignore=(".*",), image_suffixes=frozenset())
NAMES = ("a.jpg", "b.jpg", "bad.png")


class Crash(BaseException):
    """The process ends here."""


@pytest.fixture(scope="module")
def reader():
    """Load the shipped model once."""
    review = Review(target_error=0.001, threshold=0.0001)
    return prepare_job(model_path=None, review=review, limits=LIMITS, annotate="none", outbox=None).reader


@pytest.fixture
def place(tmp_path, inbox, outbox, reader):
    """Return what outlives a process, and a function that opens what does not."""
    outbox.path.mkdir()

    def process():
        ledger = Ledger.open(tmp_path / "state")
        annotator = Annotator()
        job = Job(reader=reader, model_id="m", annotator=annotator, limits=LIMITS, annotate="all", outbox=outbox.path)
        folder = Inbox(inbox, RULES, quiet_s=1.0, left=ledger.left())
        return SimpleNamespace(ledger=ledger, deliverer=Deliverer(job, ledger, StopRequest()), folder=folder)

    return SimpleNamespace(process=process, inbox=inbox, outbox=outbox)


def serve(process, max_attempts=3):
    """Recover, then deliver what has arrived."""
    folder = process.folder
    recover(process.deliverer, {folder.path: folder}, max_attempts=max_attempts)
    folder.arrivals(0.0)
    process.deliverer.deliver([(folder, arrival) for arrival in folder.arrivals(10.0)])


def assert_nothing_is_lost_or_doubled(place):
    assert sorted(row["file"] for row in place.outbox.rows) == sorted(NAMES)
    assert [int(row["seq"]) for row in place.outbox.rows] == [1, 2, 3]
    assert place.outbox.names("done") == ["a.jpg", "b.jpg"]
    assert place.outbox.names("failed") == ["bad.png"]
    assert len(place.outbox.names("annotated")) == len(NAMES)
    assert not list(place.outbox.path.rglob("*.tmp"))
    assert sorted(os.listdir(place.outbox.path / "failed")) == ["bad.png", "bad.png.reason.json"]
    assert waiting_in(place.inbox) == []
    assert os.listdir(place.inbox / WORK_FOLDER) == []


def fill(place, sample):
    for name in NAMES:
        (place.inbox / name).write_bytes(sample if name.endswith(".jpg") else b"not an image")


DELIVERY_POINTS = POINTS[: POINTS.index("recovering")]


def crash_at(point, occurrence=1):
    """Return what a failpoint calls to end the process when it is reached for the n-th time."""
    reached = count(1)

    def reach(name):
        if name == point and next(reached) == occurrence:
            raise Crash

    return reach


@pytest.mark.parametrize("occurrence", [1, 2])
@pytest.mark.parametrize("point", [point for point in DELIVERY_POINTS if point not in {"copied", "landed"}])
def test_crash_at_a_step_loses_and_doubles_nothing(place, sample, monkeypatch, point, occurrence):
    fill(place, sample)
    first = place.process()
    with monkeypatch.context() as patch:
        patch.setattr(failpoints, "reach", crash_at(point, occurrence))
        with suppress(Crash):  # some points are passed once
            serve(first)
    first.ledger.close()
    csv = place.outbox.path / "predictions.csv"
    before = csv.read_bytes() if csv.exists() else b""
    second = place.process()
    serve(second)
    assert csv.read_bytes().startswith(before)
    assert_nothing_is_lost_or_doubled(place)
    assert second.ledger.unfinished() == []
    second.ledger.close()


def test_file_that_ends_the_process_goes_to_failed_after_so_many_attempts(place, sample, monkeypatch):
    (place.inbox / "poison.jpg").write_bytes(sample)

    def die(*_):
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr("digitd.job.Job.read", die)
        for _ in range(3):
            process = place.process()
            with pytest.raises(Crash):
                serve(process)
            process.ledger.close()
    process = place.process()
    serve(process)
    process.ledger.close()
    assert [(row["file"], row["reason"]) for row in place.outbox.rows] == [("poison.jpg", "crashed")]
    assert place.outbox.names("failed") == ["poison.jpg"]


def test_file_in_work_that_the_ledger_lost_is_read_again(place, sample):
    (place.inbox / WORK_FOLDER).mkdir()
    (place.inbox / WORK_FOLDER / "17~a~b.jpg").write_bytes(sample)
    process = place.process()
    serve(process)
    process.ledger.close()
    assert [row["file"] for row in place.outbox.rows] == ["a~b.jpg"]


def test_names_that_look_like_numbered_ones_do_not_stop_the_daemon(place, sample):
    process = place.process()
    for name in ("a~3.jpg", "a.jpg", "a.jpg", "a.jpg"):
        (place.inbox / name).write_bytes(sample)
        serve(process)
    process.ledger.close()
    assert len(place.outbox.names("done")) == len(place.outbox.rows) == 4


def test_lost_state_beside_an_old_csv_is_refused_and_nothing_is_touched(place, sample, tmp_path):
    (place.inbox / "a.jpg").write_bytes(sample)
    process = place.process()
    serve(process)
    process.ledger.close()
    (tmp_path / "state").rename(tmp_path / "lost")
    before = (place.outbox.path / "predictions.csv").read_bytes()
    process = place.process()
    with pytest.raises(OutputError, match="rows that the ledger does not know"):
        serve(process)
    process.ledger.close()
    assert (place.outbox.path / "predictions.csv").read_bytes() == before
    assert not list(place.outbox.path.glob("*.damaged-*"))


def test_unfinished_files_of_a_killed_writer_are_removed(place):
    (place.outbox.path / "annotated").mkdir()
    (place.outbox.path / "annotated" / ".digitd-0123456789abcdef.tmp").touch()
    process = place.process()
    serve(process)
    process.ledger.close()
    assert os.listdir(place.outbox.path / "annotated") == []


def test_outbox_that_cannot_be_written_does_not_count_against_the_files(place, sample, monkeypatch):
    (place.inbox / "a.jpg").write_bytes(sample)

    def full(*_):
        raise OutputError("no room", hint="make some")

    with monkeypatch.context() as patch:
        patch.setattr("digitd.job.Job.read", full)
        for _ in range(5):
            process = place.process()
            with pytest.raises(OutputError):
                serve(process)
            process.ledger.close()
    process = place.process()
    serve(process)
    process.ledger.close()
    assert [row["value"] for row in place.outbox.rows] == ["7"]


def test_file_that_vanishes_while_it_is_in_work_keeps_its_row(place, sample, monkeypatch):
    (place.inbox / "a.jpg").write_bytes(sample)
    original = Job.read

    def run_and_lose(self, source, name, *rest):
        outcome = original(self, source, name, *rest)
        source.unlink()
        return outcome

    process = place.process()
    with monkeypatch.context() as patch:
        patch.setattr("digitd.job.Job.read", run_and_lose)
        serve(process)
    assert [row["value"] for row in place.outbox.rows] == ["7"]
    assert process.ledger.unfinished() == []
    process.ledger.close()
