"""``digitd status``: what the daemon is doing, for people."""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digitd.cli.options import config_file, outbox_folder
from digitd.names import printable
from digitd.values import Status

if TYPE_CHECKING:
    from digitd.health import Condition
    from digitd.service.snapshot import Snapshot

_EVERY_S = 2.0
_COLOURS = {"ok": "green", "degraded": "yellow", "dead": "red"}
_CLEAR = "\033[H\033[2J"


@click.command()
@config_file
@outbox_folder
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.option("--watch", "is_watched", is_flag=True, help="Show it again every two seconds, until Ctrl-C.")
def status(file: Path | None, outbox: Path | None, as_json: bool, is_watched: bool) -> None:
    """Show what the daemon is doing, how much waits, and how quickly it reads.

    It asks nothing of the daemon, so it tells the truth also of one that is dead or hung.

    \b
    Examples:
      digitd status --config /etc/digitd/digitd.toml
      digitd status --outbox results --watch
    """
    from digitd.config import load_config
    from digitd.health import examine

    state = load_config(file, flags={"outbox.path": outbox}).state_path
    while True:
        condition = examine(state)
        if as_json:
            text = json.dumps(condition.members())
        else:
            text = "\n".join(f"{name:<13} {value}" for name, value in _table(condition))
        is_screen = is_watched and not as_json and sys.stdout is not None and sys.stdout.isatty()
        if os.environ.get("NO_COLOR"):
            text = click.unstyle(text)
        click.echo((_CLEAR if is_screen else "") + text)
        if not is_watched:
            return
        time.sleep(_EVERY_S)


def _table(condition: "Condition") -> Iterator[tuple[str, str]]:
    """Yield the lines of the table as (name, value)."""
    health = condition.health.name.lower()
    yield "health", click.style(health, fg=_COLOURS[health], bold=True)
    for because in condition.because:
        yield "", printable(because)
    process = f", process {condition.pid}" if condition.pid else ""
    yield "state", f"{condition.state}{process}"
    if condition.silent_s is not None:
        yield "sign of life", _ago(condition.silent_s)
    if condition.snapshot is not None:
        for name, said in _said(condition.snapshot, is_past=condition.pid is None):
            yield name, printable(said)
    if condition.ledger is not None:
        ledger = condition.ledger
        yield (
            "ledger",
            f"{ledger.rows:,} rows, {ledger.in_work:,} files in work, {ledger.pictures_owed:,} pictures owed",
        )


def _said(snapshot: "Snapshot", *, is_past: bool) -> Iterator[tuple[str, str]]:
    """Yield what the daemon said of itself; of one that is gone only what still holds."""
    identity, facts, totals = snapshot.identity, snapshot.facts, snapshot.totals
    now = time.time()
    if facts.hint and not is_past:
        yield "to do", facts.hint
    for inbox in facts.inboxes:
        waiting = f"{inbox.waiting:,} waiting" + (f", oldest {_span(inbox.oldest_s)}" if inbox.waiting else "")
        yield "inbox", inbox.path if is_past else f"{inbox.path}  {waiting if inbox.is_listed else 'cannot be listed'}"
    yield "outbox", identity.outbox
    if not is_past:
        mode = f"listing every second: {facts.watch_because}" if facts.watch_because else facts.watch_mode
        yield "watching by", mode
    readings = ", ".join(f"{totals.readings.get(status.value, 0):,} {status.value}" for status in Status)
    yield "read", f"{totals.files:,} files, {totals.failed:,} of them failed; rows: {readings}"
    if totals.p50_ms is not None and totals.p95_ms is not None:
        latency = f"row after {_short(totals.p50_ms)} (p50), {_short(totals.p95_ms)} (p95)"
        yield "last minute", f"{totals.files_per_s:,.1f} files a second; {latency}"
    if totals.last_success is not None:
        yield "last read", _ago(now - totals.last_success)
    yield "started", f"{_ago(now - identity.started)}, digitd {identity.version}, model {identity.model}"
    if identity.reloaded is not None:
        yield "reloaded", _ago(now - identity.reloaded)
    if identity.config:
        yield "configured", identity.config


def _ago(seconds: float) -> str:
    return f"{_span(seconds)} ago"


def _span(seconds: float) -> str:
    """Return a span of time in its two largest units."""
    whole = max(0, round(seconds))
    for unit_s, unit, part_s, part in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= unit_s:
            return f"{whole // unit_s} {unit} {whole % unit_s // part_s} {part}"
    return f"{whole} s"


def _short(milliseconds: float) -> str:
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else _span(milliseconds / 1000)
