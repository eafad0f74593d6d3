import json
import logging
import os

import pytest

from digitd.service.lines import JsonFormatter, TextFormatter


def record(message, fields=None, *, level=logging.INFO, error=None):
    exc_info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("digitd", level, __file__, 1, message, (), exc_info)
    if fields is not None:
        made.fields = fields
    return made


def raised(message):
    try:
        raise ValueError(message)
    except ValueError as error:
        return error


def test_text_line_holds_the_fields():
    line = TextFormatter(is_journal=False).format(
        record("read", {"file": "a b.png", "confidence": 0.9987, "ms": 12.34})
    )
    assert line.endswith('INFO    read file="a b.png" confidence=0.9987 ms=12.3')


def test_json_line_is_one_object():
    line = JsonFormatter().format(record("read", {"file": "two\nlines", "ms": 12.3}))
    assert "\n" not in line
    found = json.loads(line)
    assert found["time"].endswith("Z")
    del found["time"]
    assert found == {"level": "info", "message": "read", "file": "two\\x0alines", "ms": 12.3}


def test_json_line_holds_the_traceback():
    line = JsonFormatter().format(record("failed", level=logging.ERROR, error=raised("broken")))
    assert "\n" not in line
    assert json.loads(line)["traceback"].endswith("ValueError: broken")


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter(is_journal=False)])
def test_name_that_is_not_utf8_can_be_logged(formatter):
    line = formatter.format(record("read", {"file": os.fsdecode(b"\xff.png")}))
    assert "xff.png" in line
    line.encode()


def test_journal_gets_the_priority_on_every_line():
    line = TextFormatter(is_journal=True).format(record("failed", level=logging.ERROR, error=raised("broken")))
    assert len(line.splitlines()) > 2
    assert all(part.startswith("<3>") for part in line.splitlines())


def test_file_name_cannot_forge_a_line():
    line = TextFormatter(is_journal=False).format(record("read", {"file": "a\n2026-01-01 INFO forged"}))
    assert "\n" not in line


@pytest.mark.parametrize("forged", ["a\n2026-01-01 INFO forged", "a\r2026-01-01 INFO forged", "a\x1b[2Jb"])
def test_error_that_tells_a_file_name_cannot_forge_a_line(forged):
    line = TextFormatter(is_journal=False).format(record("failed", error=raised(forged)))
    assert all(part.startswith("  ") for part in line.split("\n")[1:])
    assert "\r" not in line
    assert "\x1b" not in line
