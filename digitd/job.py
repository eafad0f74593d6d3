"""One file through the whole path: open, decode, read, draw. Shared by both drivers, so that they cannot differ.

Whatever goes wrong with a file ends as a reading with a reason. What goes wrong with the outbox does not: it is no
fault of the file.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digitd.annotate import Annotator
from digitd.config import Limits, Review
from digitd.errors import OutputError, Rejection
from digitd.imaging.decode import decode_pages
from digitd.intake import read_bytes
from digitd.ledger import Owed
from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.calibrate import threshold_for
from digitd.model.classify import load_classifier
from digitd.names import flat, printable, with_suffix
from digitd.publish import write_picture
from digitd.reader import Reader
from digitd.values import Outcome, Reading, Status, failed

logger = logging.getLogger(__name__)

Page = NDArray[np.uint8]
"""(H, W) grey or (H, W, 3) RGB."""
_Draw = Callable[[Page | None, Reading, str, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Everything needed to turn a file into readings and pictures; can be sent to a worker process.

    Attributes
    ----------
    reader : Reader
    model_id : str
        First 12 hex digits of the artefact's sha256.
    annotator : Annotator
    limits : Limits
    annotate : str
        Of which readings pictures are made: ``all``, ``review`` (all that are not accepted) or ``none``.
    outbox : Path
    """

    reader: Reader
    model_id: str
    annotator: Annotator
    limits: Limits
    annotate: str
    outbox: Path

    def run(self, source: Path, name: str) -> Outcome:
        """Read a file and draw its pictures; see `read`.

        Raises
        ------
        OutputError
            When a picture cannot be written.
        """
        return self._run(source, name, self._draw)

    def read(self, source: Path, name: str) -> Outcome:
        """Read a file and name its pictures; `draw` makes them.

        Parameters
        ----------
        source : Path
            Where the file lies.
        name : str
            What it is called in rows and pictures.

        Returns
        -------
        Outcome
            Whatever is wrong with the file is a failed reading in it.
        """
        return self._run(source, name, lambda *_: True)

    def draw(self, source: Path | None, name: str, owed: Sequence[Owed]) -> None:
        """Draw pictures of a file that was read, with the readings that were committed.

        Parameters
        ----------
        source : Path or None
            Where the file lies. None, or where it cannot be read any more, makes pictures without the page.
        name : str
        owed : sequence of Owed
            In page order.

        Raises
        ------
        OutputError
            When a picture cannot be written.
        """
        pending = {picture.page: picture for picture in owed}
        for number, page in enumerate(self._pages_again(source) if pending else (), start=1):
            if picture := pending.pop(number, None):
                self._draw(page, picture.reading, name, picture.picture)
            if not pending:
                return
        for picture in pending.values():
            self._draw(None, picture.reading, name, picture.picture)

    def _pages_again(self, source: Path | None) -> Iterator[Page | None]:
        """Yield the pages of a file that was read before, as far as there still are any."""
        if source is None:
            return
        try:
            for page in self._pages(source)[1]:
                yield None if isinstance(page, Rejection) else page
        except Rejection:
            return
        except Exception:  # its row is there; the pictures show no page
            logger.exception("a page could not be decoded again", extra={"fields": {"file": source.name}})

    def _pages(self, source: Path) -> tuple[str, Iterator[Page | Rejection]]:
        """Return the hash of a file and its pages; raises Rejection."""
        data = read_bytes(source, self.limits.max_bytes)
        return hashlib.sha256(data).hexdigest(), decode_pages(data, self.limits)

    def _run(self, source: Path, name: str, draw: _Draw) -> Outcome:
        began = time.perf_counter()
        sha256 = ""
        readings: list[Reading] = []
        pictures: list[str] = []

        def note(page: Page | None, reading: Reading) -> None:
            picture = self._picture(reading, name, sha256)
            readings.append(reading)
            pictures.append(picture if picture and draw(page, reading, name, picture) else "")

        try:
            sha256, pages = self._pages(source)
            for number, page in enumerate(pages, start=1):
                if isinstance(page, Rejection):
                    note(None, _rejected(page, number))
                else:
                    note(page, self.reader.read(page, number))
            if not readings:
                raise Rejection("not_an_image", "the file holds no page")
        except OutputError:
            raise
        except Rejection as rejection:
            note(None, _rejected(rejection, len(readings) + 1))
        except Exception as error:  # one file must not stop the others; this is one of the two places (STYLE)
            logger.exception("a file could not be read because of an error in digitd", extra={"fields": {"file": name}})
            readings.append(failed(len(readings) + 1, "internal_error", f"{type(error).__name__}: {error}"))
            pictures.append("")
        return Outcome(
            name=name,
            sha256=sha256,
            readings=tuple(readings),
            pictures=tuple(pictures),
            elapsed_ms=(time.perf_counter() - began) * 1000,
        )

    def _picture(self, reading: Reading, name: str, sha256: str) -> str:
        """Return the path of the picture of a reading in the outbox, empty where none is wanted."""
        is_accepted = reading.status is Status.ACCEPTED
        if self.annotate == "none" or (self.annotate == "review" and is_accepted):
            return ""
        page_mark = f"-p{reading.page}" if reading.page > 1 else ""
        picture = with_suffix(flat(name), f"-{sha256[:12] or 'unread'}{page_mark}.png")
        return f"annotated/{picture}"

    def _draw(self, page: Page | None, reading: Reading, name: str, picture: str) -> bool:
        """Draw and write one picture; one that cannot be drawn is only reported, since its row is worth more."""
        try:
            png = self.annotator.render(page, reading, name)
        except Exception:
            logger.exception("a picture could not be drawn", extra={"fields": {"file": name, "page": reading.page}})
            return False
        needs_person = reading.status in (Status.REVIEW, Status.FAILED)
        write_picture(self.outbox, picture.removeprefix("annotated/"), png, for_review=needs_person)
        return True


