import sqlite3
from contextlib import closing

import pytest

from digitd.formcsv import FormCsvs
from digitd.ledger import Ledger
from tests.ledger.test_pages import a_page, deliver
from tests.sheets import FORM

OTHER = type(FORM)(name="exam", id="other", fields=("id", "points"))


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / ".state") as opened:
        yield opened


@pytest.fixture
def files(tmp_path, ledger):
    return FormCsvs(tmp_path, ledger)


def content(ledger):
    """Return what the current file of the only form should hold."""
    file = ledger.forms.growing()[-1]
    return file.header + b"".join(line for _, line in ledger.forms.lines_after(file, 0, at_most=99))


def test_no_folder_is_made_where_there_are_no_forms(files, tmp_path):
    files.catch_up()
    assert not (tmp_path / "forms").exists()


def test_file_grows_and_stays_the_same(files, ledger, tmp_path):
    csv = tmp_path / "forms" / "exam.csv"
    deliver(ledger, "a.png", a_page("1"))
    files.catch_up()
    before, inode = csv.read_bytes(), csv.stat().st_ino
    deliver(ledger, "b.png", a_page("2"))
    files.catch_up()
    assert csv.read_bytes() == content(ledger)
    assert csv.read_bytes().startswith(before)
    assert csv.stat().st_ino == inode


@pytest.mark.parametrize("harm", [b"", b"edited", None])
def test_file_that_somebody_changed_is_set_aside_and_written_anew(files, ledger, tmp_path, harm):
    csv = tmp_path / "forms" / "exam.csv"
    deliver(ledger, "a.png", a_page("1"))
    files.catch_up()
    if harm is None:
        csv.unlink()
        csv.parent.rmdir()
    else:
        csv.write_bytes(harm)
    files.catch_up()
    assert csv.read_bytes() == content(ledger)
    assert [path.read_bytes() for path in csv.parent.glob("*.damaged-*")] == ([] if harm is None else [harm])


def test_other_fields_never_share_a_file_and_no_line_of_the_old_one_is_lost(files, ledger, tmp_path):
    deliver(ledger, "a.png", a_page("1"))
    files.catch_up()
    deliver(ledger, "b.png", a_page("2"))  # committed, and not yet written when the fields change
    expected = content(ledger)
    deliver(ledger, "c.png", a_page("3"), form=OTHER)
    files.catch_up()
    assert (tmp_path / "forms" / "exam.csv.old-1").read_bytes() == expected
    assert (tmp_path / "forms" / "exam.csv").read_bytes() == content(ledger)
    deliver(ledger, "d.png", a_page("4"), form=FORM)
    files.catch_up()
    assert sorted(path.name for path in (tmp_path / "forms").iterdir()) == [
        "exam.csv",
        "exam.csv.old-1",
        "exam.csv.old-2",
    ]


def test_file_whose_renaming_was_not_written_down_is_not_renamed_again(files, ledger, tmp_path):
    deliver(ledger, "a.png", a_page("1"))
    files.catch_up()
    deliver(ledger, "b.png", a_page("2"), form=OTHER)
    (tmp_path / "forms" / "exam.csv").rename(tmp_path / "forms" / "exam.csv.old-1")
    FormCsvs(tmp_path, ledger).catch_up()
    assert sorted(path.name for path in (tmp_path / "forms").iterdir()) == ["exam.csv", "exam.csv.old-1"]
    with closing(sqlite3.connect(tmp_path / ".state" / "ledger.sqlite3")) as connection:
        assert connection.execute("SELECT is_put_by FROM form_file ORDER BY id").fetchall() == [(1,), (0,)]
