"""Where the log goes, by its format and by what there is: stderr is a file here, as it is a socket under systemd."""

import json
import socket
import subprocess
import sys

import pytest

from tests.conftest import ROOT, environment
from tests.service.test_journal import decoded

SCRIPT = """
import logging, os, sys
from digitd.service.logs import configure_logging

log_format, journal, stream = sys.argv[1:]
environ = {}
if stream:
    status = os.fstat(2)
    environ["JOURNAL_STREAM"] = f"{status.st_dev}:{status.st_ino}" if stream == "stderr" else stream
for _ in range(2):
    configure_logging(log_format, environ=environ, journal=journal)
logging.getLogger("digitd.test").info("read", extra={"fields": {"file": "a.png"}})
"""


@pytest.fixture
def journal(tmp_path):
    """Yield a socket at the path that is its name, as journald has one."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.bind(str(tmp_path / "journal"))
        made.settimeout(0)
        yield made


def log(tmp_path, log_format, *, stream=""):
    """Log a line in a process of its own, and return what it wrote to stderr."""
    words = [sys.executable, "-c", SCRIPT, log_format, str(tmp_path / "journal"), stream]
    with (tmp_path / "stderr").open("w+") as stderr:
        subprocess.run(words, cwd=ROOT, env=environment(), stderr=stderr, timeout=60, check=True)
        stderr.seek(0)
        return stderr.read().splitlines()


def test_auto_is_the_journal_where_it_reads_stderr(tmp_path, journal):
    assert log(tmp_path, "auto", stream="stderr") == []
    assert decoded(journal.recv(1 << 16))["FILE"] == b"a.png"


@pytest.mark.parametrize("stream", ["", "8:1234"])
def test_auto_is_text_where_something_else_reads_stderr(tmp_path, journal, stream):
    (line,) = log(tmp_path, "auto", stream=stream)
    assert line.endswith("INFO    read file=a.png")
    with pytest.raises(BlockingIOError):
        journal.recv(1)


def test_auto_is_text_with_priorities_where_the_journal_has_no_socket(tmp_path):
    assert log(tmp_path, "auto", stream="stderr") == ["<6>read file=a.png"]


def test_journal_is_written_to_from_a_terminal_as_well(tmp_path, journal):
    assert log(tmp_path, "journal") == []
    assert decoded(journal.recv(1 << 16))["MESSAGE"] == b"read file=a.png"


def test_journal_without_a_socket_is_text_and_says_so_once(tmp_path):
    warning, line = log(tmp_path, "journal")
    assert "WARNING the journal cannot be reached" in warning
    assert str(tmp_path / "journal") in warning
    assert line.endswith("read file=a.png")


@pytest.mark.usefixtures("journal")
@pytest.mark.parametrize("stream", ["", "stderr"])
def test_json_is_json_everywhere(tmp_path, stream):
    (line,) = log(tmp_path, "json", stream=stream)
    assert json.loads(line)["file"] == "a.png"


@pytest.mark.usefixtures("journal")
@pytest.mark.parametrize("log_format", ["auto", "text", "json", "journal"])
def test_closed_stderr_is_no_trouble(tmp_path, log_format):
    closed = ["sh", "-c", 'exec "$@" 2>&-', "sh"]
    words = [*closed, sys.executable, "-c", SCRIPT, log_format, str(tmp_path / "journal"), ""]
    subprocess.run(words, cwd=ROOT, env=environment(), timeout=60, check=True)
