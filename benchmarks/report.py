"""Say what was measured: goals and tables in Markdown, and everything as JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from benchmarks.goals import Judgement, goals_table, judge
from benchmarks.images import SEED
from benchmarks.machine import Machine, heading
from benchmarks.others import Others
from benchmarks.plan import Plan
from benchmarks.section import Section, figure, in_markdown
from benchmarks.shipped import Shipped

__all__ = ["figure", "judgements", "markdown", "record", "save"]


def judgements(sections: Mapping[str, Section]) -> list[Judgement]:
    """Hold the goals against what all sections found."""
    return list(judge({key: value for section in sections.values() for key, value in section.figures.items()}))


def markdown(machine: Machine, shipped: Shipped, others: Others, sections: Mapping[str, Section]) -> str:
    """Write the report that a person reads."""
    lines = [
        "# How fast digitd is, and what it takes",
        "",
        *heading(machine, str(shipped), others.line()),
        "## Goals",
        "",
        *goals_table(judgements(sections)),
    ]
    for section in sections.values():
        lines += in_markdown(section)
    return "\n".join(lines) + "\n"


def save(folder: Path, version: str, text: str, everything: str) -> None:
    """Keep a report as that of a release; one that is there is replaced."""
    folder.mkdir(exist_ok=True)
    (folder / f"{version}.md").write_text(text, encoding="utf-8")
    (folder / f"{version}.json").write_text(everything, encoding="utf-8")


def record(
    machine: Machine, shipped: Shipped, plan: Plan, others: Others, sections: Mapping[str, Section]
) -> dict[str, object]:
    """Return everything as JSON takes it."""
    return {
        "machine": asdict(machine) | {"cores_taken_by_others": round(others.cores(), 2)},
        "model": asdict(shipped),
        "plan": asdict(plan) | {"seed": SEED},
        "goals": [
            asdict(judgement.goal)
            | {"where": judgement.where, "measured": judgement.measured, "verdict": judgement.verdict}
            for judgement in judgements(sections)
        ],
        "parts": {name: {"notes": list(section.notes), **section.record} for name, section in sections.items()},
    }
