"""Metrics in a file and on a port."""

import os
import socket
import stat
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from digitd.config import Metrics
from digitd.errors import ConfigError
from digitd.service.scrape import Scrape
from digitd.service.snapshot import Facts, Identity, Snapshot, State, Totals
from digitd.service.throughput import Sample
from digitd.values import Status

ONE = Sample(statuses=(Status.ACCEPTED,), latency_s=0.5, waited_s=0.2, read_s=0.02, at=1e9, is_failed=False)


def settings(textfile=None, *, every_s=15.0, port=0, address="127.0.0.1"):
    return Metrics(textfile=textfile, every_s=every_s, port=port, address=address)


def moment(rows=0):
    return Snapshot(
        identity=Identity(version="1", started=0.0), facts=Facts(state=State.WATCHING, rows=rows), totals=Totals()
    )


def value(text, name):
    """Return the value of a series without labels, as Prometheus's own parser finds it."""
    families = text_string_to_metric_families(text)
    return next(one.value for family in families for one in family.samples if one.name == name)


def free_port(address="127.0.0.1"):
    with socket.create_server((address, 0)) as server:
        return server.getsockname()[1]


def is_free(port):
    """Return whether nobody listens: connections of a moment ago may linger."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) != 0


def ask(port, address="127.0.0.1"):
    with urllib.request.urlopen(f"http://{address}:{port}/metrics", timeout=10) as answer:
        return answer.read().decode()


@pytest.fixture
def now():
    return [0.0]


@pytest.fixture
def scrape(now):
    with Scrape(clock=lambda: now[0]) as giving:
        yield giving


def test_where_nobody_wants_metrics_none_are_kept(scrape, monkeypatch):
    monkeypatch.setattr("digitd.service.scrape.Meters", None)  # making them would raise
    scrape.configure(settings())
    scrape.add(ONE)
    scrape.observe("read", 1.0)
    scrape.show(moment())


def test_file_is_written_at_once_and_then_when_it_is_time(scrape, now, tmp_path):
    file = tmp_path / "digitd.prom"
    scrape.configure(settings(file))
    for second, rows in ((0.0, 1), (14.0, 2), (15.0, 3), (16.0, 4)):
        now[0] = second
        scrape.show(moment(rows))
        assert value(file.read_text(), "digitd_rows") == {14.0: 1, 16.0: 3}.get(second, rows)


def test_file_is_readable_for_all_whatever_the_umask(scrape, tmp_path):
    file = tmp_path / "digitd.prom"
    previous = os.umask(0o077)
    try:
        scrape.configure(settings(file))
        scrape.show(moment())
    finally:
        os.umask(previous)
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


def test_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it(scrape, now, tmp_path):
    file = tmp_path / "digitd.prom"
    scrape.configure(settings(file))
    scrape.show(moment(1))
    with file.open(encoding="utf-8") as reader:
        now[0] = 15.0
        scrape.show(moment(2))
        assert value(reader.read(), "digitd_rows") == 1  # whoever has it open reads on in the old one
    assert value(file.read_text(), "digitd_rows") == 2
    assert list(tmp_path.iterdir()) == [file]


def test_unfinished_file_has_no_name_that_the_node_exporter_reads(scrape, tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(Path, "write_bytes", lambda path, _: written.append(path.name))
    scrape.configure(settings(tmp_path / "digitd.prom"))
    scrape.show(moment())
    assert written
    assert not any(name.endswith(".prom") for name in written)


def test_folder_that_is_missing_is_said_once_and_again_when_it_goes_again(scrape, now, tmp_path, caplog):
    folder = tmp_path / "node-exporter"
    scrape.configure(settings(folder / "digitd.prom", every_s=1.0))

    def show_for(seconds):
        for _ in range(seconds):
            now[0] += 1.0
            scrape.show(moment())

    show_for(5)
    assert len(caplog.records) == 1
    assert str(folder / "digitd.prom") in caplog.text
    folder.mkdir()
    show_for(1)
    assert (folder / "digitd.prom").exists()
    (folder / "digitd.prom").unlink()
    folder.rmdir()
    show_for(5)
    assert len(caplog.records) == 2


def test_file_stays_as_of_the_end(tmp_path):
    file = tmp_path / "digitd.prom"
    with Scrape(clock=lambda: 0.0) as scrape:
        scrape.configure(settings(file))
        scrape.show(moment(1))
        scrape.show(moment(2))
    assert value(file.read_text(), "digitd_rows") == 2


def test_port_answers_on_loopback_and_is_free_afterwards():
    port = free_port()
    with Scrape() as scrape:
        scrape.configure(settings(port=port))
        scrape.show(moment(7))
        assert value(ask(port), "digitd_rows") == 7
        with pytest.raises(OSError, match="refused"):
            ask(port, "127.0.0.2")  # of this machine too, and not asked for
    assert is_free(port)
    socket.create_server(("127.0.0.1", port)).close()


def test_whoever_connects_and_says_nothing_holds_up_neither_others_nor_the_end():
    port = free_port()
    with Scrape() as scrape:
        scrape.configure(settings(port=port))
        with socket.create_connection(("127.0.0.1", port)):
            assert value(ask(port), "digitd_rows") == 0
            scrape.__exit__()
            assert is_free(port)


def test_port_in_use_is_a_wrong_configuration_and_all_stays_as_it_was(scrape, tmp_path):
    port = free_port()
    scrape.configure(settings(port=port))
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port = {taken} on 127.0.0.1 cannot be used") as caught:
            scrape.configure(settings(tmp_path / "digitd.prom", port=taken))
    assert "another port" in caught.value.hint
    scrape.show(moment(3))
    assert value(ask(port), "digitd_rows") == 3
    assert list(tmp_path.iterdir()) == []


def test_other_port_is_answered_and_the_first_given_up_with_the_counts_kept(scrape):
    first, second = free_port(), free_port()
    scrape.configure(settings(port=first))
    scrape.add(ONE)
    scrape.configure(settings(port=second))
    assert value(ask(second), "digitd_latency_seconds_count") == 1
    assert is_free(first)
    scrape.configure(settings())
    assert is_free(second)


def test_same_port_can_move_to_another_address(scrape):
    port = free_port()
    scrape.configure(settings(port=port))
    scrape.configure(settings(port=port, address="0.0.0.0"))  # noqa: S104 - for the moment of this test
    assert value(ask(port, "127.0.0.2"), "digitd_rows") == 0
    scrape.configure(settings(port=port))
    with pytest.raises(OSError, match="refused"):
        ask(port, "127.0.0.2")


def test_port_stays_open_where_nothing_about_it_changes(scrape, tmp_path):
    port = free_port()
    scrape.configure(settings(port=port))
    with socket.create_connection(("127.0.0.1", port)) as client:
        scrape.configure(settings(tmp_path / "digitd.prom", port=port))
        client.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.0 200")
