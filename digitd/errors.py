"""Every error digitd raises on purpose, each with the exit code it means and a hint on what to do.

The exit codes are a contract with scripts and service managers; they are listed in the README.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a digitd process says when it ends."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    CONFIG = 3
    MODEL = 4
    INPUT = 5
    OUTPUT = 6
    SOME_FAILED = 8
    BUSY = 75
    INTERRUPTED = 130


class DigitdError(Exception):
    """An error with a one-line message and a hint that says what to do next."""

    exit_code = ExitCode.UNEXPECTED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(DigitdError):
    """The command line asks for something that cannot be."""

    exit_code = ExitCode.USAGE


class ConfigError(DigitdError):
    """The configuration is wrong."""

    exit_code = ExitCode.CONFIG


class ModelError(DigitdError):
    """The model artefact is missing, damaged or made for another version."""

    exit_code = ExitCode.MODEL


class InputError(DigitdError):
    """The input of a command as a whole cannot be used."""

    exit_code = ExitCode.INPUT


class OutputError(DigitdError):
    """The outbox or the ledger cannot be written."""

    exit_code = ExitCode.OUTPUT


class LedgerError(OutputError):
    """The ledger is damaged, or of a newer digitd: nothing can be done until a person has looked at it."""


class LedgerBusyError(OutputError):
    """The ledger cannot be used just now: another program holds it, or it cannot be opened."""


class BusyError(DigitdError):
    """Another digitd works on the same inbox or state folder."""

    exit_code = ExitCode.BUSY


class Rejection(DigitdError):  # noqa: N818 - a rejection is a verdict on one file, not a failure of digitd
    """One file or page cannot be read; the others can.

    Attributes
    ----------
    reason : str
        Stable lower_snake code that goes into the ``reason`` column, e.g. ``truncated``.
    """

    exit_code = ExitCode.INPUT

    def __init__(self, reason: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.reason = reason

    def __reduce__(self) -> tuple[object, ...]:
        """Let a rejection cross a process border (the default forgets the reason)."""
        return _rejection, (self.reason, str(self), self.hint)


def _rejection(reason: str, message: str, hint: str) -> Rejection:
    return Rejection(reason, message, hint=hint)
