"""Measure how fast digitd is and what it takes: ``python -m benchmarks``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.plan import Plan
    from benchmarks.section import Section

PARTS = ("speed", "start", "latency", "idle", "growth", "memory")
_RESULTS = Path(__file__).parent / "results"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="A few images, one round: shows that every case runs, no more.")
@click.option("--long", "is_long", is_flag=True, help="Watch memory over 50,000 images, some ten minutes more.")
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="Measure this part; may be given again.")
@click.option("--save", is_flag=True, help="Write benchmarks/results/VERSION.md and .json too.")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write everything here too.")
@click.option(
    "--work",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder for inputs and results meanwhile; its disk is measured too. [default: the system's for such files]",
)
def main(
    *, quick: bool, is_long: bool, only: tuple[str, ...], save: bool, json_file: Path | None, work: Path | None
) -> None:
    """Time digitd beside the script a person would write; see what its processes take; print tables of it.

    Takes about ten minutes on two idle cores, more where other work runs. The images are made on the spot;
    TensorFlow must be installed, for the script.

    \b
    Examples:
      python -m benchmarks --json speed.json
      python -m benchmarks --only latency --only idle
      python -m benchmarks --long --save
    """
    if save and (quick or only):
        raise click.UsageError("--save is for a whole run: leave out --quick and --only")
    parts = only or PARTS
    _require_tensorflow(parts)

    import json

    from benchmarks.machine import this_machine
    from benchmarks.others import Others
    from benchmarks.plan import Plan, longer, quick_plan
    from benchmarks.report import markdown, record
    from benchmarks.report import save as store
    from benchmarks.shipped import describe_shipped

    plan = quick_plan() if quick else Plan()
    if is_long:
        plan = longer(plan)
    machine, shipped = this_machine(work or _temporary()), describe_shipped()
    others = Others()
    sections = _measure(parts, plan, work)
    text = markdown(machine, shipped, others, sections)
    everything = json.dumps(record(machine, shipped, plan, others, sections), indent=2) + "\n"
    click.echo(text, nl=False)
    if json_file is not None:
        json_file.write_text(everything, encoding="utf-8")
    if save:
        store(_RESULTS, machine.libraries["digitd"], text, everything)


def _require_tensorflow(parts: "Sequence[str]") -> None:
    from importlib.util import find_spec

    if {"speed", "start"} & set(parts) and find_spec("tensorflow") is None:
        raise click.ClickException("the script that digitd is compared with needs it: pip install 'digitd[train]'")


def _temporary() -> Path:
    import tempfile

    return Path(tempfile.gettempdir())


def _measure(parts: "Sequence[str]", plan: "Plan", work: Path | None) -> "dict[str, Section]":
    """Measure the parts one after another, each in a folder that is removed after it."""
    import tempfile

    from benchmarks.growth import measure_growth
    from benchmarks.idle import measure_idle
    from benchmarks.latency import measure_latency
    from benchmarks.memory import measure_memory
    from benchmarks.speed import measure_speed
    from benchmarks.starts import measure_starts

    measures = (measure_speed, measure_starts, measure_latency, measure_idle, measure_growth, measure_memory)
    sections = {}
    for name, measure in zip(PARTS, measures, strict=True):
        if name in parts:
            with tempfile.TemporaryDirectory(prefix="digitd-benchmark-", dir=work) as scratch:
                sections[name] = measure(plan, Path(scratch), _tell)
    return sections


def _tell(doing: str) -> None:
    click.echo(doing, err=True)


if __name__ == "__main__":
    main()
