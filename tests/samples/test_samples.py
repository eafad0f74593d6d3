import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from samples.drop import drop, sample_files
from samples.generate import IMAGES, SAMPLES, labels, render
from samples.strokes import DIGITS

ROOT = IMAGES.parents[1]


def pixels_of(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), dtype=np.int16)


def run_module(*words):
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )


def test_labels_name_exactly_the_images_that_are_there():
    assert (IMAGES / "labels.csv").read_bytes() == labels()
    with (IMAGES / "labels.csv").open(newline="", encoding="utf-8") as file:
        listed = {row["file"] for row in csv.DictReader(file)}
    assert listed == {path.name for path in IMAGES.iterdir()} - {"labels.csv"}


def test_every_digit_occurs_and_all_of_it_is_small():
    assert {sample.digit[0] for sample in SAMPLES} == set("0123456789")
    assert len(SAMPLES) == 12
    assert sum(path.stat().st_size for path in IMAGES.iterdir()) < 400_000


def test_every_handwriting_is_used():
    assert {sample.digit for sample in SAMPLES} == set(DIGITS)


def test_formats_sizes_and_polarities_differ():
    suffixes = {path.suffix for path in sample_files()}
    assert suffixes >= {".png", ".jpg", ".webp", ".tif"}
    longest = [max(pixels_of(path).shape) for path in sample_files()]
    assert min(longest) == 60
    assert max(longest) == 900
    dark = [path.name for path in sample_files() if np.median(pixels_of(path)) < 100]
    assert dark == ["five-white-on-black.png", "six-on-blackboard.jpg"]


@pytest.mark.parametrize("seed", range(len(SAMPLES)), ids=[sample.file for sample in SAMPLES])
def test_an_image_can_be_made_again(seed):
    sample = SAMPLES[seed]
    made = render(sample, seed)
    if sample.is_grey:
        made = np.asarray(Image.fromarray(made).convert("L").convert("RGB"))
    kept = pixels_of(IMAGES / sample.file)
    assert kept.shape == made.shape
    assert np.abs(kept - made).mean() < (2.5 if sample.file.endswith((".jpg", ".webp")) else 0.01)


def test_two_runs_of_the_generator_write_the_same_bytes(tmp_path):
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        assert "12 images" in run_module("samples.generate", str(folder)).stdout
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert first == second
    assert len(first) == 13


def test_drop_says_in_one_line_what_it_put_where(tmp_path):
    ran = run_module("samples.drop", str(tmp_path / "inbox"))
    assert ran.stdout == f"12 images dropped in {tmp_path / 'inbox'}\n"
    dropped = {path.name: path.read_bytes() for path in (tmp_path / "inbox").iterdir()}
    assert dropped == {path.name: path.read_bytes() for path in sample_files()}


def test_dropping_again_replaces_what_is_there(tmp_path):
    files = sample_files()[:2]
    (tmp_path / files[0].name).write_bytes(b"an older one")
    drop(files, tmp_path)
    drop(files, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(file.name for file in files)
    assert (tmp_path / files[0].name).read_bytes() == files[0].read_bytes()


def test_a_dropped_file_appears_whole_under_its_own_name(tmp_path, monkeypatch):
    renamed = []

    def replace(source, target):
        renamed.append((source.name, target.name, source.stat().st_size))
        source.rename(target)

    monkeypatch.setattr(Path, "replace", replace)
    (file,) = sample_files()[:1]
    drop([file], tmp_path)
    ((unfinished, name, size),) = renamed
    assert unfinished.startswith(".")
    assert (name, size) == (file.name, file.stat().st_size)
