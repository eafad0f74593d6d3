import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.proc import entry_of
from benchmarks.processes import end, running

FAMILY = """
import signal, subprocess, sys
{before}
child = subprocess.Popen([sys.executable, "-c", {child!r}])
print(child.pid, flush=True)
signal.pause()
"""


def start(child, before=""):
    """Start a process with a child that runs code; return it, and the child's number."""
    code = FAMILY.format(child=child, before=before)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    return process, int(process.stdout.readline())


@pytest.mark.parametrize("before", ["", "signal.signal(signal.SIGTERM, signal.SIG_IGN)"], ids=["willing", "unwilling"])
def test_a_process_is_ended_with_its_child_though_they_will_not(before, eventually):
    process, child = start("import time; time.sleep(300)", before)
    with process:
        end(process, patience_s=0.3)
    assert process.returncode is not None
    eventually(lambda: entry_of(child) is None, "the child has ended")


def fail_while_running():
    words = ("http.server", "0")
    with running(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        raise BlockError(process, Path(f"/proc/{process.pid}/environ").read_bytes())


class BlockError(Exception):
    pass


def test_a_process_is_ended_when_the_block_that_runs_it_fails(monkeypatch):
    monkeypatch.setenv("DIGITD_OUTBOX_ANNOTATE", "nonsense")
    with pytest.raises(BlockError) as caught:
        fail_while_running()
    process, environment = caught.value.args
    assert process.returncode is not None
    assert b"DIGITD_" not in environment  # the user's settings do not reach it
