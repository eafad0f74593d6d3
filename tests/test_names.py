import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitd.names import NAME_MAX_BYTES, flat, printable, with_suffix


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("seven.png", "seven.png"),
        ("two\nlines.png", "two\\x0alines.png"),
        (os.fsdecode(b"caf\xe9.png"), "caf\\xe9.png"),
        ("ünïcode-७.png", "ünïcode-७.png"),
        ("right\u202egnp.exe", "right\\u202egnp.exe"),
    ],
)
def test_name_is_shown_on_one_line(name, shown):
    assert printable(name) == shown


@given(st.text(st.characters(exclude_characters="/\0")))
def test_printable_name_can_be_written_as_utf8(name):
    assert printable(name).encode().decode() == printable(name)


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=400))
def test_suffixed_name_fits_a_directory_entry(name):
    suffixed = with_suffix(name, ".reason.json")
    assert len(os.fsencode(suffixed)) <= NAME_MAX_BYTES
    assert suffixed.endswith(".reason.json")


def test_flat_name_is_one_visible_entry():
    assert flat("sub/../.hidden\n.png") == "sub_.._.hidden_x0a.png"
    assert flat(".hidden.png") == "_.hidden.png"
