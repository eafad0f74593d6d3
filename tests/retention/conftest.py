"""An outbox with a ledger, which is filled as digitd fills it, and a clock."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digitd.config import Retention
from digitd.ledger import Ledger, Owed, Verdict
from digitd.publish import write_picture, write_reason
from digitd.retention import walks
from digitd.rows import Row
from digitd.spool.rest import reason_name
from digitd.values import Reading, Status

DAY_S = 86400


class Kept:
    """An outbox; `now` is its time, in seconds since 1970, which passes only when it is told to."""

    def __init__(self, path, ledger):
        self.path = path
        self.ledger = ledger
        self.now = time.time()

    def pass_days(self, days):
        self.now += days * DAY_S

    def deliver(self, place, *, picture="", status=Status.ACCEPTED, pages=1, state="settled", days_ago=0.0):
        """Bring a file to its place, with its rows and pictures; they are as old as the test, rows as is said."""
        name = place.partition("/")[2]
        (delivery,) = self.ledger.claim([(Path("/inbox"), name, "1")])
        reading = Reading(page=1, value="7", confidence=0.9, status=status)
        moment = datetime.fromtimestamp(self.now - days_ago * DAY_S, UTC)
        row = Row(time=moment, file=name, reading=reading, sha256="", model="", annotated=picture)
        reason = "not_an_image" if place.startswith("failed/") else ""
        owed = (Owed(picture=picture, reading=reading),) if picture else ()
        self.ledger.commit(
            [Verdict(delivery=delivery, rows=(row,) * pages, reason=reason, detail="", owed=owed, state="committed")]
        )
        if state == "committed":
            return
        if picture:
            (self.path / "annotated").mkdir(exist_ok=True)
            is_for_review = status in (Status.REVIEW, Status.FAILED)
            write_picture(self.path, picture.removeprefix("annotated/"), b"png", for_review=is_for_review)
        self.ledger.place([(delivery, Path(place))])
        target = self.path / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"pixels")
        if reason:
            write_reason(target.parent, reason_name(target.name, delivery.id), {"reason": reason})
        if state == "settled":
            self.ledger.settle([delivery])

    def walks(self, *, removes=True, **days):
        """Return the walks for so many days by folder."""
        keep = Retention(**{f"{name}_keep_days": days.get(name, 0.0) for name in NAMES})
        return walks(self.path, self.ledger, keep, clock=lambda: self.now, removes=removes)

    def prune(self, **options):
        """Walk once, and return what was removed in this order."""
        return [str(removal.path) for walk in self.walks(**options) for removed in walk.slices() for removal in removed]

    @property
    def files(self):
        """Return all files in its folders, sorted."""
        found = (Path(folder, name) for folder, _, names in os.walk(self.path) for name in names)
        relative = (str(path.relative_to(self.path)) for path in found)
        return sorted(name for name in relative if not name.startswith(".state"))


NAMES = ("done", "failed", "annotated", "review")


@pytest.fixture
def kept(tmp_path):
    with Ledger.open(tmp_path / ".state") as ledger:
        yield Kept(tmp_path, ledger)
