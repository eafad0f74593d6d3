from dataclasses import replace

import pytest

from digitd.ledger import Ledger
from digitd.unique import Rivals
from digitd.values import Status
from tests.ledger.test_pages import a_page, deliver
from tests.sheets import FORM, field, outcome, sheet


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path) as opened:
        yield opened


def judged(ledger, *outcomes, annotate="all"):
    """Judge outcomes in one batch, each of an owner of its own name."""
    rivals = Rivals(ledger, FORM, annotate)
    return [rivals.judge(read, read.name.encode()) for read in outcomes]


def reasons(read):
    return [reading.reason for reading in read.readings]


def test_value_that_a_committed_page_has_goes_to_review_and_says_which(ledger):
    deliver(ledger, "first.pdf", a_page("8"), a_page("5", page=2), owner=b"first.pdf")
    (read,) = judged(ledger, outcome("a.png", a_page("5")))
    assert reasons(read) == ["rule_unique", ""]
    assert (read.readings[0].status, read.readings[0].value) == (Status.REVIEW, "5")
    assert read.readings[0].detail == "id 5 is also on page 2 of first.pdf"
    assert read.sheets[0].readings == read.readings


def test_first_of_a_batch_has_the_value_also_in_one_file(ledger):
    first, second = judged(ledger, outcome("a", a_page("1"), a_page("1", page=2)), outcome("b", a_page("1")))
    assert reasons(first) == ["", "", "rule_unique", ""]
    assert reasons(second) == ["rule_unique", ""]


def test_what_an_owner_had_before_is_no_rival_of_it_nor_of_others(ledger):
    deliver(ledger, "a", a_page("1"), a_page("2", page=2), owner=b"a")
    again, other = judged(ledger, outcome("a", a_page("1")), outcome("b", a_page("2")))
    assert again.readings == a_page("1").readings
    assert reasons(other) == ["", ""]


@pytest.mark.parametrize("status", [Status.REVIEW, Status.BLANK])
def test_only_accepted_values_are_rivals(ledger, status):
    first, second = judged(ledger, outcome("a", sheet(field("id", "1", status=status))), outcome("b", a_page("1")))
    assert reasons(first) == [""]
    assert reasons(second) == ["", ""]


def test_fields_that_need_not_be_unique_may_agree(ledger):
    _, second = judged(ledger, outcome("a", a_page("1")), outcome("b", a_page("2")))
    assert reasons(second) == ["", ""]


@pytest.mark.parametrize(("annotate", "has_picture"), [("all", True), ("review", True), ("none", False)])
def test_page_that_goes_to_review_has_a_picture_where_one_is_wanted(ledger, annotate, has_picture):
    _, read = judged(ledger, outcome("a", a_page("1")), outcome("b.png", a_page("1")), annotate=annotate)
    assert [bool(picture) for picture in read.pictures] == [has_picture] * 2


def test_pages_that_stay_as_they_were_keep_their_pictures(ledger):
    two = replace(outcome("b", a_page("2"), a_page("1", page=2)), pictures=("annotated/b",) * 2 + ("",) * 2)
    _, read = judged(ledger, outcome("a", a_page("1")), two, annotate="review")
    assert read.pictures[:2] == ("annotated/b",) * 2
    assert read.sheets[0] is two.sheets[0]
    assert read.pictures[2] == read.pictures[3] != ""
