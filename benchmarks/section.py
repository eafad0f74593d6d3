"""One part of the report: what was measured, as a table, as JSON and for the goals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Figure = tuple[str, str]
"""What is measured, by the key of a goal; and where, for example ``28 px``, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What one part of the benchmark found.

    Attributes
    ----------
    title : str
    head : tuple of str
        Of the table's columns; all but the first hold figures.
    rows : tuple of tuple of str
    notes : tuple of str
        How it was measured.
    record : mapping of str to object
        Everything, as JSON takes it.
    figures : mapping of Figure to float
        What goals are held against.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    record: Mapping[str, object]
    figures: Mapping[Figure, float] = field(default_factory=dict)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, words: int = 1) -> list[str]:
    """Write a table in Markdown; the first `words` columns are words, the others figures."""
    rule = ["---" if column < words else "---:" for column in range(len(head))]
    return [f"| {' | '.join(row)} |" for row in (head, rule, *rows)]


def in_markdown(section: Section) -> list[str]:
    """Write a section with its heading, after an empty line."""
    words = 1 if section.head[1:2] != ("against",) else 2
    notes = [f"- {note}" for note in section.notes]
    return ["", f"## {section.title}", "", *table(section.head, section.rows, words=words), "", *notes]


def plural(count: int, of: str) -> str:
    """Write so many of something."""
    return f"{count:,} {of}" if count == 1 else f"{count:,} {of}s"


def figure(value: float) -> str:
    """Write a value with about three digits that count."""
    return f"{value:,.{0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2}f}"
