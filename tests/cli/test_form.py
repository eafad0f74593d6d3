"""``digitd form``: from a blank page to scored ones, as a new user would."""

import csv

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest

from digitd.forms.printed import printed_pdf
from tests.forms.written import EXAM, a_form


@pytest.fixture
def blank(tmp_path):
    path = tmp_path / "blank.pdf"
    path.write_bytes(printed_pdf(a_form()))
    return path


def rows(out):
    with (out / "predictions.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_template_preview_and_reference_are_made_of_a_blank_page(digitd, blank, tmp_path):
    ended = digitd("form", "detect", blank, "-o", tmp_path / "exam.toml")
    assert ended.returncode == 0, ended.stderr
    assert "4 fields in" in ended.stdout
    assert 'reference = "exam.blank.tiff"' in (tmp_path / "exam.toml").read_text()
    assert cv2.imread(str(tmp_path / "exam.preview.png")).shape[2] == 3
    ended = digitd("form", "preview", tmp_path / "exam.toml", blank, "-o", tmp_path / "look.png")
    assert ended.returncode == 0, ended.stderr
    assert "page 1 is page 1 of the form" in ended.stdout


def test_page_that_is_not_recognised_is_shown_with_what_was_looked_for(digitd, tmp_path):
    (tmp_path / "exam.toml").write_text(EXAM)
    other = tmp_path / "other.tiff"
    pages = [np.full((1200, 850), 255, np.uint8), np.full((1200, 850), 255, np.uint8)]
    cv2.putText(pages[1], "another page", (100, 400), cv2.FONT_HERSHEY_DUPLEX, 2, 0, 3)
    cv2.imwritemulti(str(other), pages)
    ended = digitd("form", "preview", tmp_path / "exam.toml", other, "-o", tmp_path / "look.png")
    assert ended.returncode == 5
    assert not ended.stdout
    assert f"{other} was not recognised; page 2: No page of the form 'exam-2026' was found" in ended.stderr
    assert cv2.imread(str(tmp_path / "look.png")).shape[1] > 900


def test_page_that_cannot_be_read_gives_no_picture(digitd, tmp_path):
    (tmp_path / "exam.toml").write_text(EXAM)
    (tmp_path / "scan.png").write_bytes(b"nothing of the kind")
    ended = digitd("form", "preview", tmp_path / "exam.toml", tmp_path / "scan.png", "-o", tmp_path / "look.png")
    assert ended.returncode == 5
    assert "scan.png: the file begins with" in ended.stderr
    assert not (tmp_path / "look.png").exists()


def test_page_of_a_pdf_has_the_size_that_it_says(digitd, blank, tmp_path):
    ended = digitd("form", "detect", blank, "-o", tmp_path / "exam.toml")
    assert "The page is A5, as the PDF says\n" in ended.stdout, ended.stderr
    assert 'page = "A5"\n' in (tmp_path / "exam.toml").read_text()


@pytest.mark.parametrize(
    ("dpi", "more", "said", "page"),
    [
        (
            200,
            (),
            "A5, by the 200 dpi that the picture states; if it is another paper, run it again with --page",
            '"A5"',
        ),
        (
            72,
            (),
            "A4, assumed from its shape; if it is another paper, run it again with --page, e.g. --page A5",
            '"A4"',
        ),
        (72, ("--page", "a5"), "A5, as --page says\n", '"A5"'),
        (72, ("--page", "100x141.9"), "100 x 141.9 mm, as --page says\n", "[100, 141.9]"),
    ],
)
def test_page_of_a_picture_has_the_size_that_is_likely(digitd, blank, tmp_path, dpi, more, said, page):
    with pdfium.PdfDocument(blank) as document:
        document[0].render(scale=200 / 72).to_pil().save(tmp_path / "blank.png", dpi=(dpi, dpi))
    ended = digitd("form", "detect", tmp_path / "blank.png", "-o", tmp_path / "exam.toml", *more)
    assert f"The page is {said}" in ended.stdout, ended.stderr
    assert f"page = {page}\n" in (tmp_path / "exam.toml").read_text()


@pytest.mark.parametrize(
    ("page", "code", "message"),
    [("A9", 2, "--page is 'A9'"), ("Letter", 5, "cannot be a whole page of 215.9 x 279.4 mm")],
)
def test_paper_that_cannot_be_is_refused(digitd, blank, tmp_path, page, code, message):
    ended = digitd("form", "detect", blank, "-o", tmp_path / "exam.toml", "--page", page)
    assert (ended.returncode, message in ended.stderr) == (code, True), ended.stderr
    assert not (tmp_path / "exam.toml").exists()


def test_nothing_is_written_over(digitd, blank, tmp_path):
    (tmp_path / "exam.toml").write_text("mine")
    ended = digitd("form", "detect", blank, "-o", tmp_path / "exam.toml")
    assert ended.returncode == 2
    assert "exists already" in ended.stderr
    assert (tmp_path / "exam.toml").read_text() == "mine"


def test_nothing_that_is_read_is_written_over_even_by_force(digitd, blank, tmp_path):
    template = tmp_path / "exam.toml"
    template.write_text(EXAM)
    for words in (
        ("print", template, "-o", template),
        ("preview", template, blank, "-o", blank),
        ("detect", blank, "-o", blank),
    ):
        ended = digitd("form", *words, "--force")
        assert ended.returncode == 2
        assert f"{words[-1]} is what this command reads" in ended.stderr
    assert template.read_text() == EXAM
    assert blank.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("out", ["./", ".", "..", "/", "", "folder"])
def test_folder_is_no_file_to_write(digitd, blank, tmp_path, out):
    (tmp_path / "folder").mkdir()
    (tmp_path / "exam.toml").write_text(EXAM)
    for words in (("detect", blank), ("preview", tmp_path / "exam.toml", blank), ("print", tmp_path / "exam.toml")):
        ended = digitd("form", *words, "-o", out, "--force", cwd=tmp_path)
        assert (ended.returncode, "which is a folder" in ended.stderr) == (2, True), ended.stderr


@pytest.mark.parametrize("name", ["\udcff.toml", "two\nlines.toml"])
def test_name_that_a_template_cannot_hold_is_refused(digitd, blank, tmp_path, name):
    ended = digitd("form", "detect", blank, "-o", tmp_path / name)
    assert (ended.returncode, "no template can name its reference so" in ended.stderr) == (2, True), ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == [blank.name]


def test_template_is_there_only_where_its_reference_is(digitd, blank, tmp_path):
    (tmp_path / "exam.blank.tiff").mkdir()
    ended = digitd("form", "detect", blank, "-o", tmp_path / "exam.toml", "--force")
    assert (ended.returncode, "exam.blank.tiff: Is a directory" in ended.stderr) == (5, True), ended.stderr
    assert not (tmp_path / "exam.toml").exists()


def test_preview_is_not_written_over_the_reference_even_by_force(digitd, blank, tmp_path):
    assert digitd("form", "detect", blank, "-o", tmp_path / "exam.toml").returncode == 0
    reference = tmp_path / "exam.blank.tiff"
    before = reference.read_bytes()
    ended = digitd("form", "preview", tmp_path / "exam.toml", blank, "-o", reference, "--force")
    assert (ended.returncode, f"{reference} is what this command reads" in ended.stderr) == (2, True), ended.stderr
    assert reference.read_bytes() == before


def test_file_that_is_not_there_is_said_to_be(digitd, tmp_path):
    ended = digitd("form", "detect", tmp_path / "none.pdf", "-o", tmp_path / "exam.toml")
    assert ended.returncode == 5
    assert "none.pdf: the file cannot be read: No such file or directory" in ended.stderr
    assert "Check its name" in ended.stderr


def test_blank_page_may_be_a_link(digitd, blank, tmp_path):
    (tmp_path / "link.pdf").symlink_to(blank)
    ended = digitd("form", "detect", tmp_path / "link.pdf", "-o", tmp_path / "exam.toml")
    assert ended.returncode == 0, ended.stderr


def test_page_without_boxes_is_said_to_have_none(digitd, tmp_path):
    cv2.imwrite(str(tmp_path / "empty.png"), np.full((600, 400), 255, np.uint8))
    ended = digitd("form", "detect", tmp_path / "empty.png", "-o", tmp_path / "exam.toml")
    assert ended.returncode == 5
    assert "no boxes for digits were found" in ended.stderr


def test_wrong_template_is_an_error_of_configuration(digitd, blank, tmp_path):
    (tmp_path / "exam.toml").write_text(EXAM.replace("boxes = 8", "boxs = 8"))
    ended = digitd("score", blank, "--form", tmp_path / "exam.toml", "--out", tmp_path / "out")
    assert ended.returncode == 3
    assert "did you mean boxes?" in ended.stderr


def test_printed_form_is_recognised_by_its_markers(digitd, tmp_path):
    (tmp_path / "exam.toml").write_text(EXAM.replace('page = "A5"', 'page = "A5"\nmarkers = "aruco4x4"'))
    ended = digitd("form", "print", tmp_path / "exam.toml", "-o", tmp_path / "exam.pdf")
    assert ended.returncode == 0, ended.stderr
    ended = digitd("form", "preview", tmp_path / "exam.toml", tmp_path / "exam.pdf", "-o", tmp_path / "look.png")
    assert "found by its markers" in ended.stdout, ended.stderr


def test_real_exam_is_read_from_its_blank_page(digitd, tmp_path, shared_data):
    scans = shared_data / "forms" / "markus_scans"
    ended = digitd("form", "detect", scans / "test-auto-parse-scan-blank.pdf", "-o", tmp_path / "exam.toml")
    assert ended.returncode == 0, ended.stderr
    paths = (scans / "test-auto-parse-scan-success.pdf", "--form", tmp_path / "exam.toml", "--out", tmp_path / "out")
    assert digitd("score", *paths).returncode == 8
    found = rows(tmp_path / "out")
    assert [row["value"] for row in found if row["page"] == "1"] == ["", "0123456789"]
    assert [(row["page"], row["reason"]) for row in found[2:]] == [(str(n), "unregistered") for n in range(2, 7)]


def test_real_student_number_is_read_from_a_page_that_was_filled(digitd, tmp_path, shared_data):
    page = shared_data / "forms" / "markus_student_info" / "student_info.jpg"
    ended = digitd("form", "detect", page, "--filled", "-o", tmp_path / "student.toml")
    assert ended.returncode == 0, ended.stderr
    digitd("score", page, "--form", tmp_path / "student.toml", "--out", tmp_path / "out")
    assert rows(tmp_path / "out")[-1]["value"] == "0001250981"


def test_older_version_of_a_real_form_has_no_wrong_value(digitd, tmp_path, shared_data):
    forms = shared_data / "forms" / "election_photo"
    assert digitd("form", "detect", forms / "c.hasil_data.png", "-o", tmp_path / "e.toml").returncode == 0
    digitd("score", forms / "data_sample_02.jpg", "--form", tmp_path / "e.toml", "--out", tmp_path / "out")
    assert [(row["status"], row["reason"]) for row in rows(tmp_path / "out")] == [("failed", "unregistered")]
