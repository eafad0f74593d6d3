"""Measure how fast digitd is: ``python -m benchmarks``."""

from pathlib import Path

import click


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="A few images, one round: shows that every case runs, no more.")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write everything here too.")
@click.option(
    "--work",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder for inputs and results meanwhile; its disk is measured too. [default: the system's for such files]",
)
def main(*, quick: bool, json_file: Path | None, work: Path | None) -> None:
    """Time digitd beside the script a person would write; print one table of ratios.

    Takes about three minutes on two idle cores, more where other work runs. The images are made on the spot;
    TensorFlow must be installed.

    \b
    Example: python -m benchmarks --json speed.json
    """
    import json
    import tempfile
    from importlib.util import find_spec

    if find_spec("tensorflow") is None:
        raise click.ClickException("the script that digitd is compared with needs it: pip install 'digitd[train]'")

    from benchmarks.cases import COMPARISONS, open_cases
    from benchmarks.images import make_images
    from benchmarks.machine import this_machine
    from benchmarks.measure import compare, measure
    from benchmarks.plan import Plan, quick_plan
    from benchmarks.report import markdown, record
    from benchmarks.shipped import describe_shipped

    plan = quick_plan() if quick else Plan()
    with tempfile.TemporaryDirectory(prefix="digitd-benchmark-", dir=work) as scratch:
        machine, shipped = this_machine(Path(scratch)), describe_shipped()
        sets = [
            make_images(Path(scratch), size_px=size_px, count=count, count_drawn=plan.files_drawn)
            for size_px, count in plan.files.items()
        ]
        _tell("starting the loops that stay warm")
        with open_cases(plan, sets[0], Path(scratch)) as cases:
            speeds = measure(cases, sets, start_px=plan.start_px, rounds=plan.rounds, tell=_tell)
    ratios = list(compare(speeds, COMPARISONS, plan.sizes_px))
    click.echo(markdown(machine, shipped, plan, ratios), nl=False)
    if json_file is not None:
        everything = record(machine, shipped, plan, speeds, ratios)
        json_file.write_text(json.dumps(everything, indent=2) + "\n", encoding="utf-8")


def _tell(doing: str) -> None:
    click.echo(doing, err=True)


if __name__ == "__main__":
    main()
