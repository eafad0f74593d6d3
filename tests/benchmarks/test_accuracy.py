"""The parts of the measurement, and the command as its user runs it on a few rows."""

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.accuracy_report import Measured, markdown, percent, record
from benchmarks.blanks import KINDS
from benchmarks.drawn import CORRUPTED, ROUND_TRIPS, open_desk, read_drawn, tasks_of
from benchmarks.machine import this_machine
from benchmarks.pace import Pace, normaliser_us
from benchmarks.rejects import Area, Blanks, Rubbish, in_all, missing_share, read_blanks, read_rubbish
from benchmarks.results import Count, Row, area_under_roc, count_right, trust_in
from benchmarks.round_trips import CONDITIONS
from benchmarks.scored import labels_in, score_folder
from benchmarks.sets import MNIST, REAL, REAL_SETS, read_pngs, read_real
from benchmarks.shipped import Shipped, describe_shipped
from benchmarks.ways import CLASSIC, DIGITD, PLAIN, TESSERACT, PlainResize, Tesseract, plain_glyph
from digitd.config import load_config
from digitd.model.artefact import load_artefact, shipped_model
from digitd.training.corrupt import CORRUPTIONS
from digitd.values import Reading, Status

ROOT = Path(__file__).parents[2]
SHIPPED = Shipped(
    recipe="cnn",
    arithmetic="float32",
    trained_on="mnist.npz",
    counts={"train": 55_000},
    files={"model.tflite": "ab12" * 16},
)


def reading(value, confidence, status=Status.ACCEPTED, **kwargs):
    return Reading(page=1, value=value, confidence=confidence, status=status, **kwargs)


def run_accuracy(*words, timeout_s, **environment):
    command = [sys.executable, "-m", "benchmarks.accuracy", *map(str, words)]
    kwargs = {"cwd": ROOT, "capture_output": True, "text": True, "timeout": timeout_s, "env": os.environ | environment}
    return subprocess.run(command, check=False, **kwargs)


def test_values_are_right_where_they_are_the_label():
    assert count_right(["1", "", "22", "3"], ["1", "2", "2", "3"]) == Count(hits=2, of=4)


def test_area_under_roc_counts_pairs_and_halves_ties():
    assert area_under_roc(np.array([0.9, 0.4]), np.array([0.1, 0.4])) == (1 + 1 + 1 + 0.5) / 4
    assert area_under_roc(np.array([0.0]), np.array([1.0, 1.0])) == 0


def test_trust_counts_the_accepted_and_takes_no_value_for_wrong():
    readings = [
        reading("1", 1.0),
        reading("2", 1.0),
        reading("3", 0.5, Status.REVIEW),
        reading("", None, Status.BLANK),
    ]
    trust = trust_in(readings, ["1", "9", "3", "4"])
    assert trust.accepted == Count(hits=2, of=4)
    assert trust.wrong == Count(hits=1, of=2)
    # two at 1.0 of which half are right, one at 0.5 that is right, one at 0.0 that is wrong
    assert trust.ece == pytest.approx(0.5 * 0.5 + 0.25 * 0.5)


@pytest.mark.parametrize(
    ("share", "text"), [(1, "100.00 %"), (0.99999, "99.99 %"), (0.12345, "12.35 %"), (0, "0.00 %")]
)
def test_only_all_is_100_percent(share, text):
    assert percent(share) == text


def test_plain_way_takes_dark_for_ink_and_the_whole_page_for_the_digit(mnist_rows):
    digit = mnist_rows[0][0]
    assert np.array_equal(plain_glyph(255 - digit), digit)
    assert np.array_equal(plain_glyph(digit), 255 - digit)  # light ink is what it gets wrong
    twice = cv2.resize(255 - digit, (56, 56), interpolation=cv2.INTER_NEAREST)
    assert np.array_equal(plain_glyph(np.dstack([twice] * 3)), digit)


def test_plain_way_gives_the_likeliest_digit():
    class Sevens:
        def probabilities(self, glyphs):
            return np.tile(np.eye(10, dtype=np.float32)[7], (len(glyphs), 1))

    assert PlainResize(classifier=Sevens()).read(np.zeros((40, 30), np.uint8)) == "7"


