"""Inboxes of forms beside one of digits, in one daemon with the reader of squares."""

import pytest

from tests.conftest import SAMPLES
from tests.standin import TEMPLATE, document, page

OTHER = TEMPLATE.replace("exam", "survey").replace("mark", "age")


@pytest.fixture
def office(service, tmp_path):
    """Return a daemon's place with an inbox of digits and two of forms, not started yet."""
    (tmp_path / "exam.toml").write_text(TEMPLATE)
    (tmp_path / "survey.toml").write_text(OTHER)
    for name in ("inbox", "exams", "surveys"):
        (tmp_path / name).mkdir(exist_ok=True)

    def configure(second="survey.toml", **others):
        service.configure(
            '[[inbox]]\npath = "exams"\nkind = "form"\nform = "exam.toml"',
            f'[[inbox]]\npath = "surveys"\nkind = "form"\nform = "{second}"',
            **others,
        )

    service.set_up = configure
    configure()
    return service


def lines(office, form):
    """Return the lines of the CSV of a form, without the header."""
    path = office.outbox.path / "forms" / f"{form}.csv"
    return path.read_text(encoding="utf-8").splitlines()[1:] if path.exists() else []


def test_each_inbox_is_read_its_own_way(office, tmp_path):
    office.start(program="tests.standin")
    digit = (SAMPLES / "seven-on-grid.jpg").read_bytes()
    office.drop("a.png", document(page(1), kind="PNG"), tmp_path / "exams")
    office.drop("b.png", document(page(1), kind="PNG"), tmp_path / "surveys")
    office.drop("c.jpg", digit)
    rows = {}
    office.wait(lambda: rows.update({row["file"]: row for row in office.outbox.rows}) or len(rows) == 3, "all are read")
    fields = sorted((row["file"], row["field"], row["value"], row["reason"]) for row in office.outbox.rows)
    assert fields == [
        ("a.png", "id", "1", ""),
        ("a.png", "mark", "7", ""),
        ("b.png", "age", "7", ""),
        ("b.png", "id", "1", ""),
        ("c.jpg", "", "7", ""),
    ]
    office.wait(lambda: lines(office, "exam") and lines(office, "survey"), "both forms have their line")
    assert sorted(path.name for path in (office.outbox.path / "forms").iterdir()) == ["exam.csv", "survey.csv"]


def test_value_that_was_delivered_before_goes_to_review_each_time(office, tmp_path):
    office.start(program="tests.standin", DIGITD_OUTBOX_ANNOTATE="none")
    for name in ("a.png", "b.png"):
        office.drop(name, document(page(1), kind="PNG"), tmp_path / "exams")
        office.row(name)
    office.drop("a.png", document(page(1), kind="PNG"), tmp_path / "exams")
    office.wait(lambda: len(office.outbox.rows) == 6, "it is read again")
    assert [row["reason"] for row in office.outbox.rows] == ["", "", "rule_unique", "", "rule_unique", ""]


@pytest.mark.parametrize("harm", ["not toml", "gone", "another of the same name"])
def test_template_that_is_wrong_at_a_reload_leaves_the_old_one_in_use(office, tmp_path, harm):
    office.start(program="tests.standin", DIGITD_OUTBOX_ANNOTATE="none")
    match harm:
        case "not toml":
            (tmp_path / "exam.toml").write_text("form =")
        case "gone":
            (tmp_path / "exam.toml").unlink()
        case "another of the same name":
            (tmp_path / "survey.toml").write_text(OTHER.replace("survey", "exam"))
    assert "exam" in office.reload("reload failed")
    office.drop("a.png", document(page(1), kind="PNG"), tmp_path / "exams")
    assert office.row("a.png")["value"] == "1"


def test_template_that_is_changed_is_used_from_the_reload_on(office, tmp_path):
    office.start(program="tests.standin", DIGITD_OUTBOX_ANNOTATE="none")
    office.drop("a.png", document(page(1), kind="PNG"), tmp_path / "exams")
    office.row("a.png")
    (tmp_path / "exam.toml").write_text(TEMPLATE.replace("mark", "points"))
    office.reload()
    office.drop("b.png", document(page(2), kind="PNG"), tmp_path / "exams")
    office.row("b.png")
    office.wait((office.outbox.path / "forms" / "exam.csv.old-1").exists, "the old lines are put by")
    office.wait(lambda: len(lines(office, "exam")) == 1, "the new file has its line")
    assert [row["field"] for row in office.outbox.rows] == ["id", "mark", "id", "points"]


def test_template_that_is_wrong_at_the_start_is_a_mistake_of_the_configuration(office, daemon, tmp_path):
    (tmp_path / "exam.toml").write_text("form =")
    process = daemon("--config", office.config, program="tests.standin")
    assert process.wait(60) == 3
    assert "exam.toml" in process.log()


@pytest.mark.parametrize("is_link", [False, True])
def test_template_in_an_inbox_is_refused_and_left_there(office, daemon, tmp_path, is_link):
    inside = tmp_path / "exams" / "survey.toml"
    (tmp_path / "survey.toml").rename(inside)
    if is_link:
        inside.rename(tmp_path / "kept.toml")
        inside.symlink_to(tmp_path / "kept.toml")
    office.set_up(second="exams/survey.toml")
    process = daemon("--config", office.config, program="tests.standin")
    assert process.wait(60) == 3
    assert f"{inside} belongs to a form and lies in the inbox {tmp_path / 'exams'}" in process.log()
    assert inside.exists()
