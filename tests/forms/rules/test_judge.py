from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitd.forms.rules import own
from digitd.forms.rules.sums import is_broken
from digitd.forms.rules.values import BoxRead, FieldRead
from digitd.forms.template import Blank, Struck, SumRule
from digitd.values import Status
from tests.forms.rules.boxes import box, either, field, judged, seen, sure

ROSTER = frozenset({"20260017", "20260042", "20261742"})


def verdict(of, *boxes, threshold=0.95):
    return judged([of], [], {"n": seen(*boxes)}, threshold=threshold)["n"]


def test_without_rules_confidence_is_the_product():
    found = verdict(field(), sure(1, 0.99), sure(2, 0.98))
    assert (found.value, found.raw, found.status) == ("12", "", Status.ACCEPTED)
    assert found.confidence == pytest.approx(0.99 * 0.98)


def test_doubtful_number_is_for_a_person():
    found = verdict(field(), either(4, 0.7, 9))
    assert (found.value, found.status, found.reason) == ("4", Status.REVIEW, "low_confidence")
    assert found.runners_up == (("9", pytest.approx(0.299)),)


def test_confidence_at_the_threshold_is_enough():
    number = seen(sure(1, 0.97))
    accepted = judged([field()], [], {"n": number}, threshold=0.97)["n"]
    assert (accepted.status, accepted.confidence) == (Status.ACCEPTED, 0.97)
    assert judged([field()], [], {"n": number}, threshold=0.9700001)["n"].status is Status.REVIEW


def test_nothing_reaches_the_threshold_that_accepts_nothing():
    assert verdict(field(check="luhn"), "18", threshold=1.1).reason == "low_confidence"


@pytest.mark.parametrize(
    ("rules", "first", "boxes", "value", "reason"),
    [
        ({"check": "luhn"}, "1789372997", (either(9, 0.6, 4),), "17893729974", "repaired_check"),
        ({"allowed": ROSTER}, "2026004", (either(7, 0.6, 2),), "20260042", "repaired_allowed"),
        ({"range": (0, 20)}, "", (either(7, 0.55, 1), sure(5)), "15", "repaired_range"),
        ({"pattern": "1[0-9]|20"}, "", (either(7, 0.55, 1), sure(5)), "15", "repaired_pattern"),
    ],
)
def test_doubtful_digit_is_settled_by_a_rule(rules, first, boxes, value, reason):
    found = verdict(field(**rules), first, *boxes)
    assert (found.value, found.status, found.reason) == (value, Status.ACCEPTED, reason)
    assert "".join(found.digits) == value
    assert found.raw != value
    assert found.raw in found.detail
    assert found.raw in dict(found.runners_up)


@pytest.mark.parametrize(
    ("rules", "text", "reason"),
    [
        ({"check": "luhn"}, "17893729979", "rule_check"),
        ({"allowed": ROSTER}, "20260047", "rule_allowed"),
        ({"range": (0, 20)}, "75", "rule_range"),
        ({"pattern": "1[0-9]|20"}, "75", "rule_pattern"),
    ],
)
def test_sure_reading_against_a_rule_stays_for_a_person(rules, text, reason):
    found = verdict(field(**rules), text)
    assert (found.value, found.raw, found.status, found.reason) == (text, "", Status.REVIEW, reason)
    assert text in found.detail


def test_all_rules_of_a_field_are_kept_and_the_list_is_named_first():
    assert verdict(field(allowed=frozenset({"18"}), check="luhn", range=(0, 50), pattern="1."), "75").reason == (
        "rule_allowed"
    )
    assert verdict(field(check="luhn", range=(0, 50), pattern="1."), "18").status is Status.ACCEPTED


def test_two_likely_values_that_keep_the_rule_are_for_a_person():
    found = verdict(field(range=(0, 99)), either(4, 0.5, 9))
    assert found.reason == "low_confidence"
    found = verdict(field(allowed=frozenset({"14", "19"})), "1", box(d7=0.5, d4=0.25, d9=0.24))
    assert (found.value, found.reason) == ("17", "rule_allowed")


@pytest.mark.parametrize(("second", "value"), [("4", "17893729979"), ("5", "17893729979")])
def test_little_doubt_is_not_enough_to_replace_a_digit(second, value):
    found = verdict(field(check="luhn"), "1789372997", either(9, 0.98, second), threshold=0.9)
    assert (found.value, found.reason) == (value, "rule_check")


def test_margin_holds_whatever_the_threshold():
    first = "1789372997"
    # 0.027 against a thousandth of 0.972 is 28 times as likely, 0.034 against that of 0.965 is 35 times
    assert verdict(field(check="luhn"), first, either(9, 0.972, 4), threshold=0.5).reason == "rule_check"
    assert verdict(field(check="luhn"), first, either(9, 0.965, 4), threshold=0.5).reason == "repaired_check"


