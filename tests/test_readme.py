"""The README's commands do what it says, in the order in which it says so."""

import re
import shlex
import shutil
import subprocess
import sys

import numpy as np
import pytest

from digitd.forms.printed import printed_pdf
from tests.conftest import ROOT, SAMPLES, environment
from tests.forms.written import a_form

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_digitd_commands_of_the_readme_run_in_order(tmp_path, mnist_rows):
    shutil.copytree(SAMPLES, tmp_path / "scans")
    (tmp_path / "scans" / "labels.csv").unlink()
    images, labels = mnist_rows
    np.savez(
        tmp_path / "mnist.npz", x_train=images[:4000], y_train=labels[:4000], x_test=images[4000:], y_test=labels[4000:]
    )
    (tmp_path / "blank.pdf").write_bytes(printed_pdf(a_form()))
    (tmp_path / "exams").mkdir()
    shutil.copy(tmp_path / "blank.pdf", tmp_path / "exams" / "empty-boxes.pdf")
    (tmp_path / "mine.toml").write_text(re.search(r"```toml\n(.*?)```", README, re.DOTALL)[1], encoding="utf-8")
    commands = [line for block in BLOCKS for line in block.splitlines() if line.startswith("digitd ")]
    assert len(commands) >= 5
    for command in commands:
        words = [sys.executable, "-m", *shlex.split(command)]
        ended = subprocess.run(words, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
        assert ended.returncode == 0, f"{command}\n{ended.stderr}"
    assert (tmp_path / "outbox" / "predictions.csv").read_text().count("\n") == 13


def test_make_targets_of_the_readme_exist():
    targets = re.findall(r"^make (\w+)", "\n".join(BLOCKS), re.MULTILINE)
    assert set(targets) == {"run", "test"}
    for target in targets:
        ended = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
        assert ended.returncode == 0, ended.stderr


def test_links_of_the_documents_lead_somewhere():
    for document in (ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_exit_codes_of_the_readme_are_those_of_the_program():
    from digitd.errors import ExitCode

    told = {int(code) for code in re.findall(r"\| (\d+) \|", README.partition("## Exit codes")[2])}
    assert told == {int(code) for code in ExitCode}
