import json
import os
from dataclasses import replace

import pytest

from digitd.service.snapshot import Facts, Identity, InboxState, Snapshot, State, Totals

INBOXES = (InboxState(path="north", waiting=2, oldest_s=1.5), InboxState(path="south", waiting=3, oldest_s=7.0))


@pytest.fixture
def snapshot():
    return Snapshot(
        identity=Identity(version="1.0", started=1e9, config="digitd.toml", outbox="outbox", model="0123456789ab"),
        facts=Facts(state=State.WATCHING, inboxes=INBOXES, rows=12, overflows=1, rescan_finds=2, pictures_owed=3),
        totals=Totals(files=10, failed=1, readings={"accepted": 9, "failed": 1}, p50_ms=12.5, last_success=2e9),
    )


def and_facts(snapshot, **facts):
    return replace(snapshot, facts=replace(snapshot.facts, **facts))


def test_snapshot_comes_back_from_its_json(snapshot):
    assert Snapshot.from_dict(json.loads(snapshot.to_json())) == snapshot


def test_path_that_is_not_utf8_comes_back_too(snapshot):
    odd = and_facts(snapshot, inboxes=(InboxState(path=os.fsdecode(b"/srv/\xff")),))
    written = odd.to_json().encode()
    assert Snapshot.from_dict(json.loads(written)) == odd


@pytest.mark.parametrize(
    ("part", "members"),
    [
        ("facts", {}),
        ("facts", {"state": "dreaming", "inboxes": []}),
        ("facts", {"state": "watching", "inboxes": [{"folder": "north"}]}),
        ("facts", {"state": "watching", "inboxes": None}),
        ("identity", {"started": 1e9}),
        ("totals", 3),
    ],
)
def test_members_that_make_no_sense_are_refused(snapshot, part, members):
    with pytest.raises((KeyError, TypeError, ValueError)):
        Snapshot.from_dict(json.loads(snapshot.to_json()) | {part: members})


def test_backlog_is_that_of_all_inboxes(snapshot):
    assert (snapshot.facts.backlog, snapshot.facts.oldest_s) == (5, 7.0)
    assert and_facts(snapshot, inboxes=()).facts.oldest_s == 0.0


def test_line_says_what_was_read_and_what_waits(snapshot):
    assert snapshot.line == "watching; 10 files read, 1 of them failed; 5 waiting"


def test_line_names_the_inboxes_that_cannot_be_listed(snapshot):
    gone = tuple(replace(inbox, is_listed=False) for inbox in INBOXES)
    assert and_facts(snapshot, inboxes=gone).line.endswith("5 waiting; cannot list north, south")


def test_line_of_a_pause_is_its_trouble(snapshot):
    paused = and_facts(snapshot, state=State.PAUSED, trouble="the outbox is full", hint="make room")
    assert paused.line == "paused: the outbox is full"


def test_members_that_only_a_newer_version_has_are_passed_over(snapshot):
    members = json.loads(snapshot.to_json())
    for part in members.values():
        part["mood"] = "good"
    assert Snapshot.from_dict(members) == snapshot
