import pytest

from digitd.forms.rules.values import BoxRead
from digitd.forms.template import Blank, Struck
from digitd.values import Status
from tests.forms.rules.boxes import BLANK, STRUCK, box, field, judged, seen, sure


def verdict(of, read):
    return judged([of], [], {"n": read}, threshold=0.9)["n"]


@pytest.mark.parametrize(
    ("text", "value", "digits"),
    [
        ("  4", "4", ("", "", "4")),
        ("0001250981      ", "0001250981", (*"0001250981", *[""] * 6)),
        (" 07 ", "07", ("", "0", "7", "")),
    ],
)
def test_blank_boxes_at_both_ends_are_no_part_of_the_value(text, value, digits):
    found = verdict(field(), seen(text))
    assert (found.value, found.digits, found.status, found.reason) == (value, digits, Status.ACCEPTED, "")


def test_gap_is_for_a_person():
    found = verdict(field(), seen("1 4"))
    assert (found.value, found.digits, found.status, found.reason) == ("14", ("1", "", "4"), Status.REVIEW, "gap")
    assert found.confidence is None
    assert "box 2" in found.detail


@pytest.mark.parametrize(
    ("blank", "value", "status", "reason"),
    [
        (Blank.ALLOW, "", Status.BLANK, "blank"),
        (Blank.ZERO, "0", Status.ACCEPTED, "blank_is_zero"),
        (Blank.REVIEW, "", Status.REVIEW, "blank"),
    ],
)
@pytest.mark.parametrize("read", [seen("  "), seen()])
def test_empty_field_means_what_the_template_says(blank, value, status, reason, read):
    found = verdict(field(blank=blank, check="luhn", pattern="..", allowed=frozenset({"12"})), read)
    assert (found.value, found.status, found.reason, found.confidence) == (value, status, reason, None)
    assert found.digits == ("",) * len(read.boxes)


def test_zero_for_an_empty_field_may_be_out_of_range():
    found = verdict(field(blank=Blank.ZERO, range=(1, 20)), seen("  "))
    assert (found.value, found.status, found.reason) == ("0", Status.REVIEW, "rule_range")


def test_crossed_out_box_is_for_a_person():
    found = verdict(field(), seen("1", STRUCK, "4"))
    assert (found.value, found.digits, found.reason) == ("14", ("1", "", "4"), "struck_out")
    assert "box 2" in found.detail


def test_crossed_out_box_may_count_as_empty():
    of = field(struck=Struck.BLANK)
    assert verdict(of, seen("12", STRUCK)).value == "12"
    between = verdict(of, seen("1", STRUCK, "4"))
    assert (between.reason, between.detail) == ("gap", "box 2 is crossed out, between digits")
    assert verdict(of, seen(STRUCK, BLANK)).status is Status.BLANK


def test_all_boxes_that_are_crossed_out_are_named():
    assert verdict(field(), seen(STRUCK, "1", STRUCK)).detail == "boxes 1, 3 are crossed out"


@pytest.mark.parametrize("hardly_seen", [box(), box(d4=float("nan"))])
def test_no_digit_is_made_up_where_none_is_likely(hardly_seen):
    found = verdict(field(), seen("4", hardly_seen))
    assert (found.value, found.digits, found.reason) == ("4", ("4", ""), "not_a_digit")
    assert verdict(field(), seen(hardly_seen)).value == ""


def test_crossed_out_box_need_not_have_been_read():
    assert verdict(field(), seen("1", BoxRead(is_struck=True))).reason == "struck_out"


@pytest.mark.parametrize("odd", [box(d4=0.3), box(), box(d4=float("nan"))])
@pytest.mark.parametrize("rules", [{}, {"allowed": frozenset({"123"})}, {"range": (100, 199)}])
def test_what_looks_like_no_digit_is_never_accepted(odd, rules):
    found = judged([field(**rules)], [], {"n": seen("1", odd, "3")}, threshold=0.0)["n"]
    assert (found.status, found.reason) == (Status.REVIEW, "not_a_digit")
    assert "box 2" in found.detail


def test_probabilities_that_sum_to_more_than_one_are_brought_down():
    found = verdict(field(), seen(BoxRead(probabilities=(1.0, 1.0, *[0.0] * 8))))
    assert found.confidence == pytest.approx(0.5)


@pytest.mark.parametrize("count", [1, 9, 11])
def test_box_has_ten_probabilities_or_none(count):
    with pytest.raises(ValueError, match=f"has {count} probabilities"):
        BoxRead(probabilities=(0.1,) * count)


def test_box_is_blank_if_nothing_is_in_it():
    assert (BLANK.is_blank, STRUCK.is_blank, sure(1).is_blank) == (True, False, False)
