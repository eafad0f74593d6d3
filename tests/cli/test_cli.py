"""The command line as a whole: help, errors, exit codes, start-up."""

import os
import subprocess
import sys

import click
import pytest

from digitd.cli import cli, run
from digitd.errors import DigitdError, ExitCode
from tests.conftest import environment


def commands(group=cli, path=()):
    """Yield (words, command) of every command."""
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


@pytest.mark.parametrize("words", [(), *(words for words, _ in commands())], ids=" ".join)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_has_help_with_an_example(words, flag, capsys):
    assert run([*words, flag]) == ExitCode.OK
    text = capsys.readouterr().out
    assert "Example" in text
    assert f"digitd {' '.join(words)}".strip() in text


def test_every_option_has_help():
    for words, command in commands():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{' '.join(words)} {parameter.opts}"


def test_help_imports_nothing_heavy():
    script = (
        "import sys; from digitd.cli import run; run(['--help'])\n"
        "heavy = {'tensorflow', 'keras', 'matplotlib', 'cv2', 'numpy', 'PIL'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_version_is_that_of_the_project(digitd):
    from importlib.metadata import version

    assert digitd("--version").stdout == f"digitd {version('digitd')}\n"


@pytest.mark.parametrize(
    ("arguments", "variables", "code", "complaint"),
    [
        (["wotch"], {}, 2, "No such command 'wotch'"),
        (["watch", "--inbox", "same", "--outbox", "same"], {}, 3, "is also the outbox"),
        (["watch", "--inbox", "out/in", "--outbox", "out"], {}, 3, "lie inside one another"),
        (["watch"], {"DIGITD_SETTLE_QUIET_S": "-1"}, 3, "settle.quiet_s = '-1'"),
        (["watch"], {"DIGITD_MODEL_PATH": "none"}, 4, "none"),
        (["watch", "--config", "none.toml"], {}, 3, "cannot read the configuration"),
        (["watch", "--outbox", "/proc/none"], {}, 6, "cannot make the folder /proc/none"),
        (["watch", "--outbox", "file"], {}, 6, "cannot make the folder"),
        (["watch", "--outbox", "~nobody-of-this-name/x"], {}, 3, "names no user"),
        (["watch"], {"DIGITD_OUTBX_PATH": "x"}, 3, "did you mean outbox?"),
        (["score", "x" * 300, "--out", "out"], {}, 5, "there is no file or folder"),
        (["evaluate", "models", "--data", "x" * 300], {}, 4, "models"),
    ],
)
def test_what_cannot_be_done_is_one_line_with_a_hint(digitd, tmp_path, arguments, variables, code, complaint):
    (tmp_path / "file").touch()
    ended = digitd(*arguments, cwd=tmp_path, env=environment() | variables)
    assert ended.returncode == code, ended.stderr
    assert complaint in ended.stderr
    assert "hint: " in ended.stderr or code == ExitCode.USAGE
    assert "Traceback" not in ended.stderr


def test_fault_in_digitd_exits_1_with_a_traceback(monkeypatch, capsys):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError("broken")

    monkeypatch.setattr("digitd.config.load_config", broken)
    assert run(["config", "show"]) == ExitCode.UNEXPECTED
    complaint = capsys.readouterr().err
    assert "Traceback" in complaint
    assert "digitd: unexpected ZeroDivisionError: broken" in complaint


def test_reader_that_goes_away_hears_no_complaint():
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "digitd", "config", "show"]
    ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert ended.stderr == b""


def test_every_error_class_has_an_exit_code_of_its_own():
    def classes(parent):
        for child in parent.__subclasses__():
            yield child
            yield from classes(child)

    assert {child.__name__ for child in classes(DigitdError) if child.exit_code == ExitCode.UNEXPECTED} == set()


def test_config_show_prints_what_is_in_effect(digitd, tmp_path):
    ended = digitd("config", "show", cwd=tmp_path, env=environment() | {"DIGITD_SETTLE_QUIET_S": "3"})
    assert ended.returncode == 0
    assert "quiet_s = 3.0" in ended.stdout
    assert "# variable DIGITD_SETTLE_QUIET_S" in ended.stdout
