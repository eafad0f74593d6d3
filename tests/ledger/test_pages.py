import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digitd.ledger import Holder, Ledger, Owed
from digitd.ledger.owed import decode_reading, encode_reading
from digitd.ledger.schema import MIGRATIONS
from digitd.pagerows import page_header
from digitd.publish import commit
from digitd.values import Reading, Sheet, Status, failed, unread
from tests.sheets import FORM, field, outcome, sheet


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "state") as opened:
        yield opened


def deliver(ledger, name, *sheets, form=FORM, owner=None):
    """Commit the sheets of a file, and return its delivery."""
    (delivery,) = ledger.claim([(Path("/inbox"), name, "1")])
    owners = {} if owner is None else {delivery.id: owner}
    commit(ledger, [(delivery, outcome(name, *sheets))], model_id="m", state="committed", form=form, owners=owners)
    return delivery


def a_page(value, page=1):
    return sheet(field("id", value, page=page), field("mark", "9", page=page))


def test_line_of_a_page_has_the_number_of_its_first_row(ledger):
    deliver(ledger, "a.png", a_page("1"), a_page("2", page=2), unread("exam", failed(3, "unregistered", "")))
    deliver(ledger, "b.png", a_page("3"))
    (file,) = ledger.forms.growing()
    lines = ledger.forms.lines_after(file, 0, at_most=9)
    assert [seq for seq, _ in lines] == [1, 3, 5, 6]
    assert [int(line.split(b",")[0]) for _, line in lines] == [1, 3, 5, 6]
    assert ledger.last_seq() == 7
    assert [seq for seq, _ in ledger.forms.lines_after(file, 3, at_most=1)] == [5]


def test_file_that_was_not_even_opened_has_a_line(ledger):
    (delivery,) = ledger.claim([(Path("/inbox"), "a.png", "1")])
    crashed = outcome("a.png", unread("exam", failed(1, "crashed", "")))
    bare = type(crashed)(name="a.png", sha256="", readings=crashed.readings, pictures=("",), elapsed_ms=0.0)
    commit(ledger, [(delivery, bare)], model_id="m", state="committed", form=FORM)
    (file,) = ledger.forms.growing()
    assert [b"crashed" in line for _, line in ledger.forms.lines_after(file, 0, at_most=9)] == [True]


def test_other_fields_of_a_form_begin_another_file(ledger):
    deliver(ledger, "a.png", a_page("1"))
    other = type(FORM)(name="exam", id="other", fields=("id", "points"))
    deliver(ledger, "b.png", a_page("2"), form=other)
    deliver(ledger, "c.png", a_page("3"), form=other)
    first, second = ledger.forms.growing()
    assert (first.header, second.header) == (page_header(FORM.fields), page_header(other.fields))
    assert [seq for seq, _ in ledger.forms.lines_after(first, 0, at_most=9)] == [1]
    assert [seq for seq, _ in ledger.forms.lines_after(second, 0, at_most=9)] == [3, 5]
    ledger.forms.put_by(first)
    assert ledger.forms.growing() == [second]


def test_accepted_value_of_a_unique_field_is_held_until_its_owner_delivers_again(ledger):
    deliver(ledger, "a.png", a_page("1"), owner=b"/a.png")
    deliver(ledger, "b.png", sheet(field("id", "2", status=Status.REVIEW)), owner=b"/b.png")
    assert ledger.forms.holder("exam", "id", "1") == Holder(owner=b"/a.png", file="a.png", page=1)
    assert ledger.forms.holder("exam", "id", "2") is None
    assert ledger.forms.holder("exam", "mark", "9") is None
    assert ledger.forms.holder("other", "id", "1") is None
    deliver(ledger, "a.png", a_page("5"), owner=b"/a.png")
    assert ledger.forms.holder("exam", "id", "1") is None
    assert ledger.forms.holder("exam", "id", "5") is not None


def test_rows_of_a_form_are_those_of_the_last_delivery_of_each_owner(ledger):
    deliver(ledger, "a.png", a_page("1"), owner=b"/a.png")
    again = deliver(ledger, "a.png", a_page("1"), owner=b"/a.png")
    other = deliver(ledger, "b.png", a_page("2"))
    assert [delivery for delivery, _ in ledger.forms.rows_of("exam")] == [again.id] * 2 + [other.id] * 2


def test_name_of_any_bytes_can_hold_a_value(ledger):
    deliver(ledger, os.fsdecode(b"\xff.png"), a_page("1"))
    assert ledger.forms.holder("exam", "id", "1").file == "\\xff.png"


def test_times_add_up(ledger):
    assert ledger.forms.elapsed_s("exam") == 0
    for seconds in (1.5, 2.0):
        ledger.forms.add_elapsed("exam", seconds)
    assert ledger.forms.elapsed_s("exam") == 3.5


def test_picture_of_a_page_is_owed_as_it_was_read(ledger):
    page = sheet(field("id", "12", status=Status.REVIEW, reason="rule_check", raw="13"), field("mark", "9"))
    (delivery,) = ledger.claim([(Path("/inbox"), "a.png", "1")])
    read = outcome("a.png", page)
    read = type(read)(
        name="a.png", sha256="", readings=read.readings, pictures=("annotated/a",) * 2, elapsed_ms=0, sheets=(page,)
    )
    commit(ledger, [(delivery, read)], model_id="m", state="committed", form=FORM, owes_pictures=True)
    assert ledger.owed(delivery) == [Owed(picture="annotated/a", reading=page)]


@pytest.mark.parametrize("what", [sheet(field("id", "12")), field("id", "7"), unread("exam", failed(2, "x", "y"))])
def test_what_was_read_survives_its_encoding(what):
    assert decode_reading(encode_reading(what)) == what


def test_picture_that_an_older_digitd_owes_is_still_known():
    old = '{"page": 1, "value": "7", "confidence": 0.9, "status": "accepted", "reason": "", "detail": "",'
    found = decode_reading(old + ' "probabilities": [], "box": null}')
    assert found == Reading(page=1, value="7", confidence=0.9, status=Status.ACCEPTED)
    assert not isinstance(found, Sheet)


def test_ledger_of_before_there_were_forms_is_brought_up_and_takes_them(tmp_path):
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as connection:
        connection.executescript("".join(MIGRATIONS[:5]) + "PRAGMA user_version = 5;")
        connection.execute(
            "INSERT INTO delivery (folder, name, identity, state, attempts) VALUES (x'', x'', '1', 'settled', 1)"
        )
        line = f"1,{datetime.now(UTC).isoformat()},a.png,1,,7,0.9,accepted,,,,,\n".encode()
        connection.execute("INSERT INTO line VALUES (1, 1, ?)", (line,))
        connection.commit()
    with Ledger.open(tmp_path) as opened:
        deliver(opened, "a.png", a_page("1"))
        (file,) = opened.forms.growing()
        assert [seq for seq, _ in opened.forms.lines_after(file, 0, at_most=9)] == [2]
        assert opened.lines_after(0, at_most=1) == [(1, line)]
