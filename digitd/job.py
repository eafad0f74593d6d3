"""One file through the whole path: open, decode, read, draw. Shared by both drivers, so that they cannot differ.

What is read on a page is a reading, or where pages of a form are expected a sheet of them; also of a page that failed.

Whatever goes wrong with a file ends as a reading with a reason. What goes wrong with the outbox does not: it is no
fault of the file.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from digitd.annotate import Annotator
from digitd.config import Limits, Review
from digitd.errors import ConfigError, OutputError, Rejection
from digitd.formwork import prepare_form
from digitd.imaging.decode import decode_pages
from digitd.intake import read_bytes
from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.calibrate import threshold_for
from digitd.model.classify import load_classifier
from digitd.painter import Page, Painter
from digitd.publish import picture_path
from digitd.reader import PageReader, Reader
from digitd.values import Form, Outcome, Reading, Sheet, Status, failed, unread

logger = logging.getLogger(__name__)

_Draw = Callable[[Page | None, Reading | Sheet, str], bool]
"""Draws the picture of this path, if any, and returns whether there is one then."""


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
        ``review``, and contact sheets of all but forms.
    outbox : Path
    form : Form or None
        What its pages are read with in mind.
    form_files : tuple of Path
        What the form is made of: none of these is to be read as a page.
    """

    reader: PageReader
    model_id: str
    annotator: Annotator
    limits: Limits
    annotate: str
    outbox: Path
    form: Form | None = None
    form_files: tuple[Path, ...] = ()

    @property
    def makes_sheets(self) -> bool:
        """Whether each reading has a place on a contact sheet."""
        return self.annotate == "sheet" and self.form is None

    @property
    def reader_id(self) -> str:
        """What tells this model, and this form, from any other."""
        return self.model_id if self.form is None else f"{self.model_id}+{self.form.id}"

    def run(self, source: Path, name: str, *, first: int = 1, last: int | None = None) -> Outcome:
        """Read a file and draw its pictures; see `read`. Cells for contact sheets are drawn, and given back.

        Parameters
        ----------
        source, name
            As in `read`.
        first, last : int
            Of the pages that are read, from 1; None for all from the first on.

        Raises
        ------
        OutputError
            When a picture cannot be written.
        """
        painter = self.painter
        cells: list[bytes | None] = []

        def draw(page: Page | None, what: Reading | Sheet, picture: str) -> bool:
            if self.makes_sheets and isinstance(what, Reading):
                cells.append(painter.draw_packed_cell(page, what, name))
            return bool(picture) and painter.draw(page, what, name, picture)

        outcome = self._run(source, name, draw, first, last)
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

    def _run(self, source: Path, name: str, draw: _Draw, first: int = 1, last: int | None = None) -> Outcome:
        began = time.perf_counter()
        sha256 = ""
        found: list[Reading | Sheet] = []
        pictures: list[str] = []

        def note(page: Page | None, what: Reading | Sheet) -> None:
            if isinstance(what, Reading) and self.form is not None:
                what = unread(self.form.name, what)
            readings = _readings_of(what)
            picture = picture_path(readings, name, sha256, self.annotate, of_form=self.form is not None)
            picture = picture if draw(page, what, picture) else ""
            found.append(what)
            pictures.extend([picture] * len(readings))

        try:
            data = read_bytes(source, self.limits.max_bytes)
            sha256 = hashlib.sha256(data).hexdigest()
            pages = islice(decode_pages(data, self.limits, first=first), None if last is None else last - first + 1)
            for number, page in enumerate(pages, start=first):
                if isinstance(page, Rejection):
                    note(None, _rejected(page, number))
                else:
                    note(page, self._read_page(page, number, name))
            if not found:
                raise Rejection("not_an_image", "the file holds no page")
        except OutputError:
            raise
        except Rejection as rejection:
            note(None, _rejected(rejection, first + len(found)))
        except Exception as error:  # one file must not stop the others; this is one of the two places (STYLE)
            logger.exception("a file could not be read because of an error in digitd", extra={"fields": {"file": name}})
            note(None, _broken(error, first + len(found)))
        return Outcome(
            name=name,
            sha256=sha256,
            readings=tuple(reading for what in found for reading in _readings_of(what)),
            pictures=tuple(pictures),
            elapsed_ms=(time.perf_counter() - began) * 1000,
            sheets=tuple(what for what in found if isinstance(what, Sheet)),
        )

    def _read_page(self, page: Page, number: int, name: str) -> Reading | Sheet:
        try:
            what = self.reader.read(page, number)
        except Exception as error:  # nor one page
            fields = {"file": name, "page": number}
            logger.exception("a page could not be read because of an error in digitd", extra={"fields": fields})
            return _broken(error, number)
        if isinstance(what, Sheet) and not what.readings:  # a page of the form on which it has no field
            detail = f"page {what.form_page} of the form {what.form} has no fields"
            nothing = Reading(
                page=number, value="", confidence=None, status=Status.BLANK, reason="no_fields", detail=detail
            )
            return replace(what, readings=(nothing,))
        return what


