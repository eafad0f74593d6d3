"""Pictures that are drawn in another process, by a painter that can be told to die."""

import multiprocessing
import os
import select
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from digitd.daemon.studio import Studio
from digitd.errors import OutputError
from digitd.ledger import Owed
from digitd.painter import Commission
from digitd.values import Reading, Status


@dataclass(frozen=True)
class Painter:
    """Writes an empty picture for each file, but for those whose names say otherwise."""

    folder: Path

    def paint(self, batch):
        for commission in batch:
            if commission.name == "full":
                raise OutputError("no room", hint="make some")
            if commission.name == "deadly" or (commission.name == "page kills" and commission.source):
                os.kill(os.getpid(), signal.SIGKILL)
            kind = "with page" if commission.source else "without page"
            (self.folder / commission.name).write_text(kind)

    def tidy(self):
        pass


def nothing():
    """Set up nothing."""


def owed(count=1):
    reading = Reading(page=1, value="1", confidence=1.0, status=Status.ACCEPTED)
    return [Owed(picture=f"annotated/{number}.png", reading=reading) for number in range(count)]


def files(*names, pictures=1):
    return [Commission(source=Path("a.png"), name=name, owed=owed(pictures)) for name in names]


@pytest.fixture
def studio(tmp_path):
    with Studio(Painter(tmp_path), nothing) as opened:
        yield opened


def test_batches_are_drawn_in_order_while_the_caller_goes_on(studio, tmp_path):
    studio.give(files("a"))
    studio.give(files("b"))
    assert studio.take(wait=True)
    assert (tmp_path / "a").read_text() == "with page"
    assert studio.take(wait=True)
    assert (tmp_path / "b").is_file()
    assert not studio.take(wait=True)


def test_no_process_is_started_before_the_first_picture(studio):
    assert studio.has_room(1000)
    assert multiprocessing.active_children() == []
    studio.give(files("a"))
    assert len(multiprocessing.active_children()) == 1


def test_second_batch_is_taken_only_while_both_are_small(studio):
    studio.give(files("a"))
    assert studio.has_room(64)
    assert not studio.has_room(65)
    studio.give(files("b"))
    assert not studio.has_room(1)


def test_file_whose_page_ends_the_process_is_drawn_without_it(studio, tmp_path):
    studio.give(files("a", "page kills", "z"))
    studio.give(files("later"))
    assert studio.take(wait=True)
    assert studio.take(wait=True)
    drawn = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert drawn == {"a": "with page", "page kills": "without page", "z": "with page", "later": "with page"}


def test_picture_that_always_ends_the_process_is_given_up(studio, tmp_path, caplog):
    studio.give(files("deadly", "z"))
    assert studio.take(wait=True)
    assert [path.name for path in tmp_path.iterdir()] == ["z"]
    assert "there is none" in caplog.text


def test_nobody_waits_while_a_batch_that_ended_the_process_is_drawn_again(studio, eventually):
    studio.give(files("page kills"))
    for _ in range(3):  # the batch, then twice alone
        eventually(lambda: select.select(studio.waits_for, [], [], 0)[0], "the process is dead")
        assert not studio.take(wait=False)
    eventually(lambda: studio.take(wait=False), "it is drawn without its page")


def test_studio_whose_process_died_and_cannot_be_replaced_can_begin_anew(studio, tmp_path, monkeypatch):
    studio.give(files("deadly"))

    def refuse(_):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    with monkeypatch.context() as patch:
        patch.setattr("multiprocessing.context.SpawnProcess.start", refuse)
        with pytest.raises(OutputError, match="cannot start a process"):
            studio.take(wait=True)
        studio.forget()
    studio.give(files("a"))
    assert studio.take(wait=True)
    assert (tmp_path / "a").is_file()


def test_outbox_that_cannot_be_written_is_told(studio):
    studio.give(files("full"))
    with pytest.raises(OutputError, match="no room"):
        studio.take(wait=True)


def test_forgotten_batches_are_not_taken_and_the_next_one_is_drawn(studio, tmp_path):
    studio.give(files("full"))
    studio.forget()
    assert not studio.take(wait=True)
    studio.give(files("a"))
    assert studio.take(wait=True)
    assert (tmp_path / "a").is_file()


def test_process_that_cannot_be_started_is_told_with_what_to_do(tmp_path, monkeypatch):
    def refuse(_):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", refuse)
    with (
        Studio(Painter(tmp_path), nothing) as studio,
        pytest.raises(OutputError, match="cannot start a process") as caught,
    ):
        studio.give(files("a"))
    assert "annotate" in caught.value.hint
