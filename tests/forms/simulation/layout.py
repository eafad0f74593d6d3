"""What a layout is: a template and how its pages are printed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from digitd.forms.template import Field, FormPage, Marker, Rect, Template
from tests.forms.simulation.press import Press

A4, LETTER = (210.0, 297.0), (215.9, 279.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A form as its owner printed it.

    Attributes
    ----------
    template : Template
    art : function of (Press, int, Template)
        Prints everything but boxes and markers on the page of a number.
    border_grey, border_mm
        Of its boxes.
    makers : mapping of str to function of Generator to str
        What is written in fields whose rules do not say it.
    """

    template: Template
    art: Callable[[Press, int, Template], None]
    border_grey: int = 0
    border_mm: float = 0.3
    makers: Mapping[str, Callable] = field(default_factory=dict)

    def __hash__(self):
        return hash((self.template.form, self.template.fields, self.border_grey))

    def page(self, number) -> FormPage:
        return self.template.pages[number - 1]


@lru_cache(maxsize=32)
def blank_page(layout, number, dpi):
    """Print a page with nothing written on it, (H, W) uint8; it spans exactly the page. Not to be written to."""
    page = layout.page(number)
    press = Press(page.width, page.height, dpi / 25.4)
    layout.art(press, number, layout.template)
    for box in (box for form_field in layout.template.fields_of(number) for box in form_field.boxes):
        press.frame(box.x, box.y, box.width, box.height, mm=layout.border_mm, grey=layout.border_grey)
    for marker in page.markers:
        press.marker(marker)
    picture = press.picture()
    picture.flags.writeable = False
    return picture


def references(layout, dpi=200):
    """Print all pages, by number: what a user gives as the blank form."""
    return {page.number: blank_page(layout, page.number, dpi) for page in layout.template.pages}


def moved(layout, right, down, below=0.0):
    """Return another version of a layout: fields below a height in mm, and what belongs to them, lie elsewhere."""
    fields = tuple(
        replace(old, boxes=tuple(replace(box, x=box.x + right, y=box.y + down) for box in old.boxes))
        if old.boxes[0].y >= below
        else old
        for old in layout.template.fields
    )
    return replace(layout, template=replace(layout.template, fields=fields))


def comb(name, x, y, count, *, size=(6, 8), pitch=0.0, page=1, **rules) -> Field:
    """Make a field of boxes in a row, which adjoin where there is no pitch."""
    step = pitch or size[0]
    boxes = tuple(Rect(x=x + place * step, y=y, width=size[0], height=size[1]) for place in range(count))
    return Field(name=name, page=page, boxes=boxes, **rules)


def sheet(number, size, first_marker=None) -> FormPage:
    """Make a page, maybe with markers in its corners, clockwise from the top left."""
    width, height = size
    side, edge = 10, 8
    right, bottom = width - edge - side, height - edge - side
    corners = [(edge, edge), (right, edge), (right, bottom), (edge, bottom)] if first_marker is not None else []
    markers = tuple(
        Marker(id=first_marker + place, square=Rect(x=x, y=y, width=side, height=side))
        for place, (x, y) in enumerate(corners)
    )
    return FormPage(number=number, width=width, height=height, markers=markers)
