"""Publish what was read: rows into the ledger and from there into a CSV that only grows, pictures, reason files.

The CSV is a projection of the ledger. After a crash it is completed with the same bytes; it is never truncated,
because `tail -F` would read it again. Known limit: a file that somebody else changed is set aside and written anew.
"""

import errno
import json
import logging
import os
import stat
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from digitd.durable import append, write_whole
from digitd.errors import OutputError
from digitd.ledger import Delivery, Ledger, Verdict
from digitd.rows import Row, header
from digitd.values import Outcome

logger = logging.getLogger(__name__)


def commit(ledger: Ledger, outcomes: Iterable[tuple[Delivery, Outcome]], *, model_id: str, state: str) -> None:
    """Commit deliveries with what became of them; from here on their rows exist.

    Parameters
    ----------
    ledger : Ledger
    outcomes : iterable of (Delivery, Outcome)
        In the order of their rows.
    model_id : str
        First 12 hex digits of the artefact's sha256.
    state : str
        Of the deliveries from now on: ``committed``, ``settled`` or ``left``.

    Raises
    ------
    OutputError
        When the ledger cannot be written.
    """
    moment = datetime.now(UTC)
    ledger.commit(
        Verdict(
            delivery=delivery,
            rows=_rows(outcome, moment, model_id),
            reason=outcome.reason,
            detail=outcome.detail,
            state=state,
        )
        for delivery, outcome in outcomes
    )


def _rows(outcome: Outcome, moment: datetime, model_id: str) -> tuple[Row, ...]:
    return tuple(
        Row(
            time=moment,
            file=outcome.name,
            reading=reading,
            sha256=outcome.sha256,
            model=model_id,
            annotated=picture,
        )
        for reading, picture in zip(outcome.readings, outcome.pictures, strict=True)
    )


class CsvProjection:
    """The predictions.csv of one outbox."""

    def __init__(self, path: Path, ledger: Ledger) -> None:
        self._path = path
        self._ledger = ledger

    def catch_up(self) -> None:
        """Append the rows that the ledger has and the file has not, and make them durable.

        Raises
        ------
        OutputError
            When the file cannot be written. The rows are safe in the ledger and are appended next time.
        """
        try:
            self._append_missing()
        except OSError as error:
            raise OutputError(
                f"cannot write {self._path}: {error}",
                hint="make room or make the outbox writable; the rows are kept and will be written then",
            ) from error

    def _append_missing(self) -> None:
        seq, size_bytes = self._ledger.projected()
        want, last = self._owed(seq, with_header=size_bytes == 0)
        written = self._written(size_bytes, at_most=len(want) + 1)
        if written is None or not want.startswith(written):
            if (seq, size_bytes) == (0, 0):
                raise OutputError(
                    f"{self._path} has rows that the ledger does not know",
                    hint="put the state folder back that belongs to it, or move the CSV away to begin anew at seq 1",
                )
            self._set_aside()
            size_bytes, written = 0, b""
            want, last = self._owed(0, with_header=True)
        if missing := want[len(written) :]:
            append(self._path, missing)
        if want:
            self._ledger.record_projected(last, size_bytes + len(want))

    def _written(self, size_bytes: int, *, at_most: int) -> bytes | None:
        """Return what the file holds after a size, or None when the file is shorter than that."""
        try:
            with os.fdopen(os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise OSError(errno.EINVAL, "it is not a regular file")
                if file.seek(0, os.SEEK_END) < size_bytes:
                    return None
                file.seek(size_bytes)
                return file.read(at_most)
        except FileNotFoundError:
            return None if size_bytes else b""

    def _owed(self, seq: int, *, with_header: bool) -> tuple[bytes, int]:
        lines = list(self._ledger.lines_after(seq))
        start = header() if with_header else b""
        return start + b"".join(line for _, line in lines), lines[-1][0] if lines else seq

    def _set_aside(self) -> None:
        if not self._path.exists():
            logger.warning("predictions.csv is gone; writing it anew from the ledger")
            return
        number = 1
        while (aside := self._path.with_name(f"{self._path.name}.damaged-{number}")).exists():
            number += 1
        self._path.rename(aside)
        logger.warning(
            "predictions.csv was changed by somebody else; it is set aside and written anew from the ledger",
            extra={"fields": {"aside": aside.name}},
        )


def write_picture(outbox: Path, name: str, png: bytes, *, for_review: bool) -> None:
    """Write an annotated picture, and link it into ``review/`` where a person should look at it.

    Raises
    ------
    OutputError
        When the outbox cannot be written.
    """
    try:
        write_whole(outbox / "annotated" / name, png)
        if for_review:
            write_whole(outbox / "review" / name, png)
    except OSError as error:
        raise OutputError(
            f"cannot write the picture {name} to {outbox}: {error}", hint="make room or make the outbox writable"
        ) from error


def write_reason(folder: Path, name: str, fields: Mapping[str, str]) -> None:
    """Write the JSON that says why a file failed; ``name`` is that of the JSON itself."""
    write_whole(folder / name, (json.dumps(fields, indent=2, ensure_ascii=False) + "\n").encode())
