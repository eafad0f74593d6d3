"""A process that answers, and one that dies."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from digitd.errors import OutputError
from digitd.service.worker import Worker, WorkerDied
from tests.conftest import ROOT


def nothing():
    """Set up nothing."""


def work(subject, message):
    """Die, fail or answer, as the message says."""
    if message == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if message == "fail":
        raise OutputError("no room", hint="make some")
    return (subject, message, os.getpid())


@pytest.fixture
def worker():
    with Worker("subject", work, nothing) as started:
        yield started


def test_answers_come_in_the_order_of_the_messages_from_another_process(worker):
    for number in range(5):
        worker.send(number)
    answers = [worker.answer() for _ in range(5)]
    assert [answer[:2] for answer in answers] == [("subject", number) for number in range(5)]
    assert os.getpid() not in {answer[2] for answer in answers}


def test_error_of_the_work_is_raised_where_the_answer_is_taken(worker):
    worker.send("fail")
    worker.send("more")
    with pytest.raises(OutputError, match="no room") as caught:
        worker.answer()
    assert caught.value.hint == "make some"
    assert worker.answer()[1] == "more"


def test_death_is_noticed_and_a_new_process_takes_over(worker):
    worker.send("die")
    with pytest.raises(WorkerDied):
        worker.answer()
    worker.send("to a dead one")
    worker.end()
    worker.start()
    worker.send("hello")
    assert worker.answer()[1] == "hello"


def test_answer_that_is_there_is_told_by_its_descriptor(worker, eventually):
    assert not worker.has_answered()
    worker.send("hello")
    eventually(worker.has_answered, "the answer is there")
    assert worker.answer()[1] == "hello"


def run_script(script):
    """Run a script in a fresh interpreter and return what it prints: some things happen with the first process only."""
    words = [sys.executable, "-c", script]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True).stdout.split()


SCRIPT = """
import os, signal, sys, time
from digitd.service.worker import Worker
from tests.service.test_worker import nothing, work
if __name__ == "__main__":
    with Worker("subject", work, nothing) as worker:
        worker.send("who")
        process = worker.answer()[2]
"""


def test_signals_that_stop_the_parent_do_not_reach_its_first_process():
    script = (
        SCRIPT
        + """
        os.kill(process, signal.SIGINT)
        os.kill(process, signal.SIGTERM)
        worker.send("still there")
        print(worker.answer()[1])
"""
    )
    assert run_script(script) == ["still", "there"]


def test_process_dies_with_its_parent(eventually):
    script = (
        SCRIPT
        + """
        print(process, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""
    )
    words = [sys.executable, "-c", script]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    process = int(ended.stdout)
    eventually(lambda: not Path(f"/proc/{process}/exe").exists(), "the process is gone")


def test_process_ends_with_its_worker():
    with Worker("subject", work, nothing) as started:
        started.send("who")
        process = started.answer()[2]
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_dismissed_process_ends_by_itself_after_its_answer(eventually):
    dismissed = Worker("subject", work, nothing)
    dismissed.start()
    dismissed.send("who")
    process = dismissed.answer()[2]
    assert not dismissed.has_ended
    dismissed.dismiss()
    eventually(lambda: dismissed.has_ended, "the process has ended")
    dismissed.end()
    assert not dismissed.is_running
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
