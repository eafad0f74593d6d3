"""Count what became of pages of forms, and say it in tables."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.form_pages import MOST_OFF_MM, PHONE, SCAN, WRONG, FieldResult, PageResult
from digitd.values import Status
from tests.forms.simulation.layouts import layouts


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    def __str__(self) -> str:
        """Say it as per cent, and as numbers."""
        return f"{100 * self.hits / self.of:.2f} % ({self.hits:,} of {self.of:,})" if self.of else "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of some pages.

    Attributes
    ----------
    registered : Share
        Of pages.
    misplaced : int
        Pages with values though boxes were found more than `MOST_OFF_MM` from where they are.
    fields_right, digits_right : Share
        Of those nobody will look at; digits by box, an empty box that was read as a digit included.
    fields_review, digits_review : Share
        Of those with something written or read, on registered pages; digits go with their fields.
    digits_doubtful : Share
        Digits that would be looked at if each were for itself.
    reasons : mapping of str to int
        Of fields to review.
    """

    registered: Share
    misplaced: int
    fields_right: Share
    fields_review: Share
    digits_right: Share
    digits_review: Share
    digits_doubtful: Share
    reasons: Mapping[str, int]


def count(pages: Sequence[PageResult]) -> Counts:
    """Count pages that are of their form."""
    found = [page for page in pages if page.method]
    fields = [field for page in found for field in page.fields]
    used = [field for field in fields if field.written.strip() or field.status is not Status.BLANK]
    settled = [field for field in fields if field.is_settled]
    digits = sum(_digits(field) for field in used)
    to_review = [field for field in used if field.status is Status.REVIEW]
    return Counts(
        registered=Share(hits=len(found), of=len(pages)),
        misplaced=sum(page.is_misplaced and page.gives_values for page in found),
        fields_right=Share(hits=sum(field.is_right for field in settled), of=len(settled)),
        fields_review=Share(hits=len(to_review), of=len(used)),
        digits_right=Share(hits=sum(map(_right, settled)), of=sum(map(_digits, settled))),
        digits_review=Share(hits=sum(map(_digits, to_review)), of=digits),
        digits_doubtful=Share(hits=sum(field.doubtful for field in used), of=digits),
        reasons=Counter(field.reason for field in to_review),
    )


def table(pages: Sequence[PageResult]) -> Iterator[str]:
    """Write a line for each way of taking pictures, and for each layout of each."""
    yield "| pages | registered | misplaced | fields right | fields to review | digits right | to review | doubtful |"
    yield f"| --- |{' ---: |' * 7}"
    for kind in (SCAN, PHONE):
        of_kind = [page for page in pages if page.task.kind == kind]
        yield _line(f"**{kind}**", of_kind)
        for place, layout in enumerate(layouts()):
            yield _line(f"{kind}, {layout.template.form}", [page for page in of_kind if page.task.layout == place])


def notes(pages: Sequence[PageResult]) -> Iterator[str]:
    """Say why fields go to review, why pages were not found, and what became of wrong pages."""
    right = [page for page in pages if page.task.kind not in WRONG]
    yield f"Fields to review: {_listed(count(right).reasons)}."
    yield f"Found by: {_listed(Counter(page.method for page in right if page.method))}."
    yield f"Not found: {_listed(Counter(page.reason for page in right if not page.method))}."
    for kind in WRONG:
        of_kind = [page for page in pages if page.task.kind == kind]
        found = [page for page in of_kind if page.method]
        misplaced = sum(page.is_misplaced for page in found)
        wrong = sum(page.wrong_values for page in found)
        yield (
            f"Wrong pages, {kind}: {len(found)} of {len(of_kind)} registered, {misplaced} of these with boxes more "
            f"than {MOST_OFF_MM} mm from where they are printed; {wrong} wrong values that nobody would look at."
        )


def mistakes(pages: Sequence[PageResult]) -> Iterator[str]:
    """List pages and fields that are wrong and that nobody would look at."""
    for page in pages:
        if page.is_misplaced:
            yield f"{page.task.name}: found by {page.method}, {page.off_mm:.1f} mm off"
        elif not page.method and page.task.kind not in WRONG:
            yield f"{page.task.name}: {page.reason}"
        for field in page.fields:
            if field.is_settled and not field.is_right:
                yield f"{page.task.name}: {field.name} is {field.written!r}, read {field.read!r}, {field.value!r}"


def _line(name: str, pages: Sequence[PageResult]) -> str:
    counts = count(pages)
    cells = (
        name,
        counts.registered,
        counts.misplaced,
        counts.fields_right,
        counts.fields_review,
        counts.digits_right,
        counts.digits_review,
        counts.digits_doubtful,
    )
    return f"| {' | '.join(map(str, cells))} |"


def _digits(field: FieldResult) -> int:
    return sum(one != " " or other != " " for one, other in _boxes(field))


def _right(field: FieldResult) -> int:
    return sum(one == other != " " for one, other in _boxes(field))


def _boxes(field: FieldResult) -> Iterator[tuple[str, str]]:
    return zip(field.written.ljust(len(field.read)), field.read, strict=True)


def _listed(counted: Mapping[str, int]) -> str:
    ranked = sorted(counted.items(), key=lambda item: -item[1])
    return ", ".join(f"{name or 'without a reason'} {number:,}" for name, number in ranked) or "none"
