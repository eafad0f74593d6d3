"""Keep what was read: pictures first, then the rows that name them."""

from collections.abc import Iterator, Sequence
from itertools import chain

from digitd.job import Job
from digitd.ledger import Ledger, Owed
from digitd.painter import Commission
from digitd.publish import commit, sync_pictures
from digitd.score.collect import Source
from digitd.unique import Rivals
from digitd.values import Outcome


def keep(news: Sequence[tuple[Source, Outcome]], job: Job, ledger: Ledger) -> Sequence[tuple[Source, Outcome]]:
    """Commit outcomes, and return them as they were committed: with values to review that another page has.

    Raises
    ------
    OutputError
        When a picture or the ledger cannot be written.
    """
    if job.form is not None:
        rivals = Rivals(ledger, job.form, job.annotate)
        news = [(source, _judged(outcome, source, rivals, job)) for source, outcome in news]
    outcomes = [outcome for _, outcome in news]
    if job.makes_sheets:
        cells = chain.from_iterable(_cells(outcome, job) for outcome in outcomes)
        job.painter.write_cells(cells, ledger.last_seq() + 1)
    if job.annotate != "none":
        sync_pictures(job.outbox)
    deliveries = ledger.claim(
        (source.path.parent, source.name, source.identity_for(job.reader_id)) for source, _ in news
    )
    commit(
        ledger,
        zip(deliveries, outcomes, strict=True),
        model_id=job.model_id,
        state="settled",
        sheets=job.makes_sheets,
        form=job.form,
        owners={delivery.id: source.owner for delivery, (source, _) in zip(deliveries, news, strict=True)},
    )
    return news


def _judged(outcome: Outcome, source: Source, rivals: Rivals, job: Job) -> Outcome:
    """Send to review what another page has, and draw such pages again: a worker has drawn them as if all was well."""
    judged = rivals.judge(outcome, source.owner)
    if judged is outcome:
        return outcome
    pictures = {reading.page: picture for reading, picture in zip(judged.readings, judged.pictures, strict=True)}
    owed = [
        Owed(picture=pictures[sheet.page], reading=sheet)
        for sheet, before in zip(judged.sheets, outcome.sheets, strict=True)
        if sheet is not before and pictures[sheet.page]
    ]
    job.painter.paint([Commission(source=source.path, name=outcome.name, owed=owed)])
    return judged


def _cells(outcome: Outcome, job: Job) -> Iterator[bytes | None]:
    """Yield a cell for each reading, also where the process that should have drawn it has died."""
    yield from outcome.cells
    for reading in outcome.readings[len(outcome.cells) :]:
        yield job.painter.draw_packed_cell(None, reading, outcome.name)
