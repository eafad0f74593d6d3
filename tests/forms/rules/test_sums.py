import pytest

from digitd.forms.rules.values import FieldRead
from digitd.forms.template import Blank, SumRule
from digitd.values import Status
from tests.forms.rules.boxes import STRUCK, box, either, field, judged, seen, sure

TOTAL = SumRule(parts=("q1", "q2", "q3"), total="total")


def page(sums=(TOTAL,), threshold=0.95, rules=None, **reads):
    fields = [field(name, **(rules or {}).get(name, {})) for name in reads]
    return judged(fields, sums, reads, threshold=threshold)


def told(found):
    return {name: (verdict.value, verdict.status.value, verdict.reason) for name, verdict in found.items()}


def test_numbers_that_add_up_are_accepted():
    found = page(q1=seen("7"), q2=seen(" 5"), q3=seen("06"), total=seen("18"))
    assert {v.status for v in found.values()} == {Status.ACCEPTED}
    assert [v.value for v in found.values()] == ["7", "5", "06", "18"]


def test_sum_makes_its_fields_surer():
    doubtful = {"q1": seen(either(7, 0.9, 1)), "q2": seen("5"), "q3": seen("6"), "total": seen("18")}
    assert page(**doubtful)["q1"].confidence > 0.99 > 0.9 >= page(sums=(), **doubtful)["q1"].confidence


@pytest.mark.parametrize("name", ["q1", "total"])
def test_doubtful_digit_is_settled_by_the_sum(name):
    reads = {"q1": seen("7"), "q2": seen("5"), "q3": seen("6"), "total": seen("18")}
    reads[name] = seen(either(1, 0.6, 7)) if name == "q1" else seen("1", either(3, 0.6, 8))
    found = page(**reads)
    assert (found[name].status, found[name].reason) == (Status.ACCEPTED, "repaired_sum")
    assert (found[name].value, found[name].raw) == (("7", "1") if name == "q1" else ("18", "13"))
    assert all(v.status is Status.ACCEPTED for v in found.values())


def test_sure_numbers_that_do_not_add_up_are_all_for_a_person():
    found = page(q1=seen("7"), q2=seen("5"), q3=seen("6"), total=seen("19"), other=seen("4"))
    assert {told(found)[name][1:] for name in ("q1", "q2", "q3", "total")} == {("review", "rule_sum")}
    assert found["q1"].detail == "q1 + q2 + q3 is 18, but total is 19"
    assert found["other"].status is Status.ACCEPTED


def test_two_ways_to_add_up_are_for_a_person():
    found = page(q1=seen(either(1, 0.6, 7)), q2=seen(either(1, 0.6, 7)), q3=seen("0"), total=seen("8"))
    assert told(found) == {
        "q1": ("1", "review", "rule_sum"),
        "q2": ("1", "review", "rule_sum"),
        "q3": ("0", "accepted", ""),  # it is one of the others
        "total": ("8", "accepted", ""),
    }


def test_all_fields_of_a_sum_that_the_writer_rather_broke_are_for_a_person():
    reads = {
        name: FieldRead(boxes=(sure(digit, 0.999999),)) for name, digit in zip(("q1", "q2", "q3"), "756", strict=True)
    }
    found = page(**reads, total=FieldRead(boxes=(sure("1", 0.999999), sure("9", 0.999999))))
    assert {verdict.reason for verdict in found.values()} == {"rule_sum"}


def test_blank_fields_count_as_zero():
    reads = {"q1": seen("7"), "q2": seen("  "), "q3": seen(" "), "total": seen("7")}
    found = page(rules={"q3": {"blank": Blank.ZERO}}, **reads)
    assert told(found) == {
        "q1": ("7", "accepted", ""),
        "q2": ("", "blank", "blank"),
        "q3": ("0", "accepted", "blank_is_zero"),
        "total": ("7", "accepted", ""),
    }


def test_blank_fields_of_a_broken_sum_are_for_a_person_too():
    found = page(q1=seen("7"), q2=seen(" "), q3=seen("6"), total=seen("18"))
    assert told(found)["q2"] == ("", "review", "rule_sum")
    found = page(q1=seen("7"), q2=seen("5"), q3=seen("6"), total=seen("  "))
    assert found["total"].detail == "q1 + q2 + q3 is 18, but total is blank"


@pytest.mark.parametrize(
    "unread", [seen("1 2"), seen(STRUCK), seen(box(d3=0.2)), pytest.param(seen("  "), id="blank to review")]
)
def test_sum_with_a_field_that_could_not_be_read_is_not_applied(unread):
    rules = {"q2": {"blank": Blank.REVIEW}}
    found = page(rules=rules, q1=seen("7"), q2=unread, q3=seen("6"), total=seen("99"))
    assert found["q2"].status is Status.REVIEW
    assert {found[name].status for name in ("q1", "q3", "total")} == {Status.ACCEPTED}


def test_sum_over_another_page_is_not_applied():
    found = page(q1=seen("7"), q2=seen("5"), total=seen("99"))
    assert {verdict.status for verdict in found.values()} == {Status.ACCEPTED}


