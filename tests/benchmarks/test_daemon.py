import pytest

from benchmarks.bursts import burst_rates
from benchmarks.daemon import Daemon
from benchmarks.proc import tree
from benchmarks.stock import copies


@pytest.fixture
def source(tmp_path, sample):
    file = tmp_path / "source.jpg"
    file.write_bytes(sample)
    return file


@pytest.mark.slow
def test_daemon_is_fed_followed_and_ended_with_its_children(tmp_path, source):
    files = copies([source], tmp_path / "staged", 3)
    with Daemon(tmp_path / "watch", annotate="all") as daemon:
        daemon.warm_up(files)
        family = tree(daemon.pid)
        assert (daemon.rows(), daemon.settled()) == (3, 3)
        assert not list(daemon.inbox.glob("*.png"))
    assert daemon.pid in family
    assert not any(tree(pid) for pid in family)


@pytest.mark.slow
def test_burst_has_a_rate_of_rows_and_one_of_settled_files(tmp_path, source):
    files = copies([source], tmp_path / "files", 96)
    rates = burst_rates(files, tmp_path, annotate="none", is_settled=True)
    assert set(rates) == {"rows", "settled"}
    assert all(rate > 0 for rate in rates.values())
    assert len(list((tmp_path / "files").iterdir())) == 96  # what was moved were copies


def test_a_daemon_that_ends_is_not_waited_for(tmp_path):
    with pytest.raises(RuntimeError, match="ended"), Daemon(tmp_path, annotate="nonsense") as daemon:
        daemon.follow(daemon.rows, 1)
