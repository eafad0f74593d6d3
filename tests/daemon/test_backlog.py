"""Settling runs behind reading: rows do not wait for pictures, and nothing committed is forgotten."""

from collections import deque
from types import SimpleNamespace

import pytest

from digitd.annotate import Annotator
from digitd.config import Limits, Review
from digitd.daemon.backlog import Backlog
from digitd.daemon.deliver import Deliverer
from digitd.daemon.settle import Settler
from digitd.errors import OutputError
from digitd.job import Job, prepare_job
from digitd.ledger import Ledger
from digitd.publish import commit
from digitd.service.stop import StopRequest
from digitd.spool.inbox import Inbox, work_path
from digitd.spool.scan import ScanRules
from digitd.values import Outcome, Reading, Status

LIMITS = Limits(max_bytes=10**7, max_pixels=10**7, max_pages=3, max_attempts=3)
RULES = ScanRules(recursive=False, ignore=(".*",), image_suffixes=frozenset())


class SlowDrawing:
    """Draws nothing until it is told to; has room for two batches."""

    def __init__(self):
        self.given = deque()
        self.drawn = 0
        self.trouble = None
        self.waits_for = ()

    def has_room(self, _):
        return len(self.given) < 2

    def give(self, batch):
        self.given.append(batch)

    def take(self, *, wait):
        if self.trouble is not None:
            raise self.trouble
        if not self.given or not (self.drawn or wait):
            return False
        self.drawn -= 1
        self.given.popleft()
        return True

    def forget(self):
        self.given.clear()
        self.drawn = 0


@pytest.fixture(scope="module")
def reader():
    review = Review(target_error=0.001, threshold=0.0001)
    return prepare_job(model_path=None, review=review, limits=LIMITS, annotate="none", outbox=None).reader


@pytest.fixture
def work(tmp_path, inbox, outbox, reader):
    """Return a deliverer whose pictures are drawn when the test says so."""
    outbox.path.mkdir()
    ledger = Ledger.open(tmp_path / "state")
    job = Job(reader=reader, model_id="m", annotator=Annotator(), limits=LIMITS, annotate="all", outbox=outbox.path)
    drawing = SlowDrawing()
    deliverer = Deliverer(job, ledger, StopRequest(), drawing)
    folder = Inbox(inbox, RULES, quiet_s=1.0, left=set())
    deliverer.backlog.begin_anew({folder.path})
    yield SimpleNamespace(deliverer=deliverer, backlog=deliverer.backlog, drawing=drawing, folder=folder, ledger=ledger)
    ledger.close()


def deliver(work, *names, content):
    for name in names:
        (work.folder.path / name).write_bytes(content)
    work.folder.arrivals(0.0)
    return work.deliverer.deliver([(work.folder, arrival) for arrival in work.folder.arrivals(10.0)])


def test_rows_do_not_wait_for_pictures(work, outbox, sample):
    for number in range(5):
        assert len(deliver(work, f"{number}.jpg", content=sample)) == 1
    assert len(outbox.rows) == 5
    assert outbox.names("done") == []
    assert len(work.drawing.given) == 2, "the others wait in the ledger"
    for _ in range(5):
        work.drawing.drawn += 1
        work.backlog.go_on()
    assert len(outbox.names("done")) == 5
    assert work.backlog.is_at_rest
    assert work.ledger.unfinished() == []


def test_what_is_committed_late_is_settled_too(work, outbox, sample):
    """A claim of an inbox that was away is read after others with higher numbers."""
    (early,) = work.ledger.claim([(work.folder.path, "early.jpg", "e")])
    deliver(work, "late.jpg", content=sample)
    path = work_path(work.folder.path, early.id, early.name)
    path.write_bytes(sample)
    reading = Reading(page=1, value="7", confidence=1.0, status=Status.ACCEPTED)
    outcome = Outcome(name="early.jpg", sha256="", readings=(reading,), pictures=("",), elapsed_ms=0.0)
    commit(work.ledger, [(early, outcome)], model_id="m", state="committed", owes_pictures=True)
    work.backlog.expect([early])
    work.drawing.drawn = 1
    work.backlog.go_on()
    assert outbox.names("done") == ["early.jpg", "late.jpg"]


def test_files_of_an_inbox_that_is_not_served_are_not_touched(work, outbox, sample, tmp_path):
    deliver(work, "a.jpg", content=sample)
    backlog = Backlog(work.ledger, work.drawing, Settler(outbox.path, work.ledger))
    backlog.begin_anew({tmp_path / "another"})
    backlog.go_on()
    assert backlog.is_at_rest
    assert outbox.names("done") == []
    assert len(work.ledger.unfinished()) == 1


def test_trouble_with_a_picture_is_told_and_everything_is_drawn_again(work, outbox, sample):
    deliver(work, "a.jpg", content=sample)
    work.drawing.trouble = OutputError("no room", hint="make some")
    with pytest.raises(OutputError, match="no room"):
        work.backlog.go_on()
    work.drawing.trouble = None
    work.backlog.begin_anew({work.folder.path})
    work.drawing.drawn = 1
    work.backlog.go_on()
    work.backlog.go_on()
    assert outbox.names("done") == ["a.jpg"]


def test_after_trouble_nothing_is_settled_before_it_begins_anew(work, outbox, sample):
    """What was drawn after the picture that could not be written must not pass for that."""
    deliver(work, "a.jpg", content=sample)
    deliver(work, "b.jpg", content=sample)
    work.drawing.trouble = OutputError("no room", hint="make some")
    with pytest.raises(OutputError):
        work.backlog.go_on()
    work.drawing.trouble, work.drawing.drawn = None, 2
    assert work.backlog.waits_for == ()
    assert not work.backlog.go_on()
    assert outbox.names("done") == []
    assert len(work.ledger.unfinished()) == 2


def test_files_that_went_away_with_their_inbox_stay_owed(work, outbox, sample):
    deliver(work, "a.jpg", content=sample)
    work.folder.path.rename(work.folder.path.with_name("away"))
    work.drawing.drawn = 1
    work.backlog.go_on()
    assert [item.name for item in work.ledger.unfinished()] == ["a.jpg"]
    work.folder.path.with_name("away").rename(work.folder.path)
    work.backlog.begin_anew({work.folder.path})
    work.drawing.drawn = 1
    work.backlog.go_on()
    work.backlog.go_on()
    assert outbox.names("done") == ["a.jpg"]


def test_batch_that_waits_for_room_is_given_when_all_others_are_drawn_at_that_moment(work, outbox, sample):
    for number in range(3):
        deliver(work, f"{number}.jpg", content=sample)
    has_room = work.drawing.has_room

    def finish_after_saying_no(pictures):
        answer = has_room(pictures)
        work.drawing.drawn = len(work.drawing.given)
        return answer

    work.drawing.has_room = finish_after_saying_no
    work.backlog.go_on()
    assert work.backlog.is_at_rest or work.drawing.given
    for _ in range(2):
        work.drawing.drawn = len(work.drawing.given)
        work.backlog.go_on()
    assert len(outbox.names("done")) == 3
