"""What Prometheus is given: names and labels, which dashboards and alerts rely on, and what they count."""

import os
import re
import time
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from digitd.service.metrics import Metrics
from digitd.service.progress import Stage
from digitd.service.snapshot import Facts, Identity, InboxState, Snapshot, State, Totals
from digitd.service.throughput import Sample
from digitd.values import Status
from tests.conftest import ROOT

IDENTITY = Identity(version="1.0", started=1e9, model="0123456789ab")
PROMISED = {
    "digitd_files_total": {"result"},
    "digitd_readings_total": {"status"},
    "digitd_rows": set(),
    "digitd_backlog_files": {"inbox"},
    "digitd_oldest_waiting_seconds": {"inbox"},
    "digitd_latency_seconds": set(),
    "digitd_stage_seconds": {"stage"},
    "digitd_pictures_owed": set(),
    "digitd_watch_events": set(),
    "digitd_watch_overflows_total": set(),
    "digitd_rescan_finds_total": set(),
    "digitd_inbox_listed": {"inbox"},
    "digitd_state": {"state"},
    "digitd_alive_timestamp_seconds": set(),
    "digitd_last_success_timestamp_seconds": set(),
    "digitd_reload_failed": set(),
    "digitd_build_info": {"version"},
    "digitd_model_info": {"model"},
}


def snapshot(identity=IDENTITY, totals=None, **facts):
    made = Facts(**{"state": State.WATCHING, "inboxes": (InboxState(path="north"),)} | facts)
    return Snapshot(identity=identity, facts=made, totals=totals or Totals())


def sample(*statuses, is_failed=False, latency_s=0.5):
    return Sample(statuses=statuses, latency_s=latency_s, waited_s=0.2, read_s=0.02, at=1e9, is_failed=is_failed)


@pytest.fixture
def meters():
    return Metrics("digitd")


def series(meters):
    """Return the values of what Prometheus's own parser finds, by name and labels."""
    return {
        (one.name, *sorted(value for name, value in one.labels.items() if name != "service")): one.value
        for family in text_string_to_metric_families(meters.text().decode())
        for one in family.samples
    }


def test_names_and_labels_are_those_that_are_promised(meters):
    meters.show(snapshot())
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(meters.text().decode()):
        for one in family.samples:
            name = re.sub("_(bucket|sum|count)$", "", one.name) if family.type == "histogram" else one.name
            assert one.labels.pop("service") == "digitd"
            found.setdefault(name, set()).update(one.labels.keys() - {"le"})
    assert {name: labels for name, labels in found.items() if not name.startswith("digitd_process_")} == PROMISED


def test_names_and_labels_are_those_of_the_documentation():
    table = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `digitd_")]
    listed = dict(re.findall(r"`(digitd_[a-z_]+)(?:\{([a-z]+)\})?`", " ".join(cells)))
    assert {name: {label} - {""} for name, label in listed.items()} == PROMISED


def test_every_label_is_there_before_anything_is_counted(meters):
    found = series(meters)
    assert all(found["digitd_readings_total", status.value] == 0 for status in Status)
    assert all(found["digitd_stage_seconds_count", stage] == 0 for stage in Stage)
    assert [found["digitd_files_total", result] for result in ("read", "failed")] == [0, 0]


def test_files_and_rows_are_counted_by_what_came_of_them(meters):
    meters.add(sample(Status.ACCEPTED, Status.REVIEW))
    meters.add(sample(Status.FAILED, is_failed=True, latency_s=2.0))
    found = series(meters)
    assert [found["digitd_files_total", result] for result in ("read", "failed")] == [1, 1]
    assert [found["digitd_readings_total", status.value] for status in Status] == [1, 1, 0, 1]
    assert (found["digitd_latency_seconds_count",], found["digitd_latency_seconds_sum",]) == (2, 2.5)
    assert found["digitd_latency_seconds_bucket", "0.5"] == 1
    assert found["digitd_stage_seconds_sum", "wait"] == 0.4
    assert found["digitd_stage_seconds_sum", "read"] == 0.04


@pytest.mark.parametrize("stage", Stage)
def test_stages_are_counted_apart(meters, stage):
    meters.observe(stage, 0.3)
    found = series(meters)
    assert {other: found["digitd_stage_seconds_sum", other] for other in Stage} == dict.fromkeys(Stage, 0.0) | {
        stage: 0.3
    }


def test_moment_is_told_as_it_is(meters):
    away = InboxState(path="south", is_listed=False, waiting=3, oldest_s=12.5)
    facts = {"inboxes": (InboxState(path="north"), away), "watch_mode": "listing", "rows": 7, "pictures_owed": 2}
    meters.show(snapshot(state=State.PAUSED, totals=Totals(last_success=1234.5), **facts))
    found = series(meters)
    assert [found["digitd_inbox_listed", name] for name in ("north", "south")] == [1, 0]
    assert [found["digitd_backlog_files", name] for name in ("north", "south")] == [0, 3]
    assert found["digitd_oldest_waiting_seconds", "south"] == 12.5
    assert [state for state in State if found["digitd_state", state.value]] == [State.PAUSED]
    assert (found["digitd_watch_events",], found["digitd_rows",], found["digitd_pictures_owed",]) == (0, 7, 2)
    assert found["digitd_last_success_timestamp_seconds",] == 1234.5
    assert found["digitd_build_info", "1.0"] == found["digitd_model_info", "0123456789ab"] == 1
    meters.beat()
    assert series(meters)["digitd_alive_timestamp_seconds",] == pytest.approx(time.time(), abs=10)


def test_overflows_and_finds_are_counted_on(meters):
    for overflows, rescan_finds in ((2, 1), (3, 1), (3, 5)):
        meters.show(snapshot(overflows=overflows, rescan_finds=rescan_finds))
    found = series(meters)
    assert (found["digitd_watch_overflows_total",], found["digitd_rescan_finds_total",]) == (3, 5)


def test_what_a_reload_took_away_is_no_longer_told(meters):
    meters.add(sample(Status.ACCEPTED))
    meters.show(snapshot())
    meters.show(snapshot(replace(IDENTITY, model="ba9876543210"), inboxes=(InboxState(path="south"),)))
    found = series(meters)
    assert ("digitd_backlog_files", "north") not in found
    assert [model for name, *model in found if name == "digitd_model_info"] == [["ba9876543210"]]
    assert found["digitd_backlog_files", "south"] == 0
    assert found["digitd_files_total", "read"] == 1


def test_reload_that_failed_shows_until_one_does_not(meters):
    for error, shown in (("no such model", 1), ("", 0)):
        meters.show(snapshot(replace(IDENTITY, reload_error=error)))
        assert series(meters)["digitd_reload_failed",] == shown


@pytest.mark.parametrize("path", [b"/srv/\xff", b'/srv/"a"\n\\b', "/srv/über".encode()], ids=repr)
def test_inbox_may_have_any_name(meters, path):
    meters.show(snapshot(inboxes=(InboxState(path=os.fsdecode(path), waiting=1),)))
    meters.show(snapshot(inboxes=()))
    meters.show(snapshot(inboxes=(InboxState(path=os.fsdecode(path), waiting=2),)))
    ((_, value),) = ((name, value) for (name, *_), value in series(meters).items() if name == "digitd_backlog_files")
    assert value == 2
