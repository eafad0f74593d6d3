"""File names: how one is shown to people, and how one is built from another.

Names are bytes on Linux. Python carries those that are not UTF-8 as surrogate escapes, which no CSV, log or picture
can hold, and any name may contain newlines.
"""

import os
import re

NAME_MAX_BYTES = 255
"""Longest name of a directory entry on the common Linux file systems (``NAME_MAX`` of limits.h)."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(name: str) -> str:
    r"""Return the name with control characters, direction marks and bytes that are not UTF-8 written as ``\x0a``."""
    return _UNPRINTABLE.sub(_escape, name)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # a byte that os.fsdecode could not decode
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def with_suffix(name: str, suffix: str) -> str:
    """Append a short suffix, shortening the name so that the result fits a directory entry.

    Examples
    --------
    >>> with_suffix("scan.png", ".reason.json")
    'scan.png.reason.json'
    """
    while name and len(os.fsencode(name + suffix)) > NAME_MAX_BYTES:
        name = name[:-1]
    return name + suffix


def flat(name: str) -> str:
    """Return a relative path as one visible, printable directory entry: ``a/.b`` becomes ``a_.b``."""
    entry = printable(name).replace("/", "_").replace("\\", "_")
    return f"_{entry}" if entry.startswith(".") else entry
