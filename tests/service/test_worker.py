"""A process that answers, and one that dies."""

import os
import signal

import pytest

from digitd.errors import OutputError
from digitd.service.worker import Worker, WorkerDied


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
    worker.replace()
    worker.send("hello")
    assert worker.answer()[1] == "hello"


def test_answer_that_is_there_is_told_by_its_descriptor(worker, eventually):
    assert not worker.has_answered()
    worker.send("hello")
    eventually(worker.has_answered, "the answer is there")
    assert worker.answer()[1] == "hello"


def test_signals_that_stop_the_parent_do_not_reach_the_process(worker):
    worker.send("who")
    process = worker.answer()[2]
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(process, number)
    worker.send("still there")
    assert worker.answer()[1:] == ("still there", process)


def test_process_ends_with_its_worker():
    with Worker("subject", work, nothing) as started:
        started.send("who")
        process = started.answer()[2]
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
