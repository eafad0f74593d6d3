"""The benchmark as its user runs it."""

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.cases import COMPARISONS
from benchmarks.report import figure

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

    rows = [line.strip("| ").split(" | ") for line in ran.stdout.splitlines() if line.startswith("|")]
    assert [tuple(row[:2]) for row in rows[2:]] == list(COMPARISONS)
    assert all(float(row[2]) > 0 for row in rows[2:])

    record = json.loads(report.read_text(encoding="utf-8"))
    assert {speed["case"] for speed in record["speeds"]} == {case for pair in COMPARISONS for case in pair}
    assert all(per_s > 0 for speed in record["speeds"] for per_s in speed["per_s"])
    assert record["model"]["arithmetic"] in ran.stdout
    assert record["notes"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", record["machine"]["time"])
    assert str(ROOT) not in ran.stdout
    assert list(tmp_path.iterdir()) == [report]  # nothing of its inputs and results is left


def test_help_is_quick_because_it_imports_no_library():
    code = (
        "import sys, benchmarks.__main__ as b; b.main(['--help'], standalone_mode=False);"
        "print(sorted({'tensorflow', 'keras', 'cv2', 'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    ran = run_python("-c", code, timeout_s=60)
    assert "Example: python -m benchmarks" in ran.stdout, ran.stderr
    assert ran.stdout.splitlines()[-1] == "[]"


def test_a_run_names_what_is_missing_where_tensorflow_is_not_installed():
    code = (
        "import importlib.util as u; u.find_spec = lambda name: None;"
        "import benchmarks.__main__ as b; b.main(['--quick'])"
    )
    ran = run_python("-c", code, timeout_s=60)
    assert ran.returncode == 1
    assert "pip install 'digitd[train]'" in ran.stderr


@pytest.mark.parametrize(("ratio", "text"), [(0.0512, "0.05"), (3.14159, "3.14"), (31.4159, "31.4"), (314.159, "314")])
def test_figures_keep_the_digits_that_count(ratio, text):
    assert figure(ratio) == text
