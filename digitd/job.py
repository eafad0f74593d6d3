"""One file through the whole path: open, decode, read, draw. Shared by both drivers, so that they cannot differ.

Whatever goes wrong with a file ends as a reading with a reason. What goes wrong with the outbox does not: it is no
fault of the file.
"""

import hashlib
import logging
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digitd.annotate import Annotator
from digitd.config import Limits, Review
from digitd.errors import OutputError, Rejection
from digitd.imaging.decode import decode_pages
from digitd.intake import read_bytes
from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.calibrate import threshold_for
from digitd.model.classify import load_classifier
from digitd.names import flat, printable, with_suffix
from digitd.publish import write_picture
from digitd.reader import Reader
from digitd.values import Outcome, Reading, Status, failed

logger = logging.getLogger(__name__)


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
        """Read a file and draw its pictures.

        Parameters
        ----------
        source : Path
            Where the file lies.
        name : str
            What it is called in rows and pictures.

        Raises
        ------
        OutputError
            When a picture cannot be written. Whatever is wrong with the file itself becomes a failed reading.
        """
        began = time.perf_counter()
        sha256 = ""
        drawn: list[tuple[Reading, str]] = []
        try:
            data = read_bytes(source, self.limits.max_bytes)
            sha256 = hashlib.sha256(data).hexdigest()
            for number, page in enumerate(decode_pages(data, self.limits), start=1):
                if isinstance(page, Rejection):
                    drawn.append(self._drawn(None, _rejected(page, number), name, sha256))
                else:
                    drawn.append(self._drawn(page, self.reader.read(page, number), name, sha256))
            if not drawn:
                raise Rejection("not_an_image", "the file holds no page")
        except OutputError:
            raise
        except Rejection as rejection:
            drawn.append(self._drawn(None, _rejected(rejection, len(drawn) + 1), name, sha256))
        except Exception as error:  # one file must not stop the others; this is one of the two places (STYLE)
            logger.exception("a file could not be read because of an error in digitd", extra={"fields": {"file": name}})
            detail = f"{type(error).__name__}: {error}"
            drawn.append((failed(len(drawn) + 1, "internal_error", detail), ""))
        readings, pictures = zip(*drawn, strict=True)
        return Outcome(
            name=name,
            sha256=sha256,
            readings=readings,
            pictures=pictures,
            elapsed_ms=(time.perf_counter() - began) * 1000,
        )

    def _drawn(self, page: NDArray[np.uint8] | None, reading: Reading, name: str, sha256: str) -> tuple[Reading, str]:
        """Return the reading with the path of its picture in the outbox, empty where none is wanted or can be made."""
        try:
            return reading, self._draw(page, reading, name, sha256)
        except OutputError:
            raise
        except Exception:  # the row is worth more than its picture
            logger.exception("a picture could not be drawn", extra={"fields": {"file": name, "page": reading.page}})
            return reading, ""

    def _draw(self, page: NDArray[np.uint8] | None, reading: Reading, name: str, sha256: str) -> str:
        """Write the picture of a reading and return its path in the outbox, or nothing where none is wanted."""
        is_accepted = reading.status is Status.ACCEPTED
        if self.annotate == "none" or (self.annotate == "review" and is_accepted):
            return ""
        page_mark = f"-p{reading.page}" if reading.page > 1 else ""
        picture = with_suffix(flat(name), f"-{sha256[:12] or 'unread'}{page_mark}.png")
        png = self.annotator.render(page, reading, name)
        needs_person = reading.status in (Status.REVIEW, Status.FAILED)
        write_picture(self.outbox, picture, png, for_review=needs_person)
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
