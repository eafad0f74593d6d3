"""``digitd prune`` as a process, while a daemon runs and while none does."""

import pytest

from digitd.ledger import Ledger
from tests.conftest import environment

AT_ONCE = {f"DIGITD_RETENTION_{name}_KEEP_DAYS": "0.000001" for name in ("DONE", "FAILED", "ANNOTATED", "REVIEW")}
"""A tenth of a second."""
FOLDERS = ("annotated", "done", "failed", "review")


@pytest.fixture
def served(digitd, inbox, outbox, sample):
    """Serve a digit and what is none, and return the paths of what is kept of them."""
    (inbox / "a.jpg").write_bytes(sample)
    (inbox / "bad.png").write_bytes(b"not an image")
    quick = environment() | {"DIGITD_SETTLE_QUIET_S": "0.1"}
    ended = digitd("watch", "--once", "--inbox", inbox, "--outbox", outbox.path, env=quick)
    assert ended.returncode == 0, ended.stderr
    return kept_in(outbox)


def kept_in(outbox):
    return sorted(str(path) for folder in FOLDERS for path in (outbox.path / folder).iterdir())


def prune(digitd, outbox, *words, **variables):
    ended = digitd("prune", "--outbox", outbox.path, *words, env=environment() | variables)
    assert ended.returncode == 0, ended.stderr
    return ended


def test_prune_says_what_to_set_where_nothing_is(digitd, outbox, served):
    ended = prune(digitd, outbox)
    for name in FOLDERS:
        assert f"{name}_keep_days" in ended.stderr
    assert ended.stdout == ""
    assert kept_in(outbox) == served


def test_dry_run_lists_what_prune_then_removes(digitd, outbox, served):
    ended = prune(digitd, outbox, "--dry-run", **AT_ONCE)
    assert sorted(ended.stdout.splitlines()) == served
    assert "failed/: 2 files, 0.0 MB would be removed, the oldest of 20" in ended.stderr
    assert kept_in(outbox) == served
    rows = outbox.rows
    ended = prune(digitd, outbox, **AT_ONCE)
    counts = [line.split(",")[0] for line in ended.stdout.splitlines()]
    assert counts == ["done/: 1 file", "failed/: 2 files", "annotated/: 2 files", "review/: 1 file"]
    assert kept_in(outbox) == []
    assert outbox.rows == rows
    assert prune(digitd, outbox, **AT_ONCE).stdout.splitlines()[0] == "done/: 0 files, 0.0 MB removed"


def test_young_files_stay(digitd, outbox, served):
    prune(digitd, outbox, **dict.fromkeys(AT_ONCE, "1"))
    assert kept_in(outbox) == served


def test_prune_waits_for_nobody_and_keeps_nobody_waiting(digitd, outbox, served):
    with Ledger.open(outbox.path / ".state") as ledger:
        assert len(prune(digitd, outbox, **AT_ONCE).stdout.splitlines()) == len(FOLDERS)
        ledger.record_projected(*ledger.projected())
    assert kept_in(outbox) == []
    assert served


def test_prune_without_a_ledger_says_what_to_do(digitd, outbox):
    ended = digitd("prune", "--outbox", outbox.path, env=environment() | AT_ONCE)
    assert ended.returncode == 5
    assert "there is no ledger in" in ended.stderr
