import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from digitd.rows import COLUMNS, Row, day_of, decode_line, encode_row, header, moment_of
from digitd.values import Reading, Status

NOON = datetime(2026, 11, 22, 12, 0, 0, 123_000, tzinfo=UTC)


def a_row(*, file="a.png", **reading):
    defaults = {"page": 1, "value": "7", "confidence": 0.99876, "status": Status.ACCEPTED}
    return Row(
        time=NOON,
        file=file,
        reading=Reading(**(defaults | reading)),
        sha256="ab" * 32,
        model="0123456789ab",
        annotated="annotated/a.png",
    )


def cells(line: bytes) -> dict[str, str]:
    (row,) = csv.reader(io.StringIO(line.decode()))
    return dict(zip(COLUMNS, row, strict=True))


def test_columns_are_the_contract():
    expected = b"seq,time,file,page,field,value,confidence,status,reason,alternatives,sha256,model,annotated\n"
    assert header() == expected


def test_row_holds_the_reading():
    row = a_row(probabilities=(0.0, 0.0009, 0.0, 0.0, 0.0, 0.0, 0.0, 0.9988, 0.0, 0.0003))
    assert cells(encode_row(row, 42)) == {
        "seq": "42",
        "time": "2026-11-22T12:00:00.123Z",
        "file": "a.png",
        "page": "1",
        "field": "",
        "value": "7",
        "confidence": "0.9988",
        "status": "accepted",
        "reason": "",
        "alternatives": "1:0.0009 9:0.0003",
        "sha256": "ab" * 32,
        "model": "0123456789ab",
        "annotated": "annotated/a.png",
    }


def test_what_was_not_read_has_no_confidence():
    row = a_row(value="", confidence=None, status=Status.FAILED, reason="truncated")
    found = cells(encode_row(row, 1))
    assert (found["value"], found["confidence"], found["reason"]) == ("", "", "truncated")


def test_formula_in_a_name_is_made_text():
    for name in ("=1+1.png", "+a.png", "-rf.png", "@x.png"):
        assert cells(encode_row(a_row(file=name), 1))["file"] == f"'{name}"


@given(st.text(st.characters(exclude_categories=())), st.integers(1, 10**9))
def test_any_name_stays_on_one_line_of_utf8(name, seq):
    line = encode_row(a_row(file=name), seq)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert b"\r" not in line
    assert cells(line)["seq"] == str(seq)
    assert decode_line(line) == cells(line)


@given(st.text(st.characters(exclude_categories=["C", "Z"])))
def test_harmless_names_survive_the_csv(name):
    found = cells(encode_row(a_row(file=name), 1))["file"]
    assert found == name or found == f"'{name}"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2999, 1, 1)), st.integers(-14, 14))  # noqa: DTZ001 - the zone is added
def test_time_of_a_line_is_that_of_its_row_to_the_millisecond(moment, hours):
    moment = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    line = encode_row(replace(a_row(file="a,b.png"), time=moment), 1)
    assert timedelta(0) <= moment - moment_of(line) < timedelta(milliseconds=1)
    assert day_of(line) == moment.astimezone(UTC).date().isoformat()