def prepare_job(*, model_path: Path | None, review: Review, limits: Limits, annotate: str, outbox: Path) -> Job:
    """Load the model and put a job together.

    Parameters
    ----------
    model_path : Path or None
        An artefact; None is the model that ships with digitd.

    Raises
    ------
    ModelError
        When the artefact is missing, damaged or made for another version.
    """
    artefact = load_artefact(model_path or shipped_model())
    classifier = load_classifier(artefact)
    threshold = review.threshold or threshold_for(artefact.manifest.thresholds, review.target_error)
    logger.info(
        "model loaded",
        extra={
            "fields": {
                "model": artefact.model_id,
                "folder": str(artefact.folder),
                "threshold": round(threshold, 4),
                "xnnpack": classifier.has_xnnpack,
            }
        },
    )
    return Job(
        reader=Reader(classifier=classifier, threshold=threshold),
        model_id=artefact.model_id,
        annotator=Annotator(),
        limits=limits,
        annotate=annotate,
        outbox=outbox,
    )


def _rejected(rejection: Rejection, page: int) -> Reading:
    return failed(page, rejection.reason, ". ".join(part for part in (str(rejection), rejection.hint) if part))


def summary(outcome: Outcome) -> dict[str, object]:
    """Return the fields of a log line about an outcome."""
    first = outcome.readings[0]
    fields: dict[str, object] = {"file": printable(outcome.name), "result": first.status.value}
    if len(outcome.readings) > 1:
        fields["pages"] = len(outcome.readings)
    if first.value:
        fields["value"] = first.value
    if first.confidence is not None:
        fields["confidence"] = round(first.confidence, 4)
    if first.reason:
        fields["reason"] = first.reason
    if first.detail:
        fields["detail"] = first.detail
    fields["ms"] = round(outcome.elapsed_ms, 1)
    return fields
