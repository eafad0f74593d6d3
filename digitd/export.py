"""Take rows out of the ledger again: as the very CSV lines that were written, or as JSON lines of the same cells."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from digitd.ledger import Ledger
from digitd.rows import COLUMNS, header

_ROWS = 5000
"""That are in memory at a time."""


def export_rows(state: Path, *, from_seq: int, as_json: bool) -> Iterator[str]:
    """Yield the rows from a sequence number on, a digitd that runs at the same time or not.

    Parameters
    ----------
    state : Path
        The state folder.
    from_seq : int
        The first row, from 1.
    as_json : bool
        JSON lines rather than CSV with its header.

    Yields
    ------
    str
        Pieces of text, each of whole lines.

    Raises
    ------
    InputError
        When there is no ledger.
    LedgerError
        When it is damaged or from a newer digitd.
    """
    with Ledger.open_results(state) as ledger:
        if not as_json:
            yield header().decode()
        last = from_seq - 1
        while lines := ledger.lines_after(last, at_most=_ROWS):
            text = b"".join(line for _, line in lines).decode()
            yield _as_json(text) if as_json else text
            last = lines[-1][0]


def _as_json(text: str) -> str:
    rows = csv.DictReader(text.splitlines(), fieldnames=COLUMNS)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
