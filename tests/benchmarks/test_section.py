import pytest

from benchmarks.section import Section, figure, in_markdown, plural, table


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0512, "0.05"), (3.14159, "3.14"), (31.4159, "31.4"), (314.159, "314"), (31415.9, "31,416"), (-314.159, "-314")],
)
def test_figures_keep_the_digits_that_count(value, text):
    assert figure(value) == text


def test_one_of_a_kind_is_not_many():
    assert (plural(1, "round"), plural(1000, "round")) == ("1 round", "1,000 rounds")


def test_words_stand_left_and_figures_right():
    assert table(("what", "px"), [("a", "1")]) == ["| what | px |", "| --- | ---: |", "| a | 1 |"]
    assert table(("what", "where"), [], words=2)[1] == "| --- | --- |"


def test_section_says_how_it_was_measured_below_its_table():
    section = Section(title="Idle", head=("", "x"), rows=(("a", "1"),), notes=("for a minute",), record={})
    lines = in_markdown(section)
    assert lines[:3] == ["", "## Idle", ""]
    assert lines[-3:] == ["| a | 1 |", "", "- for a minute"]