def _readings_of(what: Reading | Sheet) -> tuple[Reading, ...]:
    return what.readings if isinstance(what, Sheet) else (what,)


def _broken(error: Exception, page: int) -> Reading:
    return failed(page, "internal_error", f"{type(error).__name__}: {error}")


def prepare_job(
    *,
    model_path: Path | None,
    review: Review,
    limits: Limits,
    annotate: str,
    outbox: Path,
    form: Path | None = None,
) -> Job:
    """Load the model and put a job together.

    Parameters
    ----------
    model_path : Path or None
        An artefact; None is the model that ships with digitd.
    form : Path or None
        The template of the form whose pages are read; None reads digits.

    Raises
    ------
    ModelError
        When the artefact is missing, damaged or made for another version.
    ConfigError
        When the template, or a file that it names, cannot be used.
    """
    jobs = prepare_jobs([form], model_path=model_path, review=review, limits=limits, annotate=annotate, outbox=outbox)
    return jobs[form]


def prepare_jobs(
    forms: Iterable[Path | None],
    *,
    model_path: Path | None,
    review: Review,
    limits: Limits,
    annotate: str,
    outbox: Path,
) -> dict[Path | None, Job]:
    """Do what `prepare_job` does for several forms, None for digits, with one model; raises as it does."""
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
    digits = Job(
        reader=Reader(classifier=classifier, threshold=threshold),
        model_id=artefact.model_id,
        annotator=Annotator(),
        limits=limits,
        annotate=annotate,
        outbox=outbox,
    )
    jobs: dict[Path | None, Job] = {}
    for path in forms:
        if path is None:
            jobs[path] = digits
        elif path not in jobs:
            work = prepare_form(path, classifier=classifier, review=review, limits=limits)
            fields = {"form": work.form.name, "template": str(path), "id": work.form.id}
            logger.info("form loaded", extra={"fields": fields})
            jobs[path] = replace(digits, reader=work.reader, form=work.form, form_files=work.files)
    _refuse_two_of_a_name(jobs)
    return jobs


def _refuse_two_of_a_name(jobs: dict[Path | None, Job]) -> None:
    """Refuse forms that share a name, and so a CSV, and are not the same."""
    seen: dict[str, tuple[Path | None, str]] = {}
    for path, job in jobs.items():
        if job.form is None:
            continue
        other, form_id = seen.setdefault(job.form.name, (path, job.form.id))
        if form_id != job.form.id:
            raise ConfigError(
                f"{other} and {path} both are the form {job.form.name!r}, and differ",
                hint="give one of them another name, or both inboxes the same template",
            )


def _rejected(rejection: Rejection, page: int) -> Reading:
    return failed(page, rejection.reason, ". ".join(part for part in (str(rejection), rejection.hint) if part))
