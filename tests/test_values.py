import pickle

from digitd.errors import ExitCode, Rejection
from digitd.values import FieldTally, Outcome, Reading, Status, Summary, failed


def a_reading(**kwargs):
    return Reading(**({"page": 1, "value": "7", "confidence": 0.9, "status": Status.ACCEPTED} | kwargs))


def test_alternatives_are_the_two_runners_up():
    reading = a_reading(probabilities=(0.01, 0.0, 0.0, 0.03, 0.0, 0.0, 0.0, 0.9, 0.05, 0.01))
    assert reading.alternatives == (("8", 0.05), ("3", 0.03))


def test_alternatives_that_would_be_written_as_zero_are_left_out():
    assert a_reading(probabilities=(0.0, 0.00004, *[0.0] * 5, 0.99996, 0.0, 0.0)).alternatives == ()


def test_file_has_failed_only_when_every_page_has():
    def outcome(*readings):
        return Outcome(name="a", sha256="", readings=readings, pictures=("",) * len(readings), elapsed_ms=1.0)

    assert outcome(failed(1, "truncated", "half")).reason == "truncated"
    mixed = outcome(a_reading(), failed(2, "truncated", "half"))
    assert (mixed.is_failed, mixed.reason, mixed.detail) == (False, "", "")


def test_rejection_crosses_a_process_border():
    copy = pickle.loads(pickle.dumps(Rejection("truncated", "half is missing", hint="send it again")))  # noqa: S301
    assert (copy.reason, str(copy), copy.hint, copy.exit_code) == (
        "truncated",
        "half is missing",
        "send it again",
        ExitCode.INPUT,
    )


def test_summary_adds_up_its_fields():
    fields = (FieldTally(name="id", accepted=7, review=2), FieldTally(name="q1", accepted=5, review=1, blank=3))
    summary = Summary(
        form="exam",
        model="",
        pages=10,
        registered=9,
        blank_pages=0,
        failed_pages=("scan.pdf, page 4",),
        fields=fields,
        reasons={"low_confidence": 3},
        elapsed_s=2.0,
    )
    assert (summary.accepted, summary.review, summary.blank, summary.pages_per_min) == (12, 3, 3, 300.0)
