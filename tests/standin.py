"""Digitd with a reader of forms that reads four grey squares: ``python -m tests.standin WORDS...``.

A page is four squares: what kind of page it is, and the values of three fields, each a fifth of the grey level. So what
becomes of a page is tested without what it takes to read real ones, in processes of any kind.
"""

import hashlib
import sys
import tomllib
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image

import digitd.job
from digitd.cli import run
from digitd.errors import ConfigError
from digitd.formfile import refuse_doubled_columns
from digitd.formwork import FormWork
from digitd.values import BoxReading, Form, Reading, Sheet, Status

READ, OTHER, EMPTY, BROKEN, DEADLY = range(1, 6)
"""Kinds of pages: one of the form, of another form, an empty one, and those that raise or end the process."""
SURE, DOUBTFUL = 0, 1

TEMPLATE = """
form = "exam"
field = [{ name = "id", unique = true }, { name = "mark" }]
"""


def page(number, mark=7, doubt=SURE, kind=READ):
    """Draw a page as an image."""
    squares = np.array([[kind, number], [mark, doubt]], np.uint8) * 5
    return Image.fromarray(squares.repeat(40, axis=0).repeat(40, axis=1))


def document(*pages, kind="TIFF"):
    """Return the bytes of a document of pages."""
    content = BytesIO()
    more = {} if len(pages) == 1 and kind == "PNG" else {"save_all": True, "append_images": pages[1:]}
    pages[0].save(content, kind, **more)
    return content.getvalue()


@dataclass(frozen=True)
class Reader:
    """Reads the squares."""

    form: Form

    def warm_up(self):
        """Do nothing."""

    def read(self, picture, number):
        """Read one page."""
        height, width = picture.shape[:2]
        grey = picture.reshape(height, width, -1)[..., 0]
        levels = grey[height // 4 :: height // 2, width // 4 :: width // 2][:2, :2]
        kind, *values, doubt = (round(int(level) / 5) for level in levels.ravel())
        if kind == BROKEN:
            raise ZeroDivisionError("broken")
        if kind == DEADLY:
            from tests.faults.crashing import kill

            kill()
        if kind != READ:
            return self._sheet(number, 0, [_unread(number, kind)])
        values += [0] * len(self.form.fields)
        return self._sheet(
            number, 1, [_read(number, name, values[at], doubt and at == 1) for at, name in enumerate(self.form.fields)]
        )

    def _sheet(self, number, form_page, readings):
        return Sheet(
            page=number,
            form=self.form.name,
            form_page=form_page,
            size_mm=(210.0, 297.0) if form_page else (0.0, 0.0),
            transform=(0.4, 0, 0, 0, 0.25, 0, 0, 0, 1) if form_page else (),
            method="markers" if form_page else "",
            rms_mm=0.05 if form_page else None,
            tried=() if form_page else ("markers: none found",),
            readings=tuple(readings),
        )


def _unread(number, kind):
    status, reason = (Status.BLANK, "blank_page") if kind == EMPTY else (Status.FAILED, "unregistered")
    return Reading(page=number, value="", confidence=None, status=status, reason=reason, detail="nothing matches")


def _read(number, field, value, is_doubtful):
    status = Status.REVIEW if is_doubtful else Status.ACCEPTED
    box = BoxReading(
        corners=((20, 20), (26, 20), (26, 28), (20, 28)), value=str(value)[-1], confidence=0.9, status=status
    )
    return Reading(
        page=number,
        value=str(value),
        confidence=0.5 if is_doubtful else 0.99,
        status=status,
        reason="low_confidence" if is_doubtful else "",
        field=field,
        runners_up=(("3", 0.01),),
        boxes=(box,),
    )


def prepare(path, **_):
    """Load a template of nothing but names."""
    try:
        content = path.read_bytes()
        tables = tomllib.loads(content.decode())
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot read the template {path}: {error}", hint="mend it") from error
    form = Form(
        name=tables["form"],
        id=hashlib.sha256(content).hexdigest()[:12],
        fields=tuple(field["name"] for field in tables["field"]),
        unique=frozenset(field["name"] for field in tables["field"] if field.get("unique")),
    )
    refuse_doubled_columns(path.name, form.name, form.fields)
    return FormWork(reader=Reader(form), form=form, files=(path,))


def arm():
    """Put the reader of squares in the place of the real one."""
    digitd.job.prepare_form = prepare


if __name__ == "__main__":
    arm()
    sys.exit(run(sys.argv[1:]))
