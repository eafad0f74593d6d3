"""Bulk scoring of forms as a process, with the reader of squares."""

import csv
import json
import signal
import subprocess
import sys

import pytest

from digitd.ledger import Ledger
from digitd.rows import header
from tests.conftest import ROOT, Outbox, environment
from tests.faults.invariants import assert_forms, assert_rows_once, ledger_lines
from tests.standin import BROKEN, DEADLY, DOUBTFUL, EMPTY, OTHER, TEMPLATE, document, page

KILLED = -signal.SIGKILL


class Scoring:
    """A folder of scans, a template and a folder of results."""

    def __init__(self, folder):
        self.scans, self.out, self.template = folder / "scans", folder / "out", folder / "exam.toml"
        self.scans.mkdir()
        self.template.write_text(TEMPLATE)

    def put(self, name, *pages, kind="TIFF"):
        (self.scans / name).write_bytes(document(*pages, kind=kind))

    def score(self, *words, jobs=1, expect=0, plan=None):
        """Score all scans, with a plan for when the process kills itself, and return what is said."""
        given = ["score", self.scans, "--form", self.template, "--out", self.out, "--jobs", jobs, *words]
        program = ["tests.faults.formed", plan] if plan else ["tests.standin"]
        ended = subprocess.run(
            [sys.executable, "-m", *program, *map(str, given)],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert expect is None or ended.returncode == expect, ended.stderr
        return ended.stdout

    @property
    def rows(self):
        return Outbox(self.out).rows

    @property
    def lines(self):
        with (self.out / "forms" / "exam.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @property
    def summary(self):
        return json.loads((self.out / "summary.json").read_text(encoding="utf-8"))


@pytest.fixture
def scoring(tmp_path):
    return Scoring(tmp_path)


def test_page_has_a_row_a_field_a_line_and_a_picture(scoring):
    scoring.put("a.tif", page(1), page(2, doubt=DOUBTFUL), page(0, kind=OTHER), page(0, kind=EMPTY))
    said = scoring.score(expect=8)
    found = [(row["page"], row["field"], row["value"], row["status"], row["reason"]) for row in scoring.rows]
    assert found == [
        ("1", "id", "1", "accepted", ""),
        ("1", "mark", "7", "accepted", ""),
        ("2", "id", "2", "accepted", ""),
        ("2", "mark", "7", "review", "low_confidence"),
        ("3", "", "", "failed", "unregistered"),
        ("4", "", "", "blank", "blank_page"),
    ]
    lines = [(line["seq"], line["page"], line["form_page"], line["status"], line["id"]) for line in scoring.lines]
    assert lines == [
        ("1", "1", "1", "accepted", "1"),
        ("3", "2", "1", "review", "2"),
        ("5", "3", "", "failed", ""),
        ("6", "4", "", "blank", ""),
    ]
    pictures = {row["annotated"] for row in scoring.rows}
    assert len(pictures) == 4
    assert all((scoring.out / picture).is_file() for picture in pictures)
    assert len(Outbox(scoring.out).names("review")) == 2
    assert "pages: 4 of 1 files" in said
    assert "fields: 4, 3 accepted, 1 review, 0 blank" in said


@pytest.mark.parametrize("annotate", ["review", "sheet"])
def test_only_pages_to_check_have_a_picture_on_demand(scoring, annotate):
    scoring.put("a.tif", page(1), page(2, doubt=DOUBTFUL), page(0, kind=EMPTY))
    scoring.score("--annotate", annotate)
    assert [bool(row["annotated"]) for row in scoring.rows] == [False, False, True, True, False]
    assert len(Outbox(scoring.out).names("annotated")) == 1


def test_summary_is_of_the_whole_folder_however_many_runs_it_took(scoring):
    scoring.put("a.tif", page(1), page(2, doubt=DOUBTFUL), page(0, kind=OTHER))
    scoring.score(expect=8)
    scoring.put("b.png", page(3), kind="PNG")
    scoring.score()
    counts = {name: scoring.summary[name] for name in ("pages", "registered", "fields", "accepted", "review", "blank")}
    assert counts == {"pages": 4, "registered": 3, "fields": 6, "accepted": 5, "review": 1, "blank": 0}
    assert scoring.summary["failed_pages"] == ["a.tif page 3"]
    assert scoring.summary["reasons"] == {"low_confidence": 1}
    assert scoring.summary["by_field"]["mark"] == {"accepted": 2, "review": 1, "blank": 0}
    assert (scoring.out / "summary.png").read_bytes().startswith(b"\x89PNG")
    before = scoring.summary
    scoring.score()
    assert scoring.summary == before


def test_value_that_another_page_has_goes_to_review_with_a_picture(scoring):
    scoring.put("a.tif", page(1), page(2), page(1))
    scoring.score("--annotate", "review")
    scoring.put("b.png", page(2), kind="PNG")
    scoring.score("--annotate", "review")
    doubled = [row for row in scoring.rows if row["reason"]]
    assert [(row["file"], row["page"], row["value"], row["reason"]) for row in doubled] == [
        ("a.tif", "3", "1", "rule_unique"),
        ("b.png", "1", "2", "rule_unique"),
    ]
    for row in doubled:
        assert (scoring.out / row["annotated"]).is_file()
    assert [line["status"] for line in scoring.lines] == ["accepted", "accepted", "review", "review"]
    assert len(Outbox(scoring.out).names("review")) == 2


def test_file_that_is_changed_and_scored_again_is_no_double_of_itself(scoring):
    scoring.put("a.tif", page(1), page(2))
    scoring.score()
    scoring.put("a.tif", page(1), page(3, mark=9))
    scoring.put("b.png", page(2), kind="PNG")
    scoring.score()
    assert [row["reason"] for row in scoring.rows] == [""] * 10
    assert (scoring.summary["pages"], scoring.summary["accepted"]) == (3, 6)


def test_preview_of_the_form_among_its_pages_is_no_page(scoring):
    scoring.template = scoring.scans / "exam.toml"
    scoring.template.write_text(TEMPLATE)
    scoring.put("a.tiff", page(1))
    (scoring.scans / "exam.preview.png").write_bytes(document(page(1), kind="PNG"))
    scoring.score()
    assert {row["file"] for row in scoring.rows} == {"a.tiff"}


def test_template_that_is_changed_is_read_with_anew_and_its_lines_go_to_a_new_file(scoring):
    scoring.put("a.png", page(1), kind="PNG")
    scoring.score()
    before = (scoring.out / "forms" / "exam.csv").read_bytes()
    scoring.score()
    assert len(scoring.lines) == 1
    scoring.template.write_text(TEMPLATE.replace('"mark"', '"points"'))
    scoring.score()
    assert (scoring.out / "forms" / "exam.csv.old-1").read_bytes() == before
    (line,) = scoring.lines
    assert (line["points"], "mark" in line) == ("7", False)
    assert [row["reason"] for row in scoring.rows] == [""] * 4
    assert set(scoring.summary["by_field"]) == {"id", "points"}


@pytest.mark.parametrize("kind", ["PDF", "TIFF"])
def test_document_is_shared_out_among_workers_and_its_pages_stay_in_order(scoring, kind):
    numbers = [number % 40 + 1 for number in range(50)]
    scoring.template.write_text(TEMPLATE.replace(", unique = true", ""))
    scoring.put(f"a.{kind[:3].lower()}", *(page(number) for number in numbers), kind=kind)
    scoring.score("--annotate", "none", jobs=2)
    assert [line["page"] for line in scoring.lines] == [str(number) for number in range(1, 51)]
    assert [int(line["id"]) for line in scoring.lines] == numbers
    assert len({row["sha256"] for row in scoring.rows}) == 1


def test_page_that_ends_its_process_or_raises_costs_no_other_page(scoring):
    kinds = {4: DEADLY, 9: BROKEN}
    pages = [page(number, kind=kinds.get(number, 1)) for number in range(1, 36)]
    scoring.put("a.pdf", *pages, kind="PDF")
    scoring.score("--annotate", "none", jobs=2, expect=8)
    lines = {line["page"]: line["reason"] for line in scoring.lines}
    assert len(lines) == 35
    assert {page: reason for page, reason in lines.items() if reason} == {"4": "crashed", "9": "internal_error"}
    assert scoring.summary["failed_pages"] == ["a.pdf page 4", "a.pdf page 9"]


def test_pages_beyond_the_limit_are_one_failed_page(scoring, tmp_path):
    (tmp_path / "digitd.toml").write_text("[limits]\nmax_pages = 20\n")
    scoring.put("a.pdf", *(page(number) for number in range(1, 30)), kind="PDF")
    scoring.score("--annotate", "none", "--config", tmp_path / "digitd.toml", jobs=2, expect=8)
    assert [line["page"] for line in scoring.lines] == [str(number) for number in range(1, 22)]
    assert scoring.lines[-1]["reason"] == "too_many_pages"


def test_file_that_is_none_has_a_line_too_and_is_tried_again(scoring):
    (scoring.scans / "bad.pdf").write_bytes(b"%PDF-1.4 and no more")
    scoring.score(expect=8)
    scoring.score(expect=8)
    (line,) = scoring.lines
    assert (line["file"], line["page"], line["status"], line["id"]) == ("bad.pdf", "1", "failed", "")
    scoring.put("bad.pdf", page(1), kind="PDF")
    scoring.score()
    assert scoring.summary["pages"] == 1


def test_template_that_is_wrong_is_a_mistake_of_the_configuration(scoring):
    scoring.put("a.png", page(1), kind="PNG")
    scoring.template.write_text("form =")
    scoring.score(expect=3)
    assert not scoring.out.joinpath("predictions.csv").exists()


def seconds_of(scoring):
    """Return the time that the ledger has for the form."""
    with Ledger.open(scoring.out / ".state") as ledger:
        return ledger.forms.elapsed_s("exam")


@pytest.mark.fault("kill -9 at every step of scoring forms")
@pytest.mark.parametrize(
    "plan",
    [
        "committing:1",
        "committing:3",
        "appending:3",
        "torn:4",
        "appended:4",
        "projected:4",
        "written:1",
        "written:3",
    ],
)
def test_run_that_is_killed_is_gone_on_with(scoring, plan):
    scoring.put("a.pdf", *(page(number) for number in range(1, 21)), kind="PDF")
    scoring.put("b.tif", page(21), page(0, kind=OTHER), page(22, doubt=DOUBTFUL))
    scoring.put("c.png", page(1), kind="PNG")
    scoring.score(jobs=2, expect=KILLED, plan=plan)
    lines, *_ = ledger_lines(scoring.out / ".state")
    before = seconds_of(scoring)
    assert bool(before) == bool(lines)
    scoring.score(jobs=2, expect=None)
    assert_forms(scoring.out, pages=24)
    assert_rows_once(scoring.out / ".state", deliveries=3)
    assert (scoring.out / "predictions.csv").read_bytes() == header() + b"".join(
        ledger_lines(scoring.out / ".state")[0]
    )
    assert all((scoring.out / row["annotated"]).is_file() for row in scoring.rows)
    assert not list(scoring.out.rglob(".digitd-*"))
    assert (scoring.summary["pages"], scoring.summary["reasons"]) == (24, {"low_confidence": 1, "rule_unique": 1})
    assert seconds_of(scoring) >= max(before, 0.1)
