"""One file through the whole path: open, decode, read, draw. Shared by both drivers, so that they cannot differ.

Whatever goes wrong with a file ends as a reading with a reason. What goes wrong with the outbox does not: it is no
fault of the file.
"""

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from digitd.annotate import Annotator
from digitd.config import Limits, Review
from digitd.errors import OutputError, Rejection
from digitd.imaging.decode import decode_pages
from digitd.intake import read_bytes
from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.calibrate import threshold_for
from digitd.model.classify import load_classifier
from digitd.names import flat, printable, with_suffix
from digitd.painter import Page, Painter
from digitd.reader import Reader
from digitd.values import Outcome, Reading, Status, failed

logger = logging.getLogger(__name__)

_Draw = Callable[[Page | None, Reading, str], bool]
"""Draws the picture of this path, if any, and returns whether there is one then."""


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
        Of which readings pictures are made: ``all``, ``review`` (all that are not accepted), ``none``, or ``sheet``: as
        ``review``, and contact sheets of all.
    outbox : Path
    """

    reader: Reader
    model_id: str
    annotator: Annotator
    limits: Limits
    annotate: str
    outbox: Path

    def run(self, source: Path, name: str) -> Outcome:
        """Read a file and draw its pictures; see `read`. Cells for contact sheets are drawn, and given back.

        Raises
        ------
        OutputError
            When a picture cannot be written.
        """
        painter = self.painter
        cells: list[bytes | None] = []

        def draw(page: Page | None, reading: Reading, picture: str) -> bool:
            if self.annotate == "sheet":
                cells.append(painter.draw_packed_cell(page, reading, name))
            return bool(picture) and painter.draw_card(page, reading, name, picture)

        outcome = self._run(source, name, draw)
        return replace(outcome, cells=tuple(cells))

    def read(self, source: Path, name: str, beat: Callable[[], None] = lambda: None) -> Outcome:
        """Read a file and name its pictures; a `painter` makes them.

        Parameters
        ----------
        source : Path
            Where the file lies.
        name : str
            What it is called in rows and pictures.
        beat : callable
            Called after each page.

        Returns
        -------
        Outcome
            Whatever is wrong with the file is a failed reading in it.
        """

        def draw(*_: object) -> bool:
            beat()
            return True

        return self._run(source, name, draw)

    @property
    def painter(self) -> Painter:
        """What draws the pictures that `read` names."""
        return Painter(annotator=self.annotator, limits=self.limits, outbox=self.outbox)

    def _run(self, source: Path, name: str, draw: _Draw) -> Outcome:
        began = time.perf_counter()
        sha256 = ""
        readings: list[Reading] = []
        pictures: list[str] = []

        def note(page: Page | None, reading: Reading) -> None:
            picture = self._picture(reading, name, sha256)
            readings.append(reading)
            pictures.append(picture if draw(page, reading, picture) else "")

        try:
            data = read_bytes(source, self.limits.max_bytes)
            sha256 = hashlib.sha256(data).hexdigest()
            for number, page in enumerate(decode_pages(data, self.limits), start=1):
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
        if self.annotate == "none" or (self.annotate in {"review", "sheet"} and is_accepted):
            return ""
        page_mark = f"-p{reading.page}" if reading.page > 1 else ""
        picture = with_suffix(flat(name), f"-{sha256[:12] or 'unread'}{page_mark}.png")
        return f"annotated/{picture}"


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
