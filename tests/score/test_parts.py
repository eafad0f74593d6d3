from io import BytesIO

import pytest
from PIL import Image

from digitd.config import Limits
from digitd.score.collect import Source
from digitd.score.parts import Assembly, join, take_apart
from digitd.values import failed, failed_outcome, unread
from tests.sheets import field, outcome, sheet

LIMITS = Limits(max_bytes=10**7, max_pixels=10**7, max_pages=100, max_attempts=3)


@pytest.fixture
def source(tmp_path):
    """Return a function that makes a file of so many pages."""

    def make(pages, kind="PDF", name="a.pdf"):
        content = BytesIO()
        page = Image.new("L", (8, 8), 255)
        page.save(content, kind, save_all=True, append_images=[page] * (pages - 1))
        (tmp_path / name).write_bytes(content.getvalue())
        return Source(path=tmp_path / name, name=name, identity=name)

    return make


def spans(works):
    return [(work.first, work.last) for work in works]


@pytest.mark.parametrize(("kind", "name"), [("PDF", "a.pdf"), ("TIFF", "a.tif"), ("TIFF", "a.TIFF"), ("TIFF", "a.pdf")])
def test_document_of_many_pages_is_taken_apart_without_gaps(source, kind, name):
    assert spans(take_apart(source(40, kind, name), LIMITS, 2)) == [(1, 16), (17, 32), (33, 40)]
    assert spans(take_apart(source(16, kind, name), LIMITS, 2)) == [(1, 16)]


@pytest.mark.parametrize(("kind", "name"), [("PDF", "a.pdf"), ("TIFF", "a.tif")])
def test_pages_beyond_the_limit_are_a_part_that_is_refused(source, kind, name):
    limits = Limits(max_bytes=10**7, max_pixels=10**7, max_pages=20, max_attempts=3)
    assert spans(take_apart(source(40, kind, name), limits, 1)) == [(1, 16), (17, 20), (21, None)]


def test_other_files_are_one_part_whatever_they_hold(source, tmp_path):
    assert spans(take_apart(source(1, "PNG", "a.png"), LIMITS, 2)) == [(1, None)]
    (tmp_path / "bad.pdf").write_bytes(b"%PDF- and no more")
    for name in ("bad.pdf", "none.pdf", "none.tif"):
        bad = Source(path=tmp_path / name, name=name, identity=name)
        assert spans(take_apart(bad, LIMITS, 2)) == [(1, None)]


def test_tiff_that_is_named_like_a_pdf_loses_no_page(source):
    ((first, last),) = spans(take_apart(source(3, "TIFF", "scan.pdf"), LIMITS, 2))
    assert (first, last or 3) == (1, 3)


def test_no_more_workers_than_there_are_parts(source):
    def occupied(*sources, splits=True):
        return Assembly(sources, chunk=1, limits=LIMITS, splits=splits).occupied(4)

    assert (occupied(), occupied(source(3)), occupied(source(40))) == (0, 1, 3)
    assert occupied(*[source(1)] * 9) == 4
    assert occupied(source(40), splits=False) == 1


def test_files_are_complete_with_their_last_part_and_come_in_order(source):
    first, second = source(20), source(1, name="b.pdf")
    assembly = Assembly([first, second], chunk=2, limits=LIMITS, splits=True)
    assert [[work.name for work in chunk] for chunk in assembly.chunks(1)] == [["a.pdf", "a.pdf"], ["b.pdf"]]
    parts = [outcome("a.pdf", sheet(field("id", "1", page=page))) for page in (1, 17)]
    assert assembly.add(parts[:1]) == ([], 1)
    complete, pages = assembly.add([parts[1], outcome("b.pdf", sheet(field("id", "2")))])
    assert ([found for found, _ in complete], pages) == ([first, second], 2)
    assert [reading.page for reading in complete[0][1].readings] == [1, 17]


def test_pages_that_could_not_be_reached_any_more_fail_one_by_one(source):
    assembly = Assembly([source(20)], chunk=2, limits=LIMITS, splits=True)
    list(assembly.chunks(1))
    gone = outcome("a.pdf", unread("exam", failed(17, "unreadable", "it is gone")))
    read = outcome("a.pdf", sheet(field("id", "1")), sheet(field("id", "2", page=2)))
    ((_, whole),), pages = assembly.add([read, gone])
    assert [(reading.page, reading.reason) for reading in whole.readings[2:]] == [
        (page, "unreadable") for page in range(17, 21)
    ]
    assert [found.page for found in whole.sheets] == [1, 2, 17, 18, 19, 20]
    assert (pages, len(whole.pictures)) == (6, 6)


def test_part_that_ended_its_process_has_a_sheet_too():
    crashed = failed_outcome("a", "crashed", "", page=2)
    whole = join([outcome("a", sheet(field("id", "1"))), crashed])
    assert whole.sheets[1] == unread("exam", failed(2, "crashed", ""))
    assert [reading.page for reading in whole.readings] == [1, 2]
    assert whole.sha256 == "f" * 64
    assert not whole.is_failed


def test_file_that_was_changed_between_its_parts_fails_as_a_whole():
    parts = [outcome("a", sheet(field("id", "1"))), outcome("a", sheet(field("id", "2", page=2)))]
    changed = type(parts[1])(name="a", sha256="0" * 64, readings=parts[1].readings, pictures=("",), elapsed_ms=0)
    assert join([parts[0], changed]).reason == "changed"
