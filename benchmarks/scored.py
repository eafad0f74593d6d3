"""Read a folder as its user does, with ``digitd score``, and take the rows up again."""

import csv
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from digitd.errors import ExitCode
from digitd.values import Reading, Status


def score_folder(folder: Path, out: Path, *, jobs: int) -> Mapping[str, Reading]:
    """Run ``digitd score --annotate none`` with the shipped model; return the first reading of each file by its name.

    Raises
    ------
    RuntimeError
        When the command fails. Files that could not be read are no failure; their readings say so.
    """
    words = ("score", str(folder), "--out", str(out), "--annotate", "none", "--jobs", str(jobs))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DIGITD_")}
    command = [sys.executable, "-m", "digitd", *words]
    ran = subprocess.run(  # noqa: S603 - our own modules
        command, capture_output=True, text=True, check=False, env=environment, cwd=out.parent
    )
    if ran.returncode not in (0, ExitCode.SOME_FAILED):
        raise RuntimeError(f"digitd {' '.join(words)} ended with {ran.returncode}: {ran.stderr}")
    with (out / "predictions.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["page"] == "1"]
    return {row["file"]: _reading(row) for row in rows}


def labels_in(folder: Path) -> Mapping[str, str]:
    """Return the digit in each image that labels.csv names, by the image's path relative to the folder."""
    # not by digitd.training.labelled: it gives glyphs, normalised, and names only the images of which there is none
    with (folder / "labels.csv").open(encoding="utf-8-sig", newline="") as stream:
        return {row["file"]: row["label"].strip() for row in csv.DictReader(stream)}


def _reading(row: Mapping[str, str]) -> Reading:
    return Reading(
        page=1,
        value=row["value"],
        confidence=float(row["confidence"]) if row["confidence"] else None,
        status=Status(row["status"]),
        reason=row["reason"],
    )
