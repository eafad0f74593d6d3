"""Put what became of a file into the fields of a log line."""

from collections import Counter

from digitd.names import printable
from digitd.pagerows import page_status
from digitd.values import Outcome, Status


def summary(outcome: Outcome) -> dict[str, object]:
    """Return the fields of a log line about an outcome."""
    first = outcome.readings[0]
    fields: dict[str, object] = {"file": printable(outcome.name), "result": first.status.value}
    if outcome.sheets:
        return fields | _summary_of_sheets(outcome)
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


def _summary_of_sheets(outcome: Outcome) -> dict[str, object]:
    counts = Counter(reading.status for reading in outcome.readings)
    fields: dict[str, object] = {
        "result": page_status(outcome.readings).value,
        "form": outcome.sheets[0].form,
        "pages": len(outcome.sheets),
    }
    fields |= {status.value: counts[status] for status in Status if counts[status]}
    if outcome.reason:
        fields |= {"reason": outcome.reason, "detail": outcome.detail}
    return fields | {"ms": round(outcome.elapsed_ms, 1)}
