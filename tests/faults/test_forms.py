"""The process ends at any moment while it reads forms; each page has its rows and its line once, and its picture."""

import signal

import pytest

from tests.faults.invariants import assert_forms
from tests.faults.test_crashes import COPYING, DELIVERY, RECOVERY
from tests.standin import DOUBTFUL, OTHER, TEMPLATE, document, page

KILLED = -signal.SIGKILL
PAGES = 6
_EACH = {"taking", "taken", "reading", "moved"}
"""Points that each file passes. Of appends, the third is to the CSV of the form, after the header and the rows."""


@pytest.fixture
def forms(place, tmp_path):
    """Deliver pages, a document with a page of another form, and what is no image."""
    (tmp_path / "exam.toml").write_text(TEMPLATE)
    place.program, place.crashing = "tests.standin", "tests.faults.formed"
    place.variables = {"DIGITD_INBOX_KIND": "form", "DIGITD_INBOX_FORM": str(tmp_path / "exam.toml")}
    place.drop("a.png", document(page(1), kind="PNG"))
    place.drop("bad.png", b"not an image")
    place.drop("three.tif", document(page(2), page(0, kind=OTHER), page(3, doubt=DOUBTFUL)))
    place.drop("twice.png", document(page(1), kind="PNG"))
    return place


def ended(forms, before):
    """Serve to the end, and check what must hold."""
    forms.once(**forms.variables)
    rows = forms.check(before_csv=before)
    assert_forms(forms.outbox, pages=PAGES)
    reasons = sorted((row["reason"], row["page"]) for row in rows if row["reason"])
    assert reasons == [("low_confidence", "3"), ("not_an_image", "1"), ("rule_unique", "1"), ("unregistered", "2")]
    return rows


@pytest.mark.fault("kill -9 at every step of the delivery of forms")
@pytest.mark.parametrize("point", [point for point in DELIVERY if point not in COPYING])
def test_kill_at_a_step(forms, point):
    number = {"appending": 3, "appended": 3, "projected": 3}.get(point, 2 if point in _EACH else 1)
    forms.once(plan=f"{point}:{number}", expect=KILLED, **forms.variables)
    ended(forms, forms.csv)


@pytest.mark.fault("kill -9 at every step of the recovery of forms")
@pytest.mark.parametrize("point", [point for point in RECOVERY if point != "adopting"])
def test_kill_during_recovery(forms, point):
    forms.once(plan="read:2" if point == "redoing" else "committed:1", expect=KILLED, **forms.variables)
    forms.once(plan=f"{point}:1", expect=KILLED, **forms.variables)
    ended(forms, forms.csv)


@pytest.mark.fault("kill -9 in the middle of an append to the CSV of a form")
def test_torn_line_is_completed(forms):
    forms.once(plan="torn:3", expect=KILLED, **forms.variables)
    torn = (forms.outbox / "forms" / "exam.csv").read_bytes()
    assert torn
    assert not torn.endswith(b"\n")
    ended(forms, forms.csv)
    assert (forms.outbox / "forms" / "exam.csv").read_bytes().startswith(torn)


@pytest.mark.fault("kill -9 while the CSV of a form is put by for its new fields")
@pytest.mark.parametrize("point", ["closing", "put_by", "closed"])
def test_kill_while_the_file_is_put_by(forms, tmp_path, point):
    forms.once(**forms.variables)
    before = (forms.outbox / "forms" / "exam.csv").read_bytes()
    (tmp_path / "exam.toml").write_text(TEMPLATE.replace("mark", "points"))
    forms.drop("late.png", document(page(9), kind="PNG"))
    forms.once(plan=f"{point}:1", expect=KILLED, **forms.variables)
    forms.once(**forms.variables)
    assert sorted(entry.name for entry in (forms.outbox / "forms").iterdir()) == ["exam.csv", "exam.csv.old-1"]
    assert (forms.outbox / "forms" / "exam.csv.old-1").read_bytes() == before
    assert b"points.status" in (forms.outbox / "forms" / "exam.csv").read_bytes()
    assert_forms(forms.outbox, pages=1)
    forms.check()


@pytest.mark.fault("the CSV of a form cut, edited or removed by somebody else")
@pytest.mark.parametrize("harm", ["cut", "edited", "removed"])
def test_csv_of_a_form_that_somebody_touches_is_written_anew(forms, harm):
    forms.once(**forms.variables)
    csv = forms.outbox / "forms" / "exam.csv"
    content = csv.read_bytes()
    match harm:
        case "cut":
            csv.write_bytes(content[:-30])
        case "edited":
            csv.write_bytes(content.replace(b"a.png", b"X.png"))
        case "removed":
            csv.unlink()
            csv.parent.rmdir()
    forms.drop("late.png", document(page(9), kind="PNG"))
    forms.once(**forms.variables)
    assert csv.read_bytes().startswith(content)
    assert_forms(forms.outbox, pages=PAGES + 1)
    assert (csv.parent / "exam.csv.damaged-1").exists() == (harm != "removed")
