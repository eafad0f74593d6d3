"""What the README says of speed is what was measured."""

from importlib.metadata import version

from tests.conftest import ROOT


def table_rows(text):
    return [line for line in text.splitlines() if line.startswith("|") and "---" not in line]


def test_figures_in_the_readme_are_those_of_the_results_of_this_release():
    results = (ROOT / "benchmarks" / "results" / f"{version('digitd')}.md").read_text(encoding="utf-8")
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## Speed\n")[2].partition("\n## ")[0]
    rows = table_rows(section)
    assert len(rows) > 5
    assert set(rows) <= set(table_rows(results))
