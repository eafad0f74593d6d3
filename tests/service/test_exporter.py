"""Metrics in a file and on a port."""

import os
import socket
import stat
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families

from digitd.config import Metrics
from digitd.errors import ConfigError
from digitd.service.exporter import Exporter
from digitd.service.progress import Stage
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
def exporter(now):
    with Exporter("digitd", clock=lambda: now[0]) as giving:
        yield giving


def test_where_nobody_wants_metrics_none_are_kept(exporter, monkeypatch):
    monkeypatch.setattr("digitd.service.exporter.Metrics", None)  # making them would raise
    exporter.configure(settings())
    exporter.add(ONE)
    exporter.observe(Stage.READ, 1.0)
    exporter.show(moment())


def test_file_is_written_at_once_and_then_when_it_is_time(exporter, now, tmp_path):
    file = tmp_path / "digitd.prom"
    exporter.configure(settings(file))
    for second, rows in ((0.0, 1), (14.0, 2), (15.0, 3), (16.0, 4)):
        now[0] = second
        exporter.show(moment(rows))
        assert value(file.read_text(), "digitd_rows") == {14.0: 1, 16.0: 3}.get(second, rows)


def test_file_is_readable_for_all_whatever_the_umask(exporter, tmp_path):
    file = tmp_path / "digitd.prom"
    previous = os.umask(0o077)
    try:
        exporter.configure(settings(file))
        exporter.show(moment())
    finally:
        os.umask(previous)
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


def test_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it(exporter, now, tmp_path):
    file = tmp_path / "digitd.prom"
    exporter.configure(settings(file))
    exporter.show(moment(1))
    with file.open(encoding="utf-8") as reader:
        now[0] = 15.0
        exporter.show(moment(2))
        assert value(reader.read(), "digitd_rows") == 1  # whoever has it open reads on in the old one
    assert value(file.read_text(), "digitd_rows") == 2
    assert list(tmp_path.iterdir()) == [file]


def test_file_of_another_name_takes_the_place_of_the_first(exporter, tmp_path):
    first, second = tmp_path / "first.prom", tmp_path / "second.prom"
    exporter.configure(settings(first))
    exporter.show(moment(1))
    exporter.configure(settings(second))
    exporter.show(moment(2))
    assert list(tmp_path.iterdir()) == [second]


def test_file_tells_that_the_daemon_lives_while_nothing_new_is_shown(exporter, now, tmp_path):
    file = tmp_path / "digitd.prom"
    exporter.configure(settings(file))
    exporter.show(moment())
    before = value(file.read_text(), "digitd_alive_timestamp_seconds")
    now[0] = 15.0
    exporter.beat()
    assert value(file.read_text(), "digitd_alive_timestamp_seconds") > before


def test_folder_that_is_missing_is_said_once_and_again_when_it_goes_again(exporter, now, tmp_path, caplog):
    folder = tmp_path / "node-exporter"
    exporter.configure(settings(folder / "digitd.prom", every_s=1.0))

    def show_for(seconds):
        for _ in range(seconds):
            now[0] += 1.0
            exporter.show(moment())

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
    with Exporter("digitd", clock=lambda: 0.0) as exporter:
        exporter.configure(settings(file))
        exporter.show(moment(1))
        exporter.show(moment(2))
    assert value(file.read_text(), "digitd_rows") == 2


def test_port_answers_on_loopback_and_is_free_afterwards():
    port = free_port()
    with Exporter("digitd") as exporter:
        exporter.configure(settings(port=port))
        exporter.show(moment(7))
        assert value(ask(port), "digitd_rows") == 7
        with pytest.raises(OSError, match="refused"):
            ask(port, "127.0.0.2")  # of this machine too, and not asked for
    assert is_free(port)
    socket.create_server(("127.0.0.1", port)).close()


def test_whoever_connects_and_says_nothing_holds_up_neither_others_nor_the_end():
    port = free_port()
    with Exporter("digitd") as exporter:
        exporter.configure(settings(port=port))
        with socket.create_connection(("127.0.0.1", port)):
            assert value(ask(port), "digitd_rows") == 0
            exporter.__exit__()
            assert is_free(port)


def test_port_in_use_is_a_wrong_configuration_and_all_stays_as_it_was(exporter, tmp_path):
    port = free_port()
    exporter.configure(settings(port=port))
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port = {taken} on 127.0.0.1 cannot be used") as caught:
            exporter.configure(settings(tmp_path / "digitd.prom", port=taken))
    assert "another port" in caught.value.hint
    exporter.show(moment(3))
    assert value(ask(port), "digitd_rows") == 3
    assert list(tmp_path.iterdir()) == []


def test_other_port_is_answered_and_the_first_given_up_with_the_counts_kept(exporter):
    first, second = free_port(), free_port()
    exporter.configure(settings(port=first))
    exporter.add(ONE)
    exporter.configure(settings(port=second))
    assert value(ask(second), "digitd_latency_seconds_count") == 1
    assert is_free(first)
    exporter.configure(settings())
    assert is_free(second)


def test_same_port_can_move_to_another_address(exporter):
    port = free_port()
    exporter.configure(settings(port=port))
    exporter.configure(settings(port=port, address="0.0.0.0"))  # noqa: S104 - for the moment of this test
    assert value(ask(port, "127.0.0.2"), "digitd_rows") == 0
    exporter.configure(settings(port=port))
    with pytest.raises(OSError, match="refused"):
        ask(port, "127.0.0.2")


def test_port_stays_open_where_nothing_about_it_changes(exporter, tmp_path):
    port = free_port()
    exporter.configure(settings(port=port))
    with socket.create_connection(("127.0.0.1", port)) as client:
        exporter.configure(settings(tmp_path / "digitd.prom", port=port))
        client.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.0 200")


def test_client_that_does_not_finish_its_request_is_let_go(exporter, monkeypatch):
    monkeypatch.setattr("digitd.service.metrics._PATIENCE_S", 0.1)
    port = free_port()
    exporter.configure(settings(port=port))
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"GET /met")
        assert client.recv(100) == b""
