"""The benchmark as its user runs it."""

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.__main__ import PARTS
from benchmarks.cases import COMPARISONS
from benchmarks.goals import GOALS

ROOT = Path(__file__).parents[2]


def run_python(*words, timeout_s):
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=timeout_s, check=False
    )


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(find_spec("tensorflow") is None, reason="the script compared with needs digitd[train]")
def test_quick_run_prints_every_comparison_and_records_every_case(tmp_path):
    report = tmp_path / "speed.json"
    ran = run_python("-m", "benchmarks", "--quick", "--json", str(report), "--work", str(tmp_path), timeout_s=590)
    assert ran.returncode == 0, ran.stderr

    rows = [tuple(line.strip("| ").split(" | ")) for line in ran.stdout.splitlines() if line.startswith("|")]
    compared = [row for row in rows if row[:2] in COMPARISONS]
    assert [row[:2] for row in compared] == list(COMPARISONS)
    assert all(float(row[2].replace(",", "")) > 0 for row in compared)

    record = json.loads(report.read_text(encoding="utf-8"))
    assert list(record["parts"]) == list(PARTS)
    assert all(part["notes"] for part in record["parts"].values())
    speeds = record["parts"]["speed"]["speeds"]
    assert {speed["case"] for speed in speeds} == {case for pair in COMPARISONS for case in pair}
    assert all(per_s > 0 for speed in speeds for per_s in speed["per_s"])
    assert record["model"]["arithmetic"] in ran.stdout
    assert {goal["text"] for goal in record["goals"]} == {goal.text for goal in GOALS}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", record["machine"]["time"])
    assert str(ROOT) not in ran.stdout
    assert list(tmp_path.iterdir()) == [report]  # nothing of its inputs and results is left


def test_help_is_quick_because_it_imports_no_library():
    code = (
        "import sys, benchmarks.__main__ as b; b.main(['--help'], standalone_mode=False);"
        "print(sorted({'tensorflow', 'keras', 'cv2', 'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    ran = run_python("-c", code, timeout_s=60)
    assert "Examples:\n    python -m benchmarks" in ran.stdout, ran.stderr
    assert ran.stdout.splitlines()[-1] == "[]"


def test_a_run_names_what_is_missing_where_tensorflow_is_not_installed():
    code = (
        "import importlib.util as u; u.find_spec = lambda name: None;"
        "import benchmarks.__main__ as b; b.main(['--quick'])"
    )
    ran = run_python("-c", code, timeout_s=60)
    assert ran.returncode == 1
    assert "pip install 'digitd[train]'" in ran.stderr


@pytest.mark.parametrize("words", [["--quick"], ["--only", "idle"]])
def test_part_of_a_run_is_not_saved_as_the_results_of_a_release(words):
    ran = run_python("-m", "benchmarks", "--save", *words, timeout_s=60)
    assert ran.returncode == 2
    assert "--save is for a whole run" in ran.stderr


@pytest.mark.slow
def test_parts_without_the_script_need_no_tensorflow(tmp_path):
    code = (
        "import importlib.util as u; u.find_spec = lambda name: None;"
        f"import benchmarks.__main__ as b; b.main(['--quick', '--only', 'idle', '--work', {str(tmp_path)!r}])"
    )
    ran = run_python("-c", code, timeout_s=60)
    assert ran.returncode == 0, ran.stderr
    assert "## Idle" in ran.stdout
