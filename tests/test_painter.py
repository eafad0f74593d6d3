"""Pictures that are owed, drawn from real files: cards, and cells of contact sheets in whatever order they come."""

import io
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitd.annotate import Annotator
from digitd.annotate.contact import CELL_HEIGHT, CELL_WIDTH, CELLS, COLUMNS, EMPTY
from digitd.config import Limits
from digitd.errors import OutputError
from digitd.imaging.decode import decode_pages
from digitd.ledger import Owed
from digitd.painter import Commission, Painter
from digitd.values import Reading, Status
from tests.conftest import SAMPLES

SEVEN = SAMPLES / "seven-on-grid.jpg"
LIMITS = Limits(max_bytes=10**7, max_pixels=10**7, max_pages=3, max_attempts=3)
SHEET = "annotated/sheet-000001.png"


@pytest.fixture
def painter(tmp_path):
    return Painter(annotator=Annotator(), limits=LIMITS, outbox=tmp_path)


def reading(page=1, status=Status.ACCEPTED):
    return Reading(page=page, value="7", confidence=0.9, status=status)


def cell_owed(*cells):
    return [Owed(picture=SHEET, cell=cell, reading=reading()) for cell in cells]


def filled(sheet: Path):
    """Return the places of a sheet that are not empty."""
    with Image.open(io.BytesIO(sheet.read_bytes())) as image:
        pixels = np.asarray(image)
    cells = pixels.reshape(-1, CELL_HEIGHT, COLUMNS, CELL_WIDTH, 3).swapaxes(1, 2).reshape(CELLS, -1)  # row by row
    return [place for place, cell in enumerate(cells) if (cell != EMPTY).any()]


def test_cards_are_drawn_with_their_pages_and_copied_for_review(painter, tmp_path):
    picture = "annotated/a.png"
    owed = [Owed(picture=picture, reading=reading(status=Status.REVIEW))]
    painter.paint([Commission(source=SEVEN, name="a.jpg", owed=owed)])
    with_page = (tmp_path / picture).read_bytes()
    assert (tmp_path / "review" / "a.png").read_bytes() == with_page
    painter.paint([Commission(source=None, name="a.jpg", owed=owed)])
    assert (tmp_path / picture).read_bytes() != with_page


@pytest.mark.parametrize("pages", [(1, 3), (2, 3), (3,)])
def test_pictures_of_a_document_show_each_its_own_page(painter, tmp_path, pages):
    greys = {1: 40, 2: 90, 3: 140}
    first, *others = (Image.new("L", (90, 60), grey) for grey in greys.values())
    first.save(tmp_path / "a.tif", save_all=True, append_images=others)
    owed = [Owed(picture=f"annotated/{page}.png", reading=reading(page)) for page in pages]
    painter.paint([Commission(source=tmp_path / "a.tif", name="a.tif", owed=owed)])
    for page in pages:
        with Image.open(tmp_path / "annotated" / f"{page}.png") as image:
            shown = np.asarray(image.convert("L"))
        assert max(greys.values(), key=lambda grey: np.count_nonzero(shown == grey)) == greys[page]


def test_cells_keep_those_that_were_there_in_whatever_order_they_come(painter, tmp_path):
    for cells in ((5, 6), (0, 1), (99,)):
        painter.paint([Commission(source=SEVEN, name="a.jpg", owed=cell_owed(*cells))])
    assert filled(tmp_path / SHEET) == [0, 1, 5, 6, 99]


def test_cells_of_many_sheets_are_written_each_to_its_own(painter, tmp_path):
    packed = painter.draw_packed_cell(None, reading(), "a.jpg")
    painter.write_cells([packed, None, packed, packed], first_seq=CELLS - 1)
    assert filled(tmp_path / SHEET) == [CELLS - 2]
    assert filled(tmp_path / "annotated/sheet-000002.png") == [0, 1]


def test_cell_that_could_not_be_drawn_leaves_its_place_empty(painter, tmp_path):
    packed = painter.draw_packed_cell(None, reading(), "a.jpg")
    painter.write_cells([packed, packed], first_seq=1)
    painter.write_cells([None], first_seq=1)
    assert filled(tmp_path / SHEET) == [1]


@pytest.mark.parametrize("what", ["folder", "pipe", "link"])
def test_what_is_no_file_in_the_place_of_a_sheet_is_said_and_not_waited_for(painter, tmp_path, what):
    (tmp_path / "annotated").mkdir()
    make = {"folder": Path.mkdir, "pipe": os.mkfifo, "link": lambda path: path.symlink_to(SEVEN)}[what]
    make(tmp_path / SHEET)
    with pytest.raises(OutputError, match="cannot read the contact sheet"):
        painter.paint([Commission(source=SEVEN, name="a.jpg", owed=cell_owed(0))])


def test_sheet_that_somebody_has_damaged_is_begun_anew(painter, tmp_path):
    painter.paint([Commission(source=SEVEN, name="a.jpg", owed=cell_owed(0))])
    (tmp_path / SHEET).write_bytes(b"\x89PNG\r\n\x1a\n junk")
    painter.paint([Commission(source=SEVEN, name="a.jpg", owed=cell_owed(4))])
    assert filled(tmp_path / SHEET) == [4]


def test_unfinished_pictures_are_removed(painter, tmp_path):
    (tmp_path / "annotated").mkdir()
    (tmp_path / "annotated" / ".digitd-0123456789abcdef.tmp").touch()
    painter.tidy()
    assert os.listdir(tmp_path / "annotated") == []


@pytest.mark.parametrize("kind", ["PDF", "TIFF"])
def test_only_pages_with_something_owed_are_decoded_and_each_is_its_own(painter, tmp_path, monkeypatch, kind):
    levels = [20, 60, 100, 140, 180]
    pages = [Image.new("L", (40, 40), level) for level in levels]
    pages[0].save(tmp_path / "a", kind, save_all=True, append_images=pages[1:])
    begun, drawn = [], []

    def decode(data, limits, *, first):
        begun.append(first)
        return decode_pages(data, limits, first=first)

    def render(_, page, reading, __):
        drawn.append((reading.page, page if page is None else round(int(page.min()) / 20) * 20))
        return b""

    monkeypatch.setattr("digitd.painter.decode_pages", decode)
    monkeypatch.setattr(Annotator, "render", render)
    painter = replace(painter, limits=replace(LIMITS, max_pages=5))
    owed = [Owed(picture="annotated/a.png", reading=reading(page)) for page in (2, 3, 3, 5, 9)]
    painter.paint([Commission(source=tmp_path / "a", name="a", owed=owed)])
    assert drawn == [(2, 60), (3, 100), (3, 100), (5, 180), (9, None)]
    assert begun == [2, 5, 9]
