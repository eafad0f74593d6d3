"""The command line. Commands parse, call one function, say what came of it, and exit."""

import errno
import sys
import traceback
from collections.abc import Sequence

import click

from digitd.cli.config import config
from digitd.cli.evaluate import evaluate
from digitd.cli.export import export
from digitd.cli.form import form
from digitd.cli.health import health
from digitd.cli.prune import prune
from digitd.cli.score import score
from digitd.cli.service import service
from digitd.cli.status import status
from digitd.cli.train import train
from digitd.cli.watch import watch
from digitd.errors import DigitdError, ExitCode

_OUTPUT_TROUBLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})

_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=_HELP)
@click.version_option(package_name="digitd", message="%(prog)s %(version)s")
def cli() -> None:
    """Read handwritten digits from image files.

    \b
    Examples:
      digitd watch                        read what is dropped in ./inbox
      digitd score scans --out results    read a folder once
      digitd train --out models/mine      train a model of your own
    """


for command in (train, evaluate, watch, score, form, status, health, service, export, prune, config):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with the exit code that tells what happened."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; every error ends as one line with a hint."""
    try:
        code = cli.main(arguments, prog_name="digitd", standalone_mode=False)
        return code if isinstance(code, int) else ExitCode.OK
    except DigitdError as error:
        _complain(str(error), error.hint)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _complain("interrupted")
        return ExitCode.INTERRUPTED
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
        _complain(what, "check the path, its permissions and the room on the disk")
        return ExitCode.OUTPUT if error.errno in _OUTPUT_TROUBLE else ExitCode.INPUT
    except Exception as error:  # noqa: BLE001 - the edge of the program
        traceback.print_exc()
        _complain(f"unexpected {type(error).__name__}: {error}", "this is a fault of digitd; please report it")
        return ExitCode.UNEXPECTED


def _complain(message: str, hint: str = "") -> None:
    click.echo(f"digitd: {message}", err=True)
    if hint:
        click.echo(f"  hint: {hint}", err=True)