def test_list_replaces_a_digit_sooner_than_a_pattern_does():
    doubt = either(7, 0.98, 2)
    # 0.019 against 0.0006 of 0.98 is 32 times as likely, against 0.001 of it 19 times
    assert verdict(field(allowed=frozenset({"12"})), "1", doubt, threshold=0.5).reason == "repaired_allowed"
    assert verdict(field(pattern="12"), "1", doubt, threshold=0.5).reason == "rule_pattern"


def test_number_that_keeps_its_rule_is_surer_than_without_it():
    boxes = ("1789372997", either(4, 0.9, 9))
    assert verdict(field(check="luhn"), *boxes).confidence > 0.99
    assert verdict(field(), *boxes).confidence < 0.9


def test_rule_that_all_likely_values_keep_makes_nothing_surer():
    boxes = (either(1, 0.8, 2), either(4, 0.8, 9))
    plain = verdict(field(), *boxes)
    ranged = verdict(field(range=(0, 99)), *boxes)
    assert ranged.confidence == pytest.approx(plain.confidence)
    assert dict(ranged.runners_up) == pytest.approx(dict(plain.runners_up))


def test_rule_that_is_kept_outweighs_a_doubt_whether_it_is_a_digit_by_ten_to_one():
    for of in (field(allowed=frozenset({"14"})), field(check="luhn"), field(range=(14, 14))):
        shown = {"14": 0.6} if not of.check else {"18": 0.6}
        digit = int(next(iter(shown))[1])
        found = verdict(of, "1", box(**{f"d{digit}": 0.6}))
        assert found.confidence == pytest.approx(0.6 / (0.6 + 0.1 * 0.4), abs=0.002)


def test_rule_that_any_digit_keeps_says_nothing_of_whether_it_is_a_digit():
    assert verdict(field(range=(0, 99)), "1", box(d4=0.6)).confidence == pytest.approx(0.6, abs=0.001)
    # it is the last digit that is in doubt, and of the first alone that the range says anything
    assert verdict(field(range=(10, 19)), "1", box(d4=0.6)).confidence == pytest.approx(0.6, abs=0.001)


def test_number_of_another_length_than_all_of_the_list_is_for_a_person():
    assert verdict(field(allowed=ROSTER), "2026004").reason == "rule_allowed"
    assert verdict(field(allowed=frozenset()), "2026004").reason == "rule_allowed"


def test_list_settles_several_digits():
    found = verdict(field(allowed=ROSTER), "2026", either(1, 0.6, 0), either(7, 0.6, 0), "42", threshold=0.5)
    # 1742 is read and on the list, 0042 a fifth to two fifths as likely
    assert (found.value, found.reason) == ("20261742", "")
    assert found.confidence < 0.75
    found = verdict(field(allowed=ROSTER), "2026", either(6, 0.5, 0), either(6, 0.5, 0), "42")
    assert (found.value, found.raw, found.reason) == ("20260042", "20266642", "repaired_allowed")


def test_no_other_field_changes_what_one_says():
    fields = [field("a", check="luhn"), field("b"), field("c", range=(0, 20))]
    reads = {"a": seen("1", either(9, 0.6, 8)), "b": seen(either(1, 0.9, 7)), "c": seen("21")}
    together = judged(fields, [], reads, threshold=0.95)
    assert list(together) == ["a", "b", "c"]
    assert together == {f.name: judged([f], [], reads, threshold=0.95)[f.name] for f in fields}


CHANCES = st.lists(st.floats(0, 1), min_size=10, max_size=10).map(
    lambda chances: BoxRead(probabilities=tuple(c**6 / max(1.0, sum(x**6 for x in chances)) for c in chances))
)
DOUBTS = st.builds(
    lambda first, chance, apart: either(first, chance, (first + apart) % 10),
    st.integers(0, 9),
    st.floats(0.5, 0.999),
    st.integers(1, 9),
)
BOXES = st.one_of(
    st.builds(sure, st.integers(0, 9)),
    DOUBTS,
    CHANCES,
    st.just(BoxRead()),
    st.builds(BoxRead, probabilities=st.just((0.05,) * 10), is_struck=st.booleans()),
)
READS = st.lists(BOXES, max_size=4).map(lambda boxes: FieldRead(boxes=tuple(boxes)))
RULES = st.fixed_dictionaries(
    {},
    optional={
        "check": st.sampled_from(["luhn", "damm", "mod11"]),
        "range": st.tuples(st.integers(0, 30), st.integers(30, 3000)),
        "pattern": st.sampled_from(["[0-4]+", ".*7", "..?"]),
        "allowed": st.frozensets(st.text("0123456789", min_size=1, max_size=4), max_size=30),
        "blank": st.sampled_from(Blank),
        "struck": st.sampled_from(Struck),
    },
)
NAMES = "abcde"
PAGES = st.tuples(*[st.tuples(RULES.map(lambda rules, name=name: field(name, **rules)), READS) for name in NAMES])
SUMS = st.lists(
    st.builds(
        lambda names: SumRule(parts=tuple(names[1:]), total=names[0]),
        st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True),
    ),
    max_size=3,
)


