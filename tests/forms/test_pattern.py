import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitd.forms.pattern import compiled

ITEMS = st.sampled_from(["0", "1", "2", r"\d", "[01]", "[^1]", "[1-3]", "."])
REPEATED = st.sampled_from(["", "?", "*", "+", "{2}", "{0,2}", "{1,}", "{,2}", "{0}", "+?"])
PATTERNS = st.recursive(
    st.builds(str.__add__, ITEMS, REPEATED),
    lambda inner: st.one_of(
        st.builds(str.__add__, inner, inner),
        st.builds("({}){}".format, inner, REPEATED),
        st.builds("(?:{}|{})".format, inner, inner),
        st.builds("(|{}){}".format, inner, REPEATED),
    ),
    max_leaves=5,
)


@given(PATTERNS, st.lists(st.text("0123", min_size=1, max_size=6), min_size=1, max_size=20))
def test_it_means_what_it_means_to_python(text, values):
    pattern = compiled(text)
    for value in values:
        assert pattern.matches(value) == (re.fullmatch(text, value) is not None)


@pytest.mark.parametrize("text", [r"(\d+)+5", r"(\d|\d\d)*5", r"\d*" * 40 + "5", r"(\d{1,20}){1,9}5", r"(.*)*" * 20])
def test_no_pattern_takes_long(text):
    began = time.perf_counter()
    pattern = compiled(text)
    for last in "05":
        assert pattern.matches(39 * "1" + last) == (last == "5" or text.endswith("*"))
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[0-9", r"a \[ without a \]"),
        ("(12", r"a \( without a \)"),
        ("1)", r"a \) without a \("),
        (r"A\d+", "'A' is no digit"),
        (r"(\d)\1", r"'\\\\' is no digit"),
        ("(?!0)1", r"\(\? is not known"),
        ("[^0-9]", "no digit is in"),
        ("[3-1]", "no digit is in"),
        ("1{3,2}", "at least 3 and at most 2"),
        ("1{}", "says no number"),
        ("(1{100}){3}", "over 200 digits"),
        ("((((){999}){999}){999}){999}", "far too long"),
        (30 * "(" + "1" + 30 * ")", "more than 20 brackets"),
        (501 * "1", "has 501 characters"),
    ],
)
def test_what_is_no_pattern_of_digits_is_said(text, message):
    with pytest.raises(ValueError, match=message):
        compiled(text)


@pytest.mark.parametrize(("text", "fewest"), [("[0-9]{8}", 8), ("(19|20)?12", 2), ("1*2+", 1), ("^123$", 3)])
def test_shortest_value_that_matches_is_known(text, fewest):
    pattern = compiled(text)
    assert pattern.has_match(fewest)
    assert not pattern.has_match(fewest - 1)
