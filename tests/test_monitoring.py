"""The dashboard and the alerts ask for metrics that there are."""

import json
import re

import pytest

from digitd.service.metrics import Metrics
from digitd.service.snapshot import Facts, Identity, InboxState, Snapshot, State, Totals
from tests.conftest import ROOT

FILES = [*sorted((ROOT / "docs" / "monitoring").iterdir()), ROOT / "docs" / "service.md"]


@pytest.fixture(scope="module")
def names():
    metrics = Metrics("digitd")
    facts = Facts(state=State.WATCHING, inboxes=(InboxState(path="inbox"),))
    metrics.show(Snapshot(identity=Identity(version="1", started=0.0), facts=facts, totals=Totals()))
    return {line.split("{")[0].split(" ")[0] for line in metrics.text().decode().splitlines() if line[:1] != "#"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_what_is_asked_for_exists(file, names):
    asked = set(re.findall(r"\bdigitd_[a-z_]+", file.read_text(encoding="utf-8")))
    assert asked
    assert asked <= names | {name.removesuffix("_count") for name in names} | {"digitd_process_"}


def test_dashboard_has_a_query_in_each_panel_and_no_panel_over_another():
    board = json.loads((ROOT / "docs" / "monitoring" / "grafana.json").read_text(encoding="utf-8"))
    assert all(target["expr"] for panel in board["panels"] for target in panel["targets"])
    cells = [
        (x, y)
        for panel in board["panels"]
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) == 23