@given(PAGES, SUMS, st.floats(0.2, 1))
def test_laws_of_verdicts(page, sums, threshold):
    fields = [of for of, _ in page]
    found = judged(fields, sums, {of.name: read for of, read in page}, threshold=threshold)
    values = {name: verdict.value for name, verdict in found.items()}
    for of, read in page:
        verdict = found[of.name]
        assert verdict.value == "".join(verdict.digits) or verdict.reason == "blank_is_zero" or verdict.value == "0"
        assert len(verdict.digits) == len(read.boxes)
        assert verdict.confidence is None or 0 <= verdict.confidence <= 1
        assert all(0 <= chance <= 1 for _, chance in verdict.runners_up)
        assert verdict.value not in dict(verdict.runners_up)
        assert (verdict.raw != "") == verdict.reason.startswith("repaired_")
        if verdict.raw:
            read_alone = judged([field(of.name, struck=of.struck)], [], {of.name: read}, threshold=threshold)
            assert read_alone[of.name].value == verdict.raw != verdict.value
        if verdict.status is Status.ACCEPTED and verdict.confidence is not None:
            assert verdict.confidence >= threshold
            assert not own.broken_rules(of, verdict.value)
    for rule in sums:
        members = [found[name] for name in (*rule.parts, rule.total)]
        unread = [v for v in members if v.confidence is None and v.status is Status.REVIEW and v.reason != "rule_sum"]
        if not unread and is_broken(rule, values):
            assert any(member.status is Status.REVIEW for member in members)


@given(PAGES, SUMS, st.permutations(range(5)))
def test_order_of_fields_and_sums_changes_nothing(page, sums, order):
    reads = {of.name: read for of, read in page}
    fields = [of for of, _ in page]
    found = judged(fields, sums, reads, threshold=0.9)
    assert judged([fields[place] for place in order], sums, reads, threshold=0.9) == found
    reordered = judged(fields, sums[::-1], reads, threshold=0.9)
    assert {name: (v.value, v.confidence, v.status) for name, v in reordered.items()} == {
        name: (v.value, v.confidence, v.status) for name, v in found.items()
    }


@given(st.lists(st.one_of(DOUBTS, st.builds(sure, st.integers(0, 9))), min_size=2, max_size=3))
def test_confidence_is_that_of_all_values_one_by_one_or_a_little_less(boxes):
    of = field(check="luhn")
    weights = {
        digits: np.prod([box.probabilities[int(digit)] for box, digit in zip(boxes, digits, strict=True)])
        for digits in map("".join, product("0123456789", repeat=len(boxes)))
    }
    kept = {value: weight * own.penalty(of, value) for value, weight in weights.items()}
    total = sum(kept.values()) + 0.1 * (1 - sum(weights.values()))  # one of ten fits by luck
    found = judged([of], [], {"n": FieldRead(boxes=tuple(boxes))}, threshold=0.9)["n"]
    exact = kept[found.value] / total
    assert exact - 0.02 <= found.confidence <= exact + 1e-9


def test_confidence_is_honest_where_probabilities_are():
    """Draw what writers write and what a classifier sees of it, and count who was right."""
    rng = np.random.default_rng(1)
    of = field(check="damm")
    outcomes = []
    for _ in range(1500):
        prefix = "".join(map(str, rng.integers(0, 10, 4)))
        truth = prefix + own.CHECKS["damm"].check_digit(prefix)
        if rng.random() < 0.01:
            truth = prefix + str(rng.integers(0, 10))
        found = judged([of], [], {"n": FieldRead(boxes=tuple(_noisy(int(d), rng) for d in truth))}, threshold=0.99)["n"]
        outcomes.append((found.status is Status.ACCEPTED, found.raw != "", found.value == truth, found.confidence))
    accepted = [(right, p) for is_accepted, _, right, p in outcomes if is_accepted]
    assert len(accepted) > 500
    assert sum(not right for right, _ in accepted) <= 0.005 * len(accepted)
    assert sum(was_replaced for _, was_replaced, *_ in outcomes) > 15
    assert np.mean([right - p for *_, right, p in outcomes]) == pytest.approx(0, abs=0.02)


def _noisy(digit, rng):
    """See a digit through noise: the probabilities are those of the ten digits, given what is seen."""
    seen_at = np.eye(10)[digit] * 4.5 + rng.normal(size=10)
    likelihoods = np.exp(4.5 * (seen_at - seen_at.max()))
    return BoxRead(probabilities=tuple((likelihoods / likelihoods.sum()).tolist()))


def test_verdicts_do_not_depend_on_what_was_judged_before():
    of, read = field(allowed=ROSTER), seen("2026004", either(7, 0.6, 2))
    first = judged([of], [], {"n": read}, threshold=0.9)
    judged([replace(of, allowed=frozenset({"1"}))], [], {"n": read}, threshold=0.9)
    assert judged([of], [], {"n": read}, threshold=0.9) == first