def test_sums_that_share_a_field_are_weighed_as_one():
    sums = (SumRule(parts=("a", "b"), total="sub"), SumRule(parts=("sub", "c"), total="all"))
    reads = {"a": seen("4"), "b": seen("3"), "sub": seen(either(1, 0.6, 7)), "c": seen("2"), "all": seen("9")}
    found = page(sums=sums, **reads)
    assert told(found)["sub"] == ("7", "accepted", "repaired_sum")
    # with another total only one of the sums can be kept: it is likelier that the writer erred, anywhere
    found = page(sums=sums, **reads | {"all": seen("8")})
    assert told(found)["sub"] == ("1", "review", "rule_sum")
    assert all(verdict.status is Status.REVIEW for verdict in found.values())


def test_field_is_not_replaced_by_what_its_own_rule_forbids():
    found = page(
        rules={"q1": {"range": (0, 5)}}, q1=seen(either(1, 0.6, 7)), q2=seen("5"), q3=seen("6"), total=seen("18")
    )
    assert told(found)["q1"] == ("1", "review", "rule_sum")


def test_wrong_number_is_not_replaced_by_another_wrong_one_that_adds_up():
    seven = box(d1=0.6, d7=0.4)
    found = page(rules={"q1": {"range": (2, 5)}}, q1=seen(seven), q2=seen("5"), q3=seen("6"), total=seen("18"))
    assert told(found)["q1"] == ("1", "review", "rule_range")
    assert found["q1"].confidence < 0.01  # it is the 7 that adds up
    assert found["q1"].raw == ""


def test_doubt_in_one_sum_reaches_the_next_over_a_shared_field():
    sums = (SumRule(parts=("a", "b"), total="ab"), SumRule(parts=("b", "c"), total="bc"))
    reads = {
        "a": seen(box(d1=0.5, d7=0.25, d4=0.249)),  # 7 + 8 = 15, or 4 + 8 = 12
        "b": seen(box(d3=0.5, d8=0.5)),
        "ab": seen("1", box(d5=0.5, d2=0.499)),
        "c": seen(box(d2=0.5, d7=0.5)),
        "bc": seen("15"),
    }
    rules = {"a": {"range": (2, 9)}, "b": {"range": (4, 9)}}
    alone = page(sums=sums[1:], rules=rules, **reads)
    assert (alone["b"].value, alone["c"].value) == ("8", "7")
    found = page(sums=sums, rules=rules, **reads)
    assert {name: verdict.value for name, verdict in found.items()} == {
        "a": "1",
        "b": "3",
        "ab": "15",
        "c": "2",
        "bc": "15",
    }
    assert {name for name, verdict in found.items() if verdict.status is Status.ACCEPTED} == {"bc"}


def test_own_rule_and_sum_together_settle_what_neither_does_alone():
    three = box(d1=0.4, d7=0.35, d4=0.249)
    rules = {"q1": {"range": (2, 9)}}
    found = page(rules=rules, q1=seen(three), q2=seen("5"), q3=seen("6"), total=seen("1", either(8, 0.6, 5)))
    assert told(found)["total"][1] == "review"  # 7 + 11 = 18, or 4 + 11 = 15
    found = page(rules=rules, q1=seen(three), q2=seen("5"), q3=seen("6"), total=seen("18"))
    assert told(found)["q1"] == ("7", "accepted", "repaired_range")


def test_doubt_whether_one_field_is_a_number_leaves_the_others_alone():
    reads = {f"q{place}": seen(box(d1=0.997)) for place in range(1, 31)}
    found = page(sums=(SumRule(parts=tuple(reads), total="total"),), total=seen("30"), threshold=0.99, **reads)
    assert {verdict.status for verdict in found.values()} == {Status.ACCEPTED}


def test_long_numbers_are_added_exactly():
    nines, zeros = [sure(9, 0.999999)] * 30, [sure(0, 0.999999)] * 29
    found = page(
        sums=(SumRule(parts=("a", "b"), total="c"),),
        a=seen(*nines),
        b=seen(sure(1, 0.999999)),
        c=seen(sure(1, 0.999999), *zeros, either(8, 0.6, 0)),
    )
    assert told(found)["c"] == ("1" + "0" * 30, "accepted", "repaired_sum")


def test_page_of_doubts_is_for_a_person():
    doubts = {f"q{place}": seen(*[box(d1=0.4, d7=0.3, d4=0.2)] * 2) for place in range(20)}
    found = page(sums=(SumRule(parts=tuple(doubts), total="total"),), total=seen("220"), **doubts)
    assert {found[name].status for name in doubts} == {Status.REVIEW}


def test_long_sum_is_told_by_its_ends():
    reads = {f"q{place}": seen("1") for place in range(1, 9)}
    found = page(sums=(SumRule(parts=tuple(reads), total="total"),), total=seen("9"), **reads)
    assert found["total"].detail == "q1 + ... + q8 is 8, but total is 9"


def test_sum_of_a_field_with_itself_is_a_sum():
    found = page(sums=(SumRule(parts=("a", "a"), total="b"),), a=seen("4"), b=seen(either(3, 0.6, 8)))
    assert told(found)["b"] == ("8", "accepted", "repaired_sum")
