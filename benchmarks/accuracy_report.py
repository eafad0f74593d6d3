"""Say what was read right: one table in Markdown, some lines after it, and everything as JSON."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from benchmarks.accuracy_notes import notes_on_method, notes_on_use
from benchmarks.drawn import CLUMSY, CORRUPTED, ROUND_TRIPS
from benchmarks.machine import Machine, heading
from benchmarks.pace import Pace
from benchmarks.rejects import Area, Blanks, Rubbish, in_all
from benchmarks.report import figure
from benchmarks.results import Count, Row, trust_in
from benchmarks.sets import MNIST, REAL
from benchmarks.shipped import Shipped
from benchmarks.ways import DIGITD, TESSERACT, WAYS
from digitd.values import Reading, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All of a run."""

    seed: int
    shipped: Shipped
    rows: Sequence[Row]
    rubbish: Rubbish
    blanks: Blanks
    pace: Pace
    normaliser_us: Mapping[int, float]
    target_error: float
    tesseract_rows: int | None


def markdown(machine: Machine, measured: Measured) -> str:
    """Write the report that a person reads."""
    lines = [
        *heading(machine, str(measured.shipped), f"Pages drawn with seed {measured.seed}."),
        *_table(measured),
        "",
        *(f"- {note}" for note in notes_on_method(measured.shipped)),
        "",
        *(f"- {line}" for line in _findings(measured)),
        "",
        *(f"- {note}" for note in notes_on_use()),
    ]
    return "\n".join(lines) + "\n"


def record(machine: Machine, measured: Measured) -> dict[str, object]:
    """Return everything as JSON takes it; of readings their summary only."""
    table = asdict(replace(measured, rows=[]))
    return {
        "machine": asdict(machine),
        "model": table.pop("shipped"),
        **table,
        "rows": [_row_record(row) for row in measured.rows],
        "trust": {name: asdict(trust_in(readings, labels)) for name, readings, labels in _trusted(measured.rows)},
        "notes": [*notes_on_method(measured.shipped), *notes_on_use()],
    }


def _row_record(row: Row) -> dict[str, object]:
    right = {way: asdict(count) for way, count in row.right.items()}
    return {"group": row.group, "name": row.name, "note": row.note, "right": right}


def _table(measured: Measured) -> Iterator[str]:
    rows = measured.tesseract_rows
    note = "not installed" if rows is None else f"on {rows:,} of each"
    heads = ("", "images", *WAYS[:-1], f"{TESSERACT} ({note})")
    yield f"| {' | '.join(heads)} |"
    yield f"| --- |{' ---: |' * (len(heads) - 1)}"
    for name, images, cells in _lines(measured.rows):
        yield f"| {' | '.join((name, images, *(cells.get(way, '') for way in WAYS)))} |"


def _lines(rows: Sequence[Row]) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Give (name, images, cells by way) of each line of the table, the means after what they are taken over."""
    mnist, trips, real = ([row for row in rows if row.group == group] for group in (MNIST, ROUND_TRIPS, REAL))
    corrupted = [row for row in rows if row.group == CORRUPTED]
    others = [row for row in corrupted if row.name not in CLUMSY]
    yield from map(_line, mnist)
    yield from map(_line, trips)
    yield f"**round trips, mean of {len(trips)}**", "", _summary(trips, _mean)
    yield "**round trips, worst**", "", _summary(trips, min)
    yield from map(_line, others)
    yield f"**corruptions, mean of these {len(others)}**", "", _summary(others, _mean)
    yield from (_line(row) for row in corrupted if row.name in CLUMSY)
    yield f"**corruptions, mean of all {len(corrupted)}**", "", _summary(corrupted, _mean)
    yield from map(_line, real)


def _line(row: Row) -> tuple[str, str, Mapping[str, str]]:
    cells = {way: percent(count.share) for way, count in row.right.items() if count.of}
    return f"{row.group}: {row.name}", f"{row.right[DIGITD].of:,}", cells


def _summary(rows: Sequence[Row], of: Callable[[Sequence[float]], float]) -> Mapping[str, str]:
    shares = {way: [row.right[way].share for row in rows if way in row.right] for way in WAYS}
    return {way: percent(of(values)) for way, values in shares.items() if values}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _findings(measured: Measured) -> Iterator[str]:
    for name, readings, labels in _trusted(measured.rows):
        trust = trust_in(readings, labels)
        yield (
            f"{name}, target error {measured.target_error:g}: {percent(trust.accepted.share)} accepted, of these "
            f"{percent(trust.wrong.share)} wrong ({_of(trust.wrong)}). ECE, 15 bins: {trust.ece:.4f}."
        )
    yield from _rejections(measured)
    digits = next(row for row in measured.rows if row.group == MNIST and row.readings)
    blank = Count(hits=sum(r.status is Status.BLANK for r in digits.readings), of=len(digits.readings))
    no_digit = Count(hits=sum(r.reason == "not_a_digit" for r in digits.readings), of=len(digits.readings))
    yield f"MNIST digits called blank: {_of(blank)}; called no digit: {_of(no_digit)}."
    pace = measured.pace
    yield (
        f"Model alone, one digit at a time, LiteRT on one thread: {figure(pace.ratio)} times as fast as Keras predict "
        f"({figure(pace.lowest)}-{figure(pace.highest)}); {pace.per_s:,.0f} and {pace.keras_per_s:,.1f} digits/s."
    )
    times = ", ".join(f"{us:.0f} us at {side_px} px" for side_px, us in measured.normaliser_us.items())
    yield f"Normaliser, median: {times}."


def _rejections(measured: Measured) -> Iterator[str]:
    rubbish, blanks = measured.rubbish, measured.blanks
    yield (
        "No digit, on drawn pages, against MNIST test digits as bare 28 px images, AUROC over kinds not trained on: "
        f"{_areas(rubbish.from_bare)}."
    )
    yield (
        "The same against these digits on pages of the round trips, one random condition each, small_on_large excepted"
        f": {_areas(rubbish.from_drawn)}."
    )
    kinds = ", ".join(f"{kind} {percent(count.share)}" for kind, count in rubbish.accepted.items())
    accepted = in_all(rubbish.accepted)
    yield f"Of these pages without a digit {_of(accepted)} were accepted as one ({kinds})."
    kinds = ", ".join(f"{kind} {count.hits}" for kind, count in blanks.read.items() if count.hits)
    yield (
        f"Blank pages read as a digit: {_of(in_all(blanks.read))}, of which {in_all(blanks.accepted).hits} accepted"
        + (f" ({kinds})." if kinds else ".")
    )


def _areas(area: Area) -> str:
    return f"{area.of_all:.4f} ({', '.join(f'{kind} {of:.4f}' for kind, of in area.by_kind.items())})"


def _trusted(rows: Sequence[Row]) -> Iterator[tuple[str, Sequence[Reading], Sequence[str]]]:
    """Give (name, readings, labels) of MNIST and of the real sets together."""
    for group, name in ((MNIST, "MNIST test, PNG files"), (REAL, "Real sets together")):
        readings = [reading for row in rows if row.group == group for reading in row.readings]
        labels = [label for row in rows if row.group == group for label in row.labels]
        yield name, readings, labels


def percent(share: float) -> str:
    """Write a share with two decimals, never rounded up to 100 %."""
    hundredths = int(10_000 * share + 0.5)
    return f"{(hundredths if share == 1 else min(hundredths, 9_999)) / 100:.2f} %"


def _of(count: Count) -> str:
    return f"{count.hits:,} of {count.of:,}"
