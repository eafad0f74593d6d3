"""Measure how forms are read, on pages simulated from real digits: ``python -m benchmarks.forms``."""

import os
from pathlib import Path

import click

SEED = 70_411
"""Any number; it is part of the report, because it decides the pages."""

_ROOT = Path(__file__).parents[1]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--pages", type=click.IntRange(1), default=1000, show_default=True, help="Half of them scans, half photographs."
)
@click.option(
    "--wrong",
    type=click.IntRange(0),
    default=240,
    show_default=True,
    help="Pages of other forms, older versions, half pages, empty sheets.",
)
@click.option(
    "--rows",
    type=click.Choice(["test", "validation"]),
    default="test",
    show_default=True,
    help="MNIST digits to write with; validation, which training held out, to tune by.",
)
@click.option("--seed", type=click.IntRange(0), default=SEED, show_default=True, help="Decides the pages.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Processes that read.")
@click.option(
    "--speed",
    type=click.IntRange(0),
    default=120,
    show_default=True,
    help="Pages to time, with markers and with features each.",
)
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), help="Folder for pictures of what failed.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with mnist.npz.  [default: $DIGITD_DATA, or ../shared/data]",
)
def main(
    *, pages: int, wrong: int, rows: str, seed: int, jobs: int, speed: int, keep: Path | None, data: Path | None
) -> None:
    """Fill in six forms with MNIST digits, scan and photograph them, read them, and count what is right.

    Pages that are none of a form's are read too: nothing on them may be scored. Takes about twenty minutes on two
    cores, one with --pages 60 --wrong 24 --speed 20.

    \b
    Example: python -m benchmarks.forms --pages 200 --rows validation --keep failed
    """
    folder = (data or Path(os.environ.get("DIGITD_DATA", _ROOT.parent / "shared" / "data"))).resolve()
    if not (folder / "mnist.npz").is_file():
        raise click.ClickException(f"{folder}: holds no mnist.npz; name the folder of the real data by --data")

    from benchmarks.form_counts import mistakes, notes, table
    from benchmarks.form_pages import read_all, tasks_of
    from benchmarks.form_speed import measure_form_speed
    from benchmarks.machine import heading, this_machine

    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
    machine = this_machine(_ROOT)
    tasks = tasks_of(pages, wrong, seed)
    results = read_all(tasks, data=folder, rows=rows, jobs=jobs, keep=keep, tell=_tell)
    drawn = f"{pages:,} pages and {wrong:,} wrong ones, drawn with seed {seed} from MNIST {rows} digits."
    lines = [*heading(machine, drawn), *table(results), "", *(f"- {note}" for note in notes(results))]
    if speed:
        lines += [f"- {note}" for note in measure_form_speed(folder, rows, pages=speed, jobs=jobs)]
    click.echo("\n".join(lines))
    for mistake in mistakes(results):
        _tell(mistake)


def _tell(words: str) -> None:
    click.echo(words, err=True)


if __name__ == "__main__":
    main()
