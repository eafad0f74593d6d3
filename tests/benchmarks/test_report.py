import json
from pathlib import Path

from benchmarks.machine import Machine
from benchmarks.others import Others
from benchmarks.plan import Plan
from benchmarks.report import markdown, record, save
from benchmarks.section import Section
from benchmarks.shipped import Shipped

MACHINE = Machine(
    processor="abacus",
    cores=2,
    load=0.0,
    file_system="ext4",
    python="CPython 3",
    libraries={"digitd": "1.0"},
    time="2026-01-01T00:00:00Z",
)
SHIPPED = Shipped(
    recipe="cnn", arithmetic="int8", trained_on="a", counts={}, files={"model.tflite": "0123456789abcdef"}
)
SECTIONS = {
    "idle": Section(
        title="Idle", head=("", "x"), rows=(("a", "1"),), notes=("n",), record={"x": 1}, figures={("idle", ""): 9.0}
    )
}


def test_report_names_the_machine_and_holds_goals_against_what_was_measured():
    lines = markdown(MACHINE, SHIPPED, Others(), SECTIONS).splitlines()
    assert "abacus, 2 cores" in lines[2]
    assert any("idle daemon" in line and line.endswith("| 9.00 % of a core | MISSED |") for line in lines)
    assert "## Idle" in lines


def test_record_is_json_with_every_goal_and_part():
    found = json.loads(json.dumps(record(MACHINE, SHIPPED, Plan(), Others(), SECTIONS)))
    assert found["parts"] == {"idle": {"notes": ["n"], "x": 1}}
    assert {"where": "", "measured": 9.0, "verdict": "MISSED"}.items() <= next(
        goal for goal in found["goals"] if goal["key"] == "idle"
    ).items()


def test_results_of_a_release_are_named_by_its_version(tmp_path: Path):
    save(tmp_path / "results", "1.0", "text", "{}")
    save(tmp_path / "results", "1.0", "text again", "{}")
    assert {file.name: file.read_text() for file in (tmp_path / "results").iterdir()} == {
        "1.0.md": "text again",
        "1.0.json": "{}",
    }
