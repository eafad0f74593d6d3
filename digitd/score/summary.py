"""Say what all files of a folder of results came to that were scored with one form, each as it was scored last.

Files are counted whose rows are in the ledger, whichever run wrote them; so a run that goes on after an interruption
ends with the same summary as one that was never interrupted.
"""

import json
from collections import Counter, defaultdict
from pathlib import Path

from digitd.durable import sweep, write_whole
from digitd.errors import OutputError
from digitd.ledger import Ledger
from digitd.rows import decode_line
from digitd.values import FieldTally, Form, Status, Summary


def summarise(ledger: Ledger, form: Form, model_id: str) -> Summary:
    """Count the pages and fields of a form. Rows are taken one by one: there may be millions."""
    pages = registered = blank_pages = 0
    failed: list[tuple[int, dict[str, str]]] = []
    have_several: set[int] = set()
    fields: defaultdict[str, Counter[str]] = defaultdict(Counter)
    reasons: Counter[str] = Counter()
    before = (0, "")
    for delivery, line in ledger.forms.rows_of(form.name):
        row = decode_line(line)
        if row["field"]:
            fields[row["field"]][row["status"]] += 1
            if row["status"] == Status.REVIEW:
                reasons[row["reason"]] += 1
        last, before = before, (delivery, row["page"])
        if before == last:  # rows of a page follow each other, and so do the pages of a file
            continue
        pages += 1
        registered += bool(row["field"]) or row["reason"] == "no_fields"
        blank_pages += row["reason"] == "blank_page"
        if row["status"] == Status.FAILED:
            failed.append((delivery, row))
        if delivery == last[0]:
            have_several.add(delivery)
    return Summary(
        form=form.name,
        model=model_id,
        pages=pages,
        registered=registered,
        blank_pages=blank_pages,
        failed_pages=tuple(_name_of(row, has_several=delivery in have_several) for delivery, row in failed),
        fields=tuple(_tally(name, fields[name]) for name in form.fields),
        reasons=dict(reasons.most_common()),
        elapsed_s=ledger.forms.elapsed_s(form.name),
    )


def _name_of(row: dict[str, str], *, has_several: bool) -> str:
    return f"{row['file']} page {row['page']}" if has_several else row["file"]


def _tally(name: str, counts: Counter[str]) -> FieldTally:
    return FieldTally(
        name=name, accepted=counts[Status.ACCEPTED], review=counts[Status.REVIEW], blank=counts[Status.BLANK]
    )


def write_summary(summary: Summary, out: Path) -> None:
    """Write summary.json and summary.png.

    Raises
    ------
    OutputError
        When they cannot be written.
    """
    from digitd.annotate.summary import render_summary  # loads Matplotlib

    text = json.dumps(facts_of(summary), indent=2, ensure_ascii=False) + "\n"
    try:
        sweep(out)  # what a run that was killed was writing
        write_whole(out / "summary.json", text.encode())
        write_whole(out / "summary.png", render_summary(summary))
    except OSError as error:
        raise OutputError(
            f"cannot write the summary to {out}: {error.strerror}", hint="make room or make the folder writable"
        ) from error


def facts_of(summary: Summary) -> dict[str, object]:
    """Return a summary as what JSON can hold; the names and their meanings are a contract."""
    return {
        "form": summary.form,
        "model": summary.model,
        "pages": summary.pages,
        "registered": summary.registered,
        "blank_pages": summary.blank_pages,
        "failed_pages": list(summary.failed_pages),
        "fields": sum(field.total for field in summary.fields),
        "accepted": summary.accepted,
        "review": summary.review,
        "blank": summary.blank,
        "reasons": dict(summary.reasons),
        "by_field": {
            field.name: {"accepted": field.accepted, "review": field.review, "blank": field.blank}
            for field in summary.fields
        },
        "elapsed_s": round(summary.elapsed_s, 1),
        "pages_per_min": round(summary.pages_per_min, 1),
    }
