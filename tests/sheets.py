"""Sheets as a reader of forms makes them."""

from digitd.values import BoxReading, Form, Outcome, Reading, Sheet, Status

FORM = Form(name="exam", id="0123456789ab", fields=("id", "mark"), unique=frozenset({"id"}))


def field(name, value, *, page=1, status=Status.ACCEPTED, reason="", raw="", confidence=0.99):
    box = BoxReading(corners=((1.5, 2), (3, 2), (3, 4), (1.5, 4)), value=value[-1:], confidence=0.9, status=status)
    return Reading(
        page=page,
        value=value,
        confidence=None if status is Status.BLANK else confidence,
        status=status,
        reason=reason,
        field=name,
        raw=raw,
        runners_up=(("3", 0.01),),
        boxes=(box,),
    )


def sheet(*readings, form_page=1):
    return Sheet(
        page=readings[0].page,
        form="exam",
        form_page=form_page,
        size_mm=(210.0, 297.0),
        transform=(0.5, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 1.0),
        method="markers",
        rms_mm=0.0514,
        tried=("markers: four found",),
        readings=readings,
    )


def outcome(name, *sheets):
    readings = tuple(reading for page in sheets for reading in page.readings)
    return Outcome(
        name=name, sha256="f" * 64, readings=readings, pictures=("",) * len(readings), elapsed_ms=1.0, sheets=sheets
    )
