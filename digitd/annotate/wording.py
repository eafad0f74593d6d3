"""Put a reading into words that fit: reasons, percentages, names of any bytes, lines of a width. Pure.

A glyph that the bundled font lacks (Chinese, most emoji) shows as a small square; the picture's own file name still
carries the whole name.
"""

import unicodedata
from collections.abc import Callable

MISSING = "\N{WHITE SQUARE}"
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
NO_PAGE = "No page to show"
_LONGEST_LINE = 200  # characters that any line could hold; measuring longer ones only costs time

_REASONS = {
    "low_confidence": "Not sure enough to accept it",
    "not_a_digit": "This may not be a digit",
    "blank": "Nothing is written here",
    "not_an_image": "This file is not an image",
    "truncated": "The image ends too early",
    "too_large": "The file or its image is too large",
    "unreadable": "The file cannot be read",
    "empty": "The file is empty",
    "encrypted": "The file is locked with a password",
    "symlink": "This is a link, not a file",
    "not_a_file": "This is not an ordinary file",
    "too_many_pages": "The file has too many pages",
    "crashed": "Reading this file went wrong",
    "internal_error": "Reading this file went wrong",
    "changed": "The file was changed while it was read",
    "unregistered": "Not recognised as a page of the form",
    "blank_page": "Nothing is printed or written on this page",
    "no_fields": "This page of the form has nothing to read",
    "struck_out": "Something is crossed out",
    "gap": "A box without a digit stands between digits",
    "blank_is_zero": "Nothing is written, which counts as 0",
    "rule_range": "The number is out of its range",
    "rule_pattern": "Not written as this field should be",
    "rule_allowed": "Not one of the values that are allowed",
    "rule_unique": "Another page has the same value",
    "rule_check": "The check digit does not match",
    "rule_sum": "The sum does not add up",
    "repaired_check": "Changed so that the check digit matches",
    "repaired_allowed": "Changed to the value that is allowed",
    "repaired_sum": "Changed so that the sum adds up",
    "repaired_range": "Changed so that it is in its range",
    "repaired_pattern": "Changed to be written as it should be",
}


def in_words(reason: str) -> str:
    """Say a reason code in words; a code without a sentence of its own reads as its words."""
    return _REASONS.get(reason) or reason.replace("_", " ").strip().capitalize()


def percent(probability: float) -> str:
    """Write a probability with two decimals; never as 0 or 100 %, which no reader can promise."""
    if probability >= 0.99995:
        return "> 99.99%"
    if probability < 0.00005:
        return "< 0.01%"
    return f"{100 * probability:.2f}%"


def counted(count: int, noun: str) -> str:
    """Write a number of things: ``1 file``, ``12,000 files``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def duration(seconds: float) -> str:
    """Write a time in its largest unit: ``0.2 s``, ``12 s``, ``3 min``, ``10 h``, ``2 days``."""
    for unit_s, unit in ((86400, "day"), (3600, "h"), (60, "min")):
        if seconds >= unit_s:
            number = round(seconds / unit_s)
            return counted(number, unit) if unit == "day" else f"{number} {unit}"
    return f"{seconds:.0f} s" if seconds >= 9.5 else f"{round(seconds, 3):.1g} s"


def printable(text: str, has_glyph: Callable[[str], bool]) -> str:
    """Show any string on one line: control characters and undecodable bytes as escapes, unknown glyphs as squares."""
    return "".join(_shown(character, has_glyph) for character in unicodedata.normalize("NFC", text))


def _shown(character: str, has_glyph: Callable[[str], bool]) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a name that is not UTF-8 (PEP 383)
        return f"\\x{code - 0xDC00:02x}"
    if not character.isprintable():
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character) or (
            f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
        )
    return character if has_glyph(character) else MISSING


def shorten(text: str, fits: Callable[[str], bool]) -> str:
    """Cut the middle out of a text until it fits, so that the end of a file name stays."""
    if len(text) <= _LONGEST_LINE and fits(text):
        return text
    kept, too_many = 0, min(len(text), _LONGEST_LINE)
    while too_many - kept > 1:
        tried = (kept + too_many) // 2
        kept, too_many = (tried, too_many) if fits(_middle_out(text, tried)) else (kept, tried)
    return _middle_out(text, kept)


def _middle_out(text: str, kept: int) -> str:
    tail = kept // 2
    return text[: kept - tail] + ELLIPSIS + text[len(text) - tail :]


def wrap(text: str, fits: Callable[[str], bool], max_lines: int) -> list[str]:
    """Break a text into at most `max_lines` lines that fit; what is left over ends in an ellipsis."""
    lines: list[str] = []
    rest = text.strip()
    while rest and len(lines) < max_lines - 1:
        line = _first_line(rest, fits)
        lines.append(line.rstrip())
        rest = rest[len(line) :].lstrip()
    if rest:
        lines.append(_last_line(rest, fits))
    return lines


def _last_line(text: str, fits: Callable[[str], bool]) -> str:
    whole = _first_line(text, fits)
    if whole == text:
        return text
    return _first_line(text, lambda line: fits(line + ELLIPSIS)).rstrip() + ELLIPSIS


def _first_line(text: str, fits: Callable[[str], bool]) -> str:
    if len(text) <= _LONGEST_LINE and fits(text):
        return text
    fitting, too_long = 1, min(len(text), _LONGEST_LINE)
    while too_long - fitting > 1:
        tried = (fitting + too_long) // 2
        fitting, too_long = (tried, too_long) if fits(text[:tried]) else (fitting, tried)
    space = text.rfind(" ", 0, fitting + 1)
    return text[: space + 1] if space > 0 else text[:fitting]
