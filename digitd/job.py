"""One file through the whole path: open, decode, read, draw. Shared by both drivers, so that they cannot differ.

Whatever goes wrong with a file ends as a reading with a reason. What goes wrong with the outbox does not: it is no
fault of the file.
"""

import hashlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

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
from digitd.values import Outcome, Reading, Sheet, Status, failed, failed_outcome, unread_sheet

logger = logging.getLogger(__name__)

_Draw = Callable[[Page | None, Reading | Sheet, str], bool]
"""Draws the picture of this path, if any, and returns whether there is one then."""


class PageReader(Protocol):
    """Whatever reads a page: a digit on it, or the boxes of a form."""

    def read(self, page: Page, number: int) -> Reading | Sheet:
        """Read one page, (H, W) or (H, W, 3) uint8; its number in its document is counted from 1."""

    def warm_up(self) -> None:
        """Read something, so that what is loaded on first use is loaded, and known to work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Everything needed to turn a file into readings and pictures; can be sent to a worker process.

    Attributes
    ----------
    reader : PageReader
    model_id : str
        First 12 hex digits of the artefact's sha256.
    annotator : Annotator
    limits : Limits
    annotate : str
        Of which readings pictures are made: ``all``, ``review`` (all that are not accepted), ``none``, or ``sheet``: as
        ``review``, and contact sheets of all.
    outbox : Path
    form : str
        The name of the form that pages are read with; empty for digits.
    fields : tuple of str
        The names of its fields.
    form_sha12 : str
        First 12 hex digits of the sha256 of its files.
    """

    reader: PageReader
    model_id: str
    annotator: Annotator
    limits: Limits
    annotate: str
    outbox: Path
    form: str = ""
    fields: tuple[str, ...] = ()
    form_sha12: str = ""

    @property
    def way(self) -> str:
        """What tells this way of reading from any other: the model, and the form as its files say."""
        return f"{self.model_id}:{self.form_sha12}" if self.form_sha12 else self.model_id

    def run(self, source: Path, name: str) -> Outcome:
        """Read a file and draw its pictures; see `read`. Cells for contact sheets are drawn, and given back.

        Raises
        ------
        OutputError
            When a picture cannot be written.
        """
        painter = self.painter
        cells: list[bytes | None] = []

        def draw(page: Page | None, shown: Reading | Sheet, picture: str) -> bool:
            if self.annotate == "sheet" and isinstance(shown, Reading):
                cells.append(painter.draw_packed_cell(page, shown, name))
            return bool(picture) and painter.draw(page, shown, name, picture)

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

    def failed(self, name: str, reason: str, detail: str) -> Outcome:
        """Make the outcome of a file that was not even opened, or ended the process that read it."""
        outcome = failed_outcome(name, reason, detail)
        if not self.form:
            return outcome
        return replace(outcome, sheets=(unread_sheet(self.form, outcome.readings[0]),), fields=self.fields)

    @property
    def painter(self) -> Painter:
        """What draws the pictures that `read` names."""
        return Painter(annotator=self.annotator, limits=self.limits, outbox=self.outbox)

    def _run(self, source: Path, name: str, draw: _Draw) -> Outcome:
        began = time.perf_counter()
        sha256 = ""
        readings: list[Reading] = []
        pictures: list[str] = []
        sheets: list[Sheet] = []

        def note(page: Page | None, made: Reading | Sheet) -> None:
            if isinstance(made, Reading) and self.form:
                made = unread_sheet(self.form, made)
            found = made.readings if isinstance(made, Sheet) else (made,)
            picture = self._picture(found, name, sha256)
            is_drawn = draw(page, made, picture)
            readings.extend(found)
            pictures.extend([picture if is_drawn else ""] * len(found))
            if isinstance(made, Sheet):
                sheets.append(made)

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
            note(None, _rejected(rejection, _next_page(readings)))
        except Exception as error:  # one file must not stop the others; this is one of the two places (STYLE)
            logger.exception("a file could not be read because of an error in digitd", extra={"fields": {"file": name}})
            lost = failed(_next_page(readings), "internal_error", f"{type(error).__name__}: {error}")
            readings.append(lost)
            pictures.append("")
            if self.form:
                sheets.append(unread_sheet(self.form, lost))
        return Outcome(
            name=name,
            sha256=sha256,
            readings=tuple(readings),
            pictures=tuple(pictures),
            elapsed_ms=(time.perf_counter() - began) * 1000,
            sheets=tuple(sheets),
            fields=self.fields,
        )

    def _picture(self, readings: Sequence[Reading], name: str, sha256: str) -> str:
        """Return the path of the picture of what was read on a page in the outbox, empty where none is wanted."""
        settled = {Status.ACCEPTED, Status.BLANK} if self.form else {Status.ACCEPTED}  # forms have blank fields
        is_settled = all(reading.status in settled for reading in readings)
        if self.annotate == "none" or (self.annotate in {"review", "sheet"} and is_settled):
            return ""
        page_mark = f"-p{readings[0].page}" if readings[0].page > 1 else ""
        picture = with_suffix(flat(name), f"-{sha256[:12] or 'unread'}{page_mark}.png")
        return f"annotated/{picture}"


