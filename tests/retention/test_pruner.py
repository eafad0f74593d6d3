import math

import pytest

from digitd.errors import OutputError
from digitd.retention import Pruner


@pytest.fixture
def small_slices(monkeypatch):
    monkeypatch.setattr("digitd.retention.walk._ROWS", 2)


def test_where_all_is_kept_there_is_never_anything_to_do(kept):
    pruner = Pruner(kept.walks())
    assert pruner.due_in_s(0.0) == math.inf
    pruner.go_on(0.0)


@pytest.mark.usefixtures("small_slices")
def test_pass_goes_on_slice_by_slice_and_begins_anew_after_an_hour(kept, caplog):
    caplog.set_level("INFO", "digitd")
    for number in range(5):
        kept.deliver(f"done/{number}.png")
    kept.pass_days(11)
    pruner = Pruner(kept.walks(done=10, failed=10))
    now, left = 1000.0, []
    while (due_in_s := pruner.due_in_s(now)) < 60:
        now += due_in_s
        pruner.go_on(now)
        left.append(len(kept.files))
    assert left == [3, 1, 0, 0]
    assert due_in_s == pytest.approx(3600)
    (record,) = caplog.records
    assert record.fields == {"files": 5, "megabytes": 0.0}
    kept.deliver("done/late.png")
    kept.pass_days(11)
    pruner.go_on(now + 3599)
    assert kept.files == ["done/late.png"]
    pruner.go_on(now + 3601)
    assert kept.files == []


def test_pass_that_removes_nothing_is_not_told(kept, caplog):
    caplog.set_level("INFO", "digitd")
    kept.deliver("done/a.png")
    pruner = Pruner(kept.walks(done=10))
    pruner.go_on(0.0)
    assert pruner.due_in_s(0.0) == pytest.approx(3600)
    assert caplog.records == []


def test_ledger_that_cannot_be_read_ends_the_pass_and_the_next_one_is_whole(kept, monkeypatch):
    def refuse(*_, **__):
        raise OutputError("the ledger cannot be used", hint="check the disk")

    kept.deliver("done/a.png")
    kept.pass_days(11)
    pruner = Pruner(kept.walks(done=10))
    with monkeypatch.context() as patch:
        patch.setattr(kept.ledger.ended, "after", refuse)
        with pytest.raises(OutputError):
            pruner.go_on(0.0)
    assert pruner.due_in_s(0.0) == pytest.approx(3600)
    pruner.go_on(3600.0)
    assert kept.files == []
