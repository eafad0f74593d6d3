import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitd.forms.pattern import compiled

ITEMS = st.sampled_from(["0", "1", "2", r"\d", "[01]", "[^1]", "[1-3]", "."])
REPEATED = st.sampled_from(["", "?", "*", "+", "{2}", "{0,2}", "{1,}", "{0}", "+?"])
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


@pytest.mark.parametrize(
    "text",
    [
        r"(\d+)+5",
        r"(\d|\d\d)*5",
        r"\d*" * 40 + "5",
        r"(\d{1,20}){1,9}5",
        r"((\d{1,9}){1,9}){1,9}",
        r"(\d?){500}5",
        "(.*)*" * 20,
        "(" * 120 + r"\d" + "+)" * 120,
    ],
)
def test_no_pattern_takes_long(text, capfd):
    values = [f"{number:039}{last}" for number in range(64) for last in "05"]
    began = time.perf_counter()
    pattern = compiled(text)
    for value in values:
        assert pattern.matches(value) == (value.endswith("5") or not text.endswith("5"))
    assert time.perf_counter() - began < 2
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[0-9", r"from '\[0-9' on; known are digits, \. "),
        ("(12", r"missing \): \(12; known are"),
        ("1)", r"unexpected \)"),
        (r"A\d+", r"from 'A.*' on"),
        (r"\d\d-\d\d", r"from '-.*' on"),
        (r"(\d)\1", r"from '\\\\1' on"),
        ("1(?!0)1", r"from '\(\?!0\)1' on"),
        ("(?P<year>20)", r"from '\(\?P"),
        ("\u0663", "from '\u0663' on"),
        ("[3-1]", "range: 3-1"),
        ("1{3,2}", "size: .3,2"),
        ("1{}", "from '..' on"),
        ("1{1001}", "size: .1001"),
        ("1**", r"\*\*"),
        (r"(\d{1,99}){1,9}\d{1,999}", "too long; write smaller"),
        ("((((){999}){999}){999}){999}", "size: .999"),
        (501 * "1", "has 501 characters"),
    ],
)
def test_what_is_no_pattern_of_digits_is_said(text, message, capfd):
    with pytest.raises(ValueError, match=message):
        compiled(text)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("text", "fewest"), [("[0-9]{8}", 8), ("(19|20)?[^1]2", 2), ("1*2+", 1), (r"^1\d3$", 3)])
def test_shortest_value_that_matches_is_known(text, fewest):
    pattern = compiled(text)
    assert pattern.has_length(fewest)
    assert not pattern.has_length(fewest - 1)


@pytest.mark.parametrize("text", ["", "[^0-9]", r"1[^\d]?[^\d]", "1^2", "3$4"])
def test_pattern_that_no_number_matches_is_known(text):
    assert not compiled(text).has_length(40)
