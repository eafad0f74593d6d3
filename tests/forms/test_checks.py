import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from digitd.forms.checks import CHECKS, Check

NAMES = sorted(CHECKS)
TRANSPOSING = ["damm", "isbn10", "mod11", "verhoeff"]

VECTORS = [
    ("luhn", "17893729974"),  # Wikipedia, Luhn algorithm
    ("luhn", "4111111111111111"),  # the test card of the card networks
    ("luhn", "490154203237518"),  # Wikipedia, International Mobile Equipment Identity
    ("verhoeff", "2363"),  # Wikipedia, Verhoeff algorithm
    ("verhoeff", "77286358207"),  # tests of the package cdigit for JavaScript
    ("damm", "5724"),  # Wikipedia, Damm algorithm
    ("isbn10", "0306406152"),  # Wikipedia, ISBN
    ("isbn10", "0131103628"),  # The C Programming Language, second edition
    ("mod11", "974760673"),  # the Norwegian register of companies itself: weights 3 2 7 6 5 4 3 2
    ("mod11", "0707614285"),  # Wikipedia, Personal identification number (Denmark): weights 4 3 2 7 6 5 4 3 2
]


def number(name):
    """Draw numbers before their check digit."""
    size = {"min_size": 9, "max_size": 9} if name == "isbn10" else {"min_size": 1, "max_size": 20}
    return st.text("0123456789", **size)


def completed(name, prefix):
    check_digit = CHECKS[name].check_digit(prefix)
    assume(check_digit is not None)
    return prefix + check_digit


@pytest.mark.parametrize(("name", "digits"), VECTORS)
def test_known_numbers_are_valid(name, digits):
    assert CHECKS[name].is_valid(digits)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_number_with_its_check_digit_is_valid(name, data):
    assert CHECKS[name].is_valid(completed(name, data.draw(number(name))))


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_every_wrong_digit_shows(name, data):
    digits = completed(name, data.draw(number(name)))
    place = data.draw(st.integers(0, len(digits) - 1))
    wrong = data.draw(st.sampled_from(sorted(set("0123456789") - {digits[place]})))
    assert not CHECKS[name].is_valid(digits[:place] + wrong + digits[place + 1 :])


@pytest.mark.parametrize("name", TRANSPOSING)
@given(data=st.data())
def test_neighbours_that_changed_places_show(name, data):
    digits = completed(name, data.draw(number(name)))
    place = data.draw(st.integers(0, len(digits) - 2))
    left, right = digits[place : place + 2]
    assume(left != right)
    assert not CHECKS[name].is_valid(digits[:place] + right + left + digits[place + 2 :])


@given(number("luhn"), st.data())
def test_neighbours_that_changed_places_show_to_luhn_unless_they_are_0_and_9(prefix, data):
    digits = completed("luhn", prefix)
    place = data.draw(st.integers(0, len(digits) - 2))
    left, right = digits[place : place + 2]
    assume(left != right)
    swapped = digits[:place] + right + left + digits[place + 2 :]
    assert CHECKS["luhn"].is_valid(swapped) == ({left, right} == {"0", "9"})


def test_book_with_an_x_has_no_digit():
    assert CHECKS["isbn10"].check_digit("080442957") is None  # 0-8044-2957-X: Wikipedia, ISBN
    assert not any(CHECKS["isbn10"].is_valid(f"080442957{last}") for last in "0123456789X")


def test_remainder_of_10_has_no_digit():
    assert CHECKS["mod11"].check_digit("06") is None  # 2 * 6 = 12 = 11 + 1, and 11 - 1 = 10
    assert not any(CHECKS["mod11"].is_valid(f"06{last}") for last in "0123456789")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("digits", ["", "0", "5", " 18", "1a", "+18", "¹⁸", "١٨", "1.8"])
def test_what_is_no_number_with_a_check_digit_is_not_valid(name, digits):
    assert not CHECKS[name].is_valid(digits)


def test_length_is_part_of_the_check():
    two = Check(check_digit=lambda _: "0", length=2)
    assert [two.is_valid("0" * length) for length in range(4)] == [False, False, True, False]
    assert not CHECKS["isbn10"].is_valid("03064061520")
