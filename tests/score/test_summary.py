import json
from dataclasses import replace

import pytest

from digitd.ledger import Ledger
from digitd.score.summary import summarise, write_summary
from digitd.values import FieldTally, Status, failed, unread
from tests.ledger.test_pages import a_page, deliver
from tests.sheets import FORM, field, sheet


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "state") as opened:
        yield opened


def unrecognised(page=1):
    return unread("exam", failed(page, "unregistered", ""))


def test_page_is_counted_once_however_many_fields_it_has(ledger):
    deliver(ledger, "a.pdf", a_page("1"), a_page("2", page=2))
    deliver(ledger, "b.png", a_page("3"))
    found = summarise(ledger, FORM, "m")
    assert (found.pages, found.registered, found.blank_pages, found.failed_pages) == (3, 3, 0, ())
    assert found.fields == (FieldTally(name="id", accepted=3), FieldTally(name="mark", accepted=3))


def test_failed_pages_are_named_by_their_page_where_a_file_has_several(ledger):
    deliver(ledger, "a.pdf", a_page("1"), unrecognised(2))
    deliver(ledger, "b.pdf", unrecognised(1), a_page("2", page=2), unrecognised(3))
    deliver(ledger, "c.png", unrecognised())
    found = summarise(ledger, FORM, "m")
    assert found.failed_pages == ("a.pdf page 2", "b.pdf page 1", "b.pdf page 3", "c.png")
    assert (found.pages, found.registered) == (6, 2)


def test_pages_without_fields_are_empty_or_have_none(ledger):
    deliver(ledger, "a.png", sheet(field("", "", status=Status.BLANK, reason="blank_page"), form_page=0))
    deliver(ledger, "b.png", sheet(field("", "", status=Status.BLANK, reason="no_fields"), form_page=2))
    found = summarise(ledger, FORM, "m")
    assert (found.pages, found.registered, found.blank_pages, found.failed_pages) == (2, 1, 1, ())
    assert found.blank == 0


def test_reasons_are_those_of_fields_to_check_the_most_frequent_first(ledger):
    doubt = field("id", "1", status=Status.REVIEW, reason="low_confidence")
    broken = field("mark", "99", status=Status.REVIEW, reason="rule_range")
    settled = field("mark", "7", raw="1", reason="repaired_range")
    again = replace(broken, page=2)
    deliver(ledger, "a.pdf", sheet(doubt, broken), sheet(field("id", "2", page=2), again), unrecognised(3))
    deliver(ledger, "b.png", sheet(field("id", "3"), settled))
    assert list(summarise(ledger, FORM, "m").reasons.items()) == [("rule_range", 2), ("low_confidence", 1)]


def test_file_that_was_scored_again_counts_as_it_was_the_last_time(ledger):
    deliver(ledger, "a.png", unrecognised(), owner=b"a")
    deliver(ledger, "a.png", a_page("1"), owner=b"a")
    found = summarise(ledger, FORM, "m")
    assert (found.pages, found.registered, found.failed_pages) == (1, 1, ())


def test_summary_that_is_written_has_the_numbers_of_the_contract(ledger, tmp_path):
    deliver(ledger, "a.png", a_page("1"))
    ledger.forms.add_elapsed("exam", 3.0)
    write_summary(summarise(ledger, FORM, "m"), tmp_path)
    facts = json.loads((tmp_path / "summary.json").read_text())
    assert facts["by_field"]["id"] == {"accepted": 1, "review": 0, "blank": 0}
    assert (facts["form"], facts["model"], facts["pages"], facts["fields"]) == ("exam", "m", 1, 2)
    assert (facts["elapsed_s"], facts["pages_per_min"]) == (3.0, 20.0)