def prepare_job(
    *, model_path: Path | None, review: Review, limits: Limits, annotate: str, outbox: Path, form: Path | None = None
) -> Job:
    """Load the model, and the form where there is one, and put a job together.

    Parameters
    ----------
    model_path : Path or None
        An artefact; None is the model that ships with digitd.
    form : Path or None
        The template of the form that pages are read with; None reads a digit on each.

    Raises
    ------
    ModelError
        When the artefact is missing, damaged or made for another version.
    ConfigError
        When the form cannot be used.
    """
    artefact = load_artefact(model_path or shipped_model())
    classifier = load_classifier(artefact)
    job = partial(
        Job, model_id=artefact.model_id, annotator=Annotator(), limits=limits, annotate=annotate, outbox=outbox
    )
    fields = {"model": artefact.model_id, "folder": str(artefact.folder), "xnnpack": classifier.has_xnnpack}
    if form is None:
        threshold = review.threshold or threshold_for(artefact.manifest.thresholds, review.target_error)
        logger.info("model loaded", extra={"fields": fields | {"threshold": round(threshold, 4)}})
        return job(reader=Reader(classifier=classifier, threshold=threshold))
    from digitd.form_reader import form_reader  # what only forms need
    from digitd.formfile import load_form
    from digitd.forms.registration import prepare

    file = load_form(form, limits)
    reader = form_reader(
        classifier=classifier,
        form=prepare(file.template, file.references),
        target_error=review.target_error,
        threshold=review.threshold,
    )
    names = tuple(field.name for field in file.template.fields)
    logger.info(
        "model and form loaded",
        extra={"fields": fields | {"threshold": round(reader.threshold, 4), "form": str(form), "fields": len(names)}},
    )
    return job(reader=reader, form=file.template.form, fields=names, form_sha12=file.sha12)


def _next_page(readings: Sequence[Reading]) -> int:
    return readings[-1].page + 1 if readings else 1


def _rejected(rejection: Rejection, page: int) -> Reading:
    return failed(page, rejection.reason, ". ".join(part for part in (str(rejection), rejection.hint) if part))


def summary(outcome: Outcome) -> dict[str, object]:
    """Return the fields of a log line about an outcome."""
    first = outcome.readings[0]
    fields: dict[str, object] = {"file": printable(outcome.name), "result": first.status.value}
    if len(outcome.readings) > 1:
        fields["pages"] = len(outcome.readings)
    if outcome.sheets:
        counts = Counter(reading.status for reading in outcome.readings)
        fields |= {"form": outcome.sheets[0].form} | {
            status.value: counts[status] for status in Status if counts[status]
        }
    elif first.value:
        fields["value"] = first.value
    if first.confidence is not None and not outcome.sheets:
        fields["confidence"] = round(first.confidence, 4)
    if first.reason:
        fields["reason"] = first.reason
    if first.detail:
        fields["detail"] = first.detail
    fields["ms"] = round(outcome.elapsed_ms, 1)
    return fields
