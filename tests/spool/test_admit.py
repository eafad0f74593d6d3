import pytest

from digitd.imaging.endings import Ending
from digitd.spool.admit import Admission
from digitd.spool.scan import Candidate, Stamp
from digitd.spool.signs import NO_SIGNS, Signs


def a_file(name="a.png", *, size=10, mtime=0, is_regular=True):
    stamp = Stamp(size_bytes=size, mtime_ns=mtime, ctime_ns=0, device=1, inode=1)
    return Candidate(name=name, stamp=stamp, is_regular=is_regular)


def unsaid(_name):
    return NO_SIGNS


def names(arrivals):
    return [arrival.candidate.name for arrival in arrivals]


def test_file_is_finished_once_it_has_been_unchanged_for_the_quiet_period():
    admission = Admission(1.0, unsaid)
    assert names(admission.admit([a_file()], now=10.0)) == []
    assert names(admission.admit([a_file()], now=10.9)) == []
    assert names(admission.admit([a_file()], now=11.0)) == ["a.png"]


@pytest.mark.parametrize("change", [{"size": 11}, {"mtime": 1}])
def test_every_change_begins_the_quiet_period_anew(change):
    admission = Admission(1.0, unsaid)
    admission.admit([a_file()], now=0.0)
    admission.admit([a_file(**change)], now=0.5)
    assert names(admission.admit([a_file(**change)], now=1.25)) == []
    assert names(admission.admit([a_file(**change)], now=1.5)) == ["a.png"]


def test_waiting_is_counted_from_the_first_sight_in_spite_of_changes():
    admission = Admission(1.0, unsaid)
    admission.admit([a_file()], now=0.0)
    admission.admit([a_file(size=11)], now=5.0)
    (arrival,) = admission.admit([a_file(size=11)], now=6.0)
    assert arrival.first_seen == 0.0
    assert admission.oldest_s(6.0) == 6.0


def test_forged_times_do_not_hasten_or_delay():
    admission = Admission(1.0, unsaid)
    future = a_file(mtime=10**20)
    assert names(admission.admit([future], now=0.0)) == []
    assert names(admission.admit([future], now=1.0)) == ["a.png"]


def test_what_is_not_a_file_never_changes_and_is_admitted_at_once():
    admission = Admission(1.0, unsaid)
    assert names(admission.admit([a_file(is_regular=False)], now=0.0)) == ["a.png"]


def test_vanished_file_is_forgotten():
    admission = Admission(1.0, unsaid)
    admission.admit([a_file()], now=0.0)
    admission.admit([], now=0.5)
    assert admission.waiting == 0
    assert names(admission.admit([a_file()], now=2.0)) == []


def test_newly_seen_are_those_that_the_list_before_had_not():
    admission = Admission(1.0, unsaid, marker=".done")
    counts = []
    for listed in ([], ["a.png", "a.png.done"], ["a.png"], ["a.png", "b.png", "c.png"], ["c.png"], ["a.png", "c.png"]):
        admission.admit([a_file(name) for name in listed], now=0.0)
        counts.append(admission.newly_seen)
    assert counts == [0, 1, 0, 2, 0, 1]


def test_file_that_changes_is_not_newly_seen_and_one_that_was_taken_is():
    admission = Admission(1.0, unsaid)
    admission.admit([a_file()], now=0.0)
    admission.admit([a_file(size=11)], now=0.5)
    assert admission.newly_seen == 0
    admission.forget("a.png")
    admission.admit([a_file(size=11)], now=1.0)
    assert admission.newly_seen == 1


def test_taken_name_may_come_again():
    admission = Admission(1.0, unsaid)
    admission.admit([a_file()], now=0.0)
    admission.admit([a_file()], now=1.0)
    admission.forget("a.png")
    assert names(admission.admit([a_file()], now=1.5)) == []


def test_longest_waiting_comes_first():
    admission = Admission(1.0, unsaid)
    admission.admit([a_file("z.png")], now=0.0)
    admission.admit([a_file("z.png"), a_file("b.png"), a_file("a.png")], now=0.5)
    everything = [a_file("a.png"), a_file("b.png"), a_file("z.png")]
    assert names(admission.admit(everything, now=2.0)) == ["z.png", "a.png", "b.png"]


def test_next_file_is_due_when_its_quiet_period_ends():
    admission = Admission(1.0, unsaid)
    assert admission.due_in_s(0.0) is None
    admission.admit([a_file()], now=0.0)
    assert admission.due_in_s(0.25) == 0.75
    assert admission.due_in_s(5.0) == 0.0


def test_whole_file_that_nobody_has_open_is_finished_at_once():
    admission = Admission(1.0, lambda _: Signs(ending=Ending.WHOLE, is_open=False))
    assert names(admission.admit([a_file()], now=0.0)) == ["a.png"]


@pytest.mark.parametrize(
    "signs",
    [
        Signs(ending=Ending.CUT, is_open=False),
        Signs(ending=Ending.CUT, is_open=None),
        Signs(ending=Ending.WHOLE, is_open=True),
    ],
)
def test_file_that_looks_unfinished_is_given_ten_quiet_periods(signs):
    admission = Admission(1.0, lambda _: signs)
    assert names(admission.admit([a_file()], now=0.0)) == []
    assert admission.due_in_s(4.0) == 6.0
    assert names(admission.admit([a_file()], now=9.9)) == []
    assert names(admission.admit([a_file()], now=10.0)) == ["a.png"]


def test_file_is_finished_once_its_writer_closes_it():
    said = [Signs(ending=Ending.WHOLE, is_open=True), Signs(ending=Ending.WHOLE, is_open=False)]
    admission = Admission(1.0, lambda _: said.pop(0))
    assert names(admission.admit([a_file()], now=0.0)) == []
    assert names(admission.admit([a_file()], now=0.1)) == ["a.png"]


def test_file_that_nobody_writes_is_looked_into_once():
    asked = []

    def signs_of(name):
        asked.append(name)
        return Signs(ending=Ending.UNKNOWN, is_open=False)

    admission = Admission(1.0, signs_of)
    for now in (0.0, 0.2, 0.4):
        assert names(admission.admit([a_file()], now=now)) == []
    assert asked == ["a.png"]


def test_first_file_is_admitted_before_the_last_is_looked_into():
    asked = []

    def signs_of(name):
        asked.append(name)
        return Signs(ending=Ending.WHOLE, is_open=False)

    arrivals = Admission(1.0, signs_of).admit([a_file(f"{number}.png") for number in range(1000)], now=0.0)
    assert next(arrivals).candidate.name == "0.png"
    assert asked == ["0.png"]


def test_only_marked_files_are_finished_where_uploaders_leave_markers():
    admission = Admission(1.0, unsaid, marker=".done")
    assert names(admission.admit([a_file()], now=0.0)) == []
    assert admission.due_in_s(0.0) is None
    assert names(admission.admit([a_file()], now=100.0)) == []
    assert names(admission.admit([a_file(), a_file("a.png.done"), a_file("b.png")], now=100.1)) == ["a.png"]
    assert admission.waiting == 2
