import subprocess
import sys

import pytest

from digitd.errors import BusyError, ExitCode
from digitd.spool.lock import FolderLock


def test_second_holder_is_refused_until_the_first_lets_go(tmp_path):
    with FolderLock(tmp_path, "the folder"):
        with (
            pytest.raises(BusyError, match="another digitd works on the folder") as caught,
            FolderLock(tmp_path, "the folder"),
        ):
            pass
        assert caught.value.exit_code == ExitCode.BUSY
    with FolderLock(tmp_path, "the folder"):
        pass


def test_lock_of_a_killed_process_is_free(tmp_path):
    script = (
        "import os, signal, sys, pathlib; from digitd.spool.lock import FolderLock\n"
        "with FolderLock(pathlib.Path(sys.argv[1]), 'it'): os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False).returncode == -9
    with FolderLock(tmp_path, "it"):
        pass