def test_tesseract_gets_a_legible_page_and_is_told_to_read_one_digit(tmp_path):
    command = tmp_path / "tesseract"
    command.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/words\ncat > {tmp_path}/page.png\necho " 5 "\n')
    command.chmod(0o700)
    assert Tesseract(command=str(command)).read(np.full((28, 20), 200, np.uint8)) == "5"
    assert max(cv2.imread(str(tmp_path / "page.png")).shape) >= 120
    words = (tmp_path / "words").read_text().split()
    assert words[words.index("--psm") + 1] == "10"
    assert "tessedit_char_whitelist=0123456789" in words


def test_score_gives_a_reading_for_every_file(tmp_path, sample):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "seven.jpg").write_bytes(sample)
    (folder / "broken.png").write_bytes(b"no image")
    cv2.imwrite(str(folder / "white.png"), np.full((60, 60), 255, np.uint8))
    found = score_folder(folder, tmp_path / "out", jobs=1)
    assert {name: (r.value, r.status) for name, r in found.items()} == {
        "seven.jpg": ("7", found["seven.jpg"].status),
        "broken.png": ("", Status.FAILED),
        "white.png": ("", Status.BLANK),
    }
    assert 0 < found["seven.jpg"].confidence <= 1


def test_labels_are_digits_by_file(tmp_path):
    (tmp_path / "labels.csv").write_text("file,label,more\na.png,3,x\nb/c.png,0,y\n", encoding="utf-8")
    assert labels_in(tmp_path) == {"a.png": "3", "b/c.png": "0"}


def test_mnist_as_png_files_is_read_about_as_well_as_its_arrays(mnist_rows, tmp_path):
    rows, labels = mnist_rows
    words = {"work": tmp_path, "jobs": 1, "tesseract_rows": 1, "limits": load_config(environ={}).limits}
    row = read_pngs(rows[:40], [str(k) for k in labels[:40]], {}, **words)
    assert row.right[DIGITD].of == 40
    assert row.right[DIGITD].hits >= 38
    assert len(row.readings) == len(row.labels) == 40


def test_a_real_set_says_how_it_was_used(mnist_rows, tmp_path):
    rows, labels = mnist_rows
    folder = tmp_path / "digits" / "semeion"
    folder.mkdir(parents=True)
    (folder / "labels.csv").write_text(f"file,label\na.png,{labels[0]}\n", encoding="utf-8")
    cv2.imwrite(str(folder / "a.png"), rows[0])
    words = {"work": tmp_path, "jobs": 1, "tesseract_rows": 1, "limits": load_config(environ={}).limits}
    row = read_real("semeion", tmp_path, {}, **words)
    assert row.right[DIGITD].of == 1
    assert "stretches to a square" in row.note
    assert row.note == REAL_SETS["semeion"].used


def test_the_model_is_described_by_its_manifest():
    manifest = load_artefact(shipped_model()).manifest
    shipped = describe_shipped()
    assert shipped.arithmetic == manifest.export.arithmetic
    assert f"{manifest.recipe} in {manifest.export.arithmetic}" in str(shipped)
    assert manifest.data.source in str(shipped)


def test_drawn_pages_are_read_in_every_way_and_tesseract_reads_some(mnist_rows, tmp_path):
    command = tmp_path / "tesseract"
    command.write_text("#!/bin/sh\ncat > /dev/null\necho 0\n")
    command.chmod(0o700)
    rows, labels = mnist_rows
    tasks = tasks_of(
        rows[:20],
        [str(k) for k in labels[:20]],
        seed=1,
        classic=shipped_model(),  # any model serves
        tesseract=str(command),
        tesseract_rows=3,
    )
    assert [task.name for task in tasks] == [*CONDITIONS, *CORRUPTIONS]
    chosen = [task for task in tasks if task.name in ("scale_4", "small_on_large", "translate")]
    told = []
    found = read_drawn(chosen, jobs=1, tell=told.append)
    assert [(row.group, row.name) for row in found] == [
        (ROUND_TRIPS, "scale_4"),
        (ROUND_TRIPS, "small_on_large"),
        (CORRUPTED, "translate"),
    ]
    assert [row.right[DIGITD].of for row in found] == [20, 2, 20]
    assert all(row.right[DIGITD].share >= 0.9 for row in found)
    assert all(row.right[PLAIN] == row.right[CLASSIC] for row in found)  # the same model stands for both here
    assert [row.right[TESSERACT].of for row in found] == [3, 2, 3]
    assert len(told) == 3


