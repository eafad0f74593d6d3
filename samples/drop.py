"""Drop the sample images into a folder as a careful uploader does: ``python -m samples.drop inbox``.

Each file is written under a name that begins with a dot, which digitd leaves alone, and appears under its own name,
whole, by a rename.
"""

import csv
from pathlib import Path

import click

from samples.generate import IMAGES


def sample_files() -> list[Path]:
    """List the sample images in the order of their labels."""
    with (IMAGES / "labels.csv").open(newline="", encoding="utf-8") as file:
        return [IMAGES / row["file"] for row in csv.DictReader(file)]


def drop(files: list[Path], folder: Path) -> None:
    """Copy files into a folder, each appearing whole; one of the same name is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        unfinished = folder / f".{file.name}.part"
        unfinished.write_bytes(file.read_bytes())
        unfinished.replace(folder / file.name)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def main(folder: Path) -> None:
    """Put the sample images into FOLDER.

    Example: python -m samples.drop inbox
    """
    files = sample_files()
    drop(files, folder)
    click.echo(f"{len(files)} images dropped in {folder}")


if __name__ == "__main__":
    main()
