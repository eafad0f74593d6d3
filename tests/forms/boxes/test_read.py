import numpy as np
import pytest

from digitd.forms.boxes.read import glyphs_of, reads_of
from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.classify import load_classifier
from tests.forms.boxes.drawn import Drawn, field_of


@pytest.fixture(scope="module")
def classifier():
    return load_classifier(load_artefact(shipped_model()))


def _reads(sheet, classifier):
    boxes = {sheet.field.name: sheet.cut()}
    glyphs = glyphs_of(boxes)
    answers = classifier.probabilities(glyphs.pixels) if len(glyphs.pixels) else np.zeros((0, 10))
    return reads_of(boxes, glyphs, answers)[sheet.field.name].boxes


def test_empty_field_is_blank_and_asks_for_nothing(classifier):
    sheet = Drawn()
    assert not len(glyphs_of({"id": sheet.cut()}).pixels)
    assert all(read.is_blank for read in _reads(sheet, classifier))


@pytest.mark.parametrize("pitch", [6.0, 7.5])
@pytest.mark.parametrize("border", [20, 200])
def test_mnist_in_boxes_is_read_as_well_as_mnist(classifier, mnist_rows, pitch, border):
    """MNIST's training images are read with 99.9 % by the shipped model; what is lost here is lost by the boxes."""
    images, labels = (rows[:96] for rows in mnist_rows)
    right = 0
    for start in range(0, 96, 8):
        sheet = Drawn(field_of(8, pitch=pitch), border=border, size=(70, 18))
        for place, image in enumerate(images[start : start + 8]):
            sheet.write(place, image)
        best = [int(np.argmax(read.probabilities)) for read in _reads(sheet, classifier)]
        right += np.count_nonzero(best == labels[start : start + 8])
    assert right >= 94


def test_quite_upright_one_is_read_as_one(classifier):
    first, *_ = _reads(Drawn().stroke((8, 6.5), (8, 11.5), mm=0.4), classifier)
    assert first.probabilities[1] > 0.9


def test_dash_and_letter_are_no_digit(classifier):
    dash, letter, *_ = _reads(
        Drawn().stroke((6.5, 9), (9.5, 9)).stroke((12, 12), (12, 6.5), (14, 9), (16, 6.5), (16, 12), mm=0.5), classifier
    )
    assert sum(dash.probabilities) < 0.5
    assert sum(letter.probabilities) < 0.5


def test_crossed_out_box_is_struck_and_its_neighbours_are_not(classifier, mnist_rows):
    sheet = Drawn().stroke((5.8, 6), (10.2, 12)).stroke((5.8, 12), (10.2, 6)).write(1, mnist_rows[0][0])
    assert [read.is_struck for read in _reads(sheet, classifier)] == [True, False, False, False]


def test_box_beyond_the_picture_is_left_to_a_person(classifier):
    sheet = Drawn()
    sheet.picture = np.ascontiguousarray(sheet.picture[:, :240])
    assert [read.is_blank for read in _reads(sheet, classifier)] == [True, True, False, False]


def test_two_answers_to_a_box_are_averaged():
    box = Drawn(mm=0.6).stroke((11.3, 7), (14, 8), (14, 10), (11.3, 11), mm=0.4).cut()[1]
    glyphs = glyphs_of({"x": (box,)})
    assert glyphs.places == (0, 0)
    answers = np.zeros((2, 10))
    answers[0, 3], answers[1, 8] = 1, 1
    read = reads_of({"x": (box,)}, glyphs, answers)["x"].boxes[0]
    assert read.probabilities[3] == pytest.approx(0.5, abs=0.01)
    assert read.probabilities[8] == pytest.approx(0.5, abs=0.01)