def test_corrupted_pages_are_dark_on_light_as_a_plain_script_expects(mnist_rows):
    rows, labels = mnist_rows
    words = {"seed": 1, "classic": shipped_model(), "tesseract": None, "tesseract_rows": 1}
    tasks = tasks_of(rows[:40], [str(k) for k in labels[:40]], **words)
    (row,) = read_drawn([task for task in tasks if task.name == "translate"], jobs=1, tell=lambda _: None)
    assert row.right[PLAIN].share > 0.9


def test_normaliser_is_timed_at_three_sizes(mnist_rows):
    times = normaliser_us(mnist_rows[0][:5])
    assert list(times) == [28, 50, 100]
    assert all(1 < us < 1e6 for us in times.values())


def test_what_is_no_digit_is_told_by_what_the_probabilities_lack():
    assert missing_share(reading("1", 0.5, probabilities=(0.5, 0.25, *[0.0] * 8))) == 0.25
    assert missing_share(reading("1", 0.9, probabilities=(0.9, 0.1000002, *[0.0] * 8))) == 0
    assert missing_share(reading("", None, Status.BLANK)) == 1


def test_blank_pages_are_counted_by_kind():
    blanks = read_blanks(open_desk(), count=30, seed=1)
    assert list(blanks.read) == list(KINDS)
    assert in_all(blanks.read).of == 30
    assert blanks.read["plain"].hits == 0
    assert all(blanks.accepted[kind].hits <= blanks.read[kind].hits for kind in KINDS)


def test_rubbish_is_read_beside_digits(mnist_rows):
    from digitd.training.rubbish import UNSEEN

    rubbish = read_rubbish(open_desk(), mnist_rows[0][:20], count=3, seed=1)
    for area in (rubbish.from_bare, rubbish.from_drawn):
        assert list(area.by_kind) == list(UNSEEN)
        assert 0 <= min(area.by_kind.values()) <= area.of_all <= max(area.by_kind.values()) <= 1


def test_digits_that_rubbish_is_told_from_are_on_pages_too(mnist_rows):
    class Witness:
        def __init__(self):
            self.pages = []

        def read(self, page):
            self.pages.append(page)
            return reading("1", 1.0, probabilities=(0.0, 1.0, *[0.0] * 8)), page

    witness = Witness()
    read_rubbish(witness, mnist_rows[0][:20], count=1, seed=1)
    bare, drawn = witness.pages[:20], witness.pages[20:40]
    assert all(np.array_equal(page, 255 - digit) for page, digit in zip(bare, mnist_rows[0], strict=False))
    assert len({page.shape for page in drawn}) == 20
    assert max(max(page.shape) for page in drawn) < 1000  # none as large as small_on_large makes them


