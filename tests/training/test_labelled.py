from functools import partial

import cv2
import numpy as np
import pytest

from digitd.config import Limits
from digitd.errors import InputError
from digitd.imaging.normalise import normalise
from digitd.training.labelled import read_glyph, read_labelled_folder

LIMITS = Limits(max_bytes=10**7, max_pixels=10**7, max_pages=10, max_attempts=3)
READ = partial(read_glyph, limits=LIMITS)


@pytest.fixture
def page(digits):
    """A digit as a person scans it: dark on light, larger, on a page."""
    large = cv2.resize(digits.test.images[0], (112, 112), interpolation=cv2.INTER_CUBIC)
    return 255 - cv2.copyMakeBorder(large, 40, 20, 30, 50, cv2.BORDER_CONSTANT, value=0)


def labelled(folder, text: str):
    (folder / "labels.csv").write_text(text, encoding="utf-8")
    return folder


def refusal(folder) -> str:
    with pytest.raises(InputError) as caught:
        read_labelled_folder(folder, read_image=READ)
    assert caught.value.hint
    assert "labels.csv" in str(caught.value)
    return str(caught.value)


def test_image_goes_through_the_normaliser_of_the_service(tmp_path, page):
    cv2.imwrite(str(tmp_path / "a.png"), page)
    np.testing.assert_array_equal(READ(tmp_path / "a.png"), normalise(page).pixels)


def test_images_without_a_digit_are_kept_apart_with_the_reason(tmp_path, page):
    cv2.imwrite(str(tmp_path / "a.png"), page)
    cv2.imwrite(str(tmp_path / "white.png"), np.full((90, 90), 255, np.uint8))
    (tmp_path / "text.png").write_text("no image")
    part = read_labelled_folder(labelled(tmp_path, "file,label\na.png,7\nwhite.png,3\ntext.png,4\n"), read_image=READ)
    assert part.labels.tolist() == [7]
    assert [(unread.file, unread.label) for unread in part.unread] == [("white.png", 3), ("text.png", 4)]
    assert part.unread[0].why == "blank"
    assert part.unread[1].why


def test_folder_in_which_nothing_can_be_read_gives_no_glyphs(tmp_path):
    (tmp_path / "text.png").write_text("no image")
    part = read_labelled_folder(labelled(tmp_path, "file,label\ntext.png,4\n"), read_image=READ)
    assert part.images.shape == (0, 28, 28)
    assert len(part.unread) == 1


def test_byte_order_mark_and_further_columns_do_no_harm(tmp_path, page):
    cv2.imwrite(str(tmp_path / "a.png"), page)
    part = read_labelled_folder(labelled(tmp_path, "\ufefffile,writer,label\na.png,Ann,7\n"), read_image=READ)
    assert part.labels.tolist() == [7]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "header is None"),
        ("name,digit\na.png,7\n", "header is ['name', 'digit']"),
        ("file,label\n", "names no images"),
        ("file,label\na.png\n", "line 2: the label of 'a.png' is ''"),
        ("file,label\na.png,12\n", "the label of 'a.png' is '12'"),
        ("file,label\na.png,x\n", "is 'x'"),
        ("file,label\na.png,\u0663\n", "is '\u0663'"),
        ("file,label\na.png,-1\n", "is '-1'"),
        ("file,label\na.png,7\nb.png,7\n", "line 3: 'b.png' is not there"),
        ("file,label\n,7\n", "'' is not there"),
        ('file,label\n"a.png,7\n', "not a readable CSV"),
    ],
)
def test_wrong_row_is_refused_with_its_line(tmp_path, page, text, said):
    cv2.imwrite(str(tmp_path / "a.png"), page)
    assert said in refusal(labelled(tmp_path, text))


def test_labels_that_are_not_utf8_are_refused(tmp_path):
    (tmp_path / "labels.csv").write_bytes(b"file,label\n\xff.png,1\n")
    assert "not a readable CSV" in refusal(tmp_path)
