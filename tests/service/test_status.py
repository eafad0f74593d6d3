"""Which process wrote a status file, and whether it is still there."""

import subprocess
import sys
from dataclasses import replace

from digitd.service.status import is_there, this_process


def test_this_process_is_there():
    assert is_there(this_process()) is True


def test_process_is_there_though_its_sandbox_names_another_boot():
    assert is_there(replace(this_process(), boot="another")) is True


def test_number_of_a_process_that_was_used_again_is_not_it():
    this = this_process()
    assert is_there(replace(this, start_ticks=this.start_ticks - 1)) is False


def test_process_that_has_ended_is_not_there():
    script = "from digitd.service.status import this_process as p; print(p().pid, p().start_ticks)"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    pid, start_ticks = map(int, ended.stdout.split())
    assert is_there(replace(this_process(), pid=pid, start_ticks=start_ticks)) is False


def test_process_of_another_namespace_is_unknown_and_of_another_boot_is_gone():
    abroad = replace(this_process(), namespace="pid:[1]")
    assert is_there(abroad) is None
    assert is_there(replace(abroad, boot="another")) is False