def some_measured():
    def row(group, name, hits, **kwargs):
        right = {DIGITD: Count(hits=hits, of=100), PLAIN: Count(hits=hits // 2, of=100)}
        return Row(group=group, name=name, right=right, **kwargs)

    seen = {"readings": (reading("1", 1.0), reading("", None, Status.BLANK)), "labels": ("1", "2")}
    rows = [
        row(MNIST, "arrays", 99),
        row(MNIST, "PNG files", 98, **seen),
        row(ROUND_TRIPS, "scale_1", 90),
        row(ROUND_TRIPS, "scale_2", 80),
        row(CORRUPTED, "fog", 60),
        row(CORRUPTED, "zigzag", 20),
        row(CORRUPTED, "shear", 70),
        row(REAL, "hwd1000", 97, **seen),
    ]
    return Measured(
        seed=1,
        shipped=SHIPPED,
        rows=rows,
        rubbish=Rubbish(
            from_bare=Area(of_all=0.9, by_kind={"dash": 0.9}),
            from_drawn=Area(of_all=0.8, by_kind={"dash": 0.8}),
            accepted={"dash": Count(hits=1, of=4)},
        ),
        blanks=Blanks(read={"dust": Count(hits=2, of=9)}, accepted={"dust": Count(hits=1, of=9)}),
        pace=Pace(per_s=100, keras_per_s=10, ratio=10, lowest=9, highest=11),
        normaliser_us={28: 150.0},
        target_error=0.001,
        tesseract_rows=None,
    )


def test_report_has_means_and_worst_of_each_column(tmp_path):
    text = markdown(this_machine(tmp_path), some_measured())
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    cells = {line[0].strip("*"): line[2:4] for line in table[2:]}
    assert table[0][-1] == "Tesseract (not installed)"
    assert cells["round trips, mean of 2"] == ["85.00 %", "42.50 %"]
    assert cells["round trips, worst"] == ["80.00 %", "40.00 %"]
    assert cells["corruptions, mean of these 2"] == ["65.00 %", "32.50 %"]
    assert cells["corruptions, mean of all 3"] == ["50.00 %", "25.00 %"]
    assert "MNIST digits called blank: 1 of 2" in text
    assert "Blank pages read as a digit: 2 of 9, of which 1 accepted (dust 2)." in text
    assert "50.00 % accepted, of these 0.00 % wrong (0 of 1)" in text
    assert "as bare 28 px images, AUROC over kinds not trained on: 0.9000 (dash 0.9000)." in text
    assert "small_on_large excepted: 0.8000 (dash 0.8000)." in text


def test_report_says_what_was_known_when_digitd_was_made(tmp_path):
    text = markdown(this_machine(tmp_path), some_measured())
    assert all(f"- {name}: {real.what}. {real.used}." in text for name, real in REAL_SETS.items())
    assert "The corruptions are not unseen in kind." in text
    assert "the shipped cnn in float32" in text
    assert "int8" not in text


def test_record_holds_what_the_report_says_of_machine_and_model(tmp_path):
    machine, measured = this_machine(tmp_path), some_measured()
    text, everything = markdown(machine, measured), json.loads(json.dumps(record(machine, measured)))
    assert everything["machine"]["file_system"] in text
    assert everything["model"] == {
        "recipe": "cnn",
        "arithmetic": "float32",
        "trained_on": "mnist.npz",
        "counts": {"train": 55_000},
        "files": {"model.tflite": "ab12" * 16},
    }
    assert all(f"- {note}" in text for note in everything["notes"])
    assert all(set(row) == {"group", "name", "note", "right"} for row in everything["rows"])


def test_help_is_quick_because_it_imports_no_library():
    code = (
        "import sys, benchmarks.accuracy as b; b.main(['--help'], standalone_mode=False);"
        "print(sorted({'tensorflow', 'keras', 'cv2', 'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert "Example: python -m benchmarks.accuracy" in ran.stdout
    assert ran.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(find_spec("tensorflow") is None, reason="without it another message comes first")
def test_a_run_says_where_it_looked_for_the_data(tmp_path):
    ran = run_accuracy(timeout_s=60, DIGITD_DATA=str(tmp_path))
    assert ran.returncode == 1
    assert f"{tmp_path}: holds no mnist.npz" in ran.stderr


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(find_spec("tensorflow") is None, reason="the models compared with need digitd[train]")
def test_a_run_prints_every_row_and_records_it(mnist_rows, tmp_path):
    rows, labels = mnist_rows
    data, work = tmp_path / "data", tmp_path / "work"
    work.mkdir()
    for name in REAL_SETS:
        (data / "digits" / name).mkdir(parents=True)
        (data / "digits" / name / "labels.csv").write_text(f"file,label\na.png,{labels[0]}\n", encoding="utf-8")
        cv2.imwrite(str(data / "digits" / name / "a.png"), rows[0])
    np.savez(data / "mnist.npz", x_train=rows[100:500], y_train=labels[100:500], x_test=rows[:100], y_test=labels[:100])
    report = tmp_path / "accuracy.json"
    words = ("--rows", 20, "--data", data, "--work", work, "--jobs", 2, "--json", report, "--tesseract-rows", 1)
    ran = run_accuracy(*words, timeout_s=590)
    assert ran.returncode == 0, ran.stderr
    names = [line.split(" | ")[0].strip("|* ") for line in ran.stdout.splitlines() if line.startswith("|")]
    assert {f"{ROUND_TRIPS}: {name}" for name in CONDITIONS} <= set(names)
    assert {f"{CORRUPTED}: {name}" for name in CORRUPTIONS} <= set(names)
    assert {f"{REAL}: {name}" for name in REAL_SETS} <= set(names)
    assert ("not installed" in ran.stdout) == (shutil.which("tesseract") is None)
    record = json.loads(report.read_text(encoding="utf-8"))
    assert len(record["rows"]) == 2 + len(REAL_SETS) + len(CONDITIONS) + len(CORRUPTIONS)
    assert all(row["right"][DIGITD]["of"] > 0 for row in record["rows"])
    assert list(work.iterdir()) == []
    assert str(ROOT) not in ran.stdout
