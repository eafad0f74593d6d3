import math

import numpy as np
import pytest

from digitd.training.digits import Part, Unread
from digitd.training.evaluate import evaluate
from digitd.training.wording import evaluation_json, evaluation_text


@pytest.fixture
def part() -> Part:
    """Three digits with a glyph, of which one will be misread, and one image without."""
    return Part(
        images=np.zeros((3, 28, 28), np.uint8),
        labels=np.array([1, 1, 7]),
        unread=(Unread(file="white.png", label=7, why="blank"),),
    )


@pytest.fixture
def evaluation(part):
    probabilities = np.full((3, 10), 0.0, np.float32)
    probabilities[0, 1], probabilities[0, 2] = 0.75, 0.25
    probabilities[1, 7], probabilities[1, 1] = 0.5, 0.5
    probabilities[1, 7] += 0.25
    probabilities[1, 1] -= 0.25
    probabilities[2, 7] = 1.0
    return evaluate(probabilities, part)


def test_image_without_a_glyph_counts_as_wrong(evaluation):
    assert (evaluation.count, evaluation.wrong, evaluation.unread) == (4, 2, 1)
    assert evaluation.accuracy == evaluation.error == 0.5


def test_loss_is_taken_over_the_images_with_a_glyph(evaluation):
    assert evaluation.loss == pytest.approx(-(math.log(0.75) + math.log(0.25) + 0) / 3)


def test_image_without_a_glyph_is_rejected_first(part):
    probabilities = np.eye(10, dtype=np.float32)[[1, 1, 7]]
    more = Part(images=np.zeros((9, 28, 28), np.uint8), labels=np.tile(part.labels, 3), unread=part.unread)
    rejection = evaluate(np.tile(probabilities, (3, 1)), more).error_at_rejection
    assert rejection[0.0] == pytest.approx(0.1)
    assert rejection[0.10] == 0.0


def test_each_digit_is_scored_against_the_others(evaluation):
    one, seven = evaluation.classes[1], evaluation.classes[7]
    assert (one.count, one.precision, one.recall, one.accuracy) == (2, 1.0, 0.5, 0.75)
    assert (seven.count, seven.precision, seven.recall, seven.accuracy) == (2, 0.5, 0.5, 0.5)


def test_digit_that_never_occurs_has_no_precision_or_recall(evaluation):
    assert evaluation.classes[4].precision is None
    assert evaluation.classes[4].recall is None
    assert evaluation.classes[4].accuracy == 1.0


def test_confusion_holds_truth_by_row_and_reading_by_column(evaluation):
    assert evaluation.confusion[1][7] == 1
    assert sum(map(sum, evaluation.confusion)) == 3


def test_json_holds_the_rates_of_rejection_as_text(evaluation):
    assert list(evaluation_json(evaluation)["error_at_rejection"]) == ["0", "0.01", "0.02", "0.05", "0.1"]


def test_text_names_images_without_a_digit(evaluation, part):
    text = evaluation_text(evaluation, part)
    assert "white.png: blank" in text
    assert "2 wrong of 4" in text


def test_nothing_but_unread_images_is_all_wrong(part):
    empty = Part(images=part.images[:0], labels=part.labels[:0], unread=part.unread)
    evaluation = evaluate(np.empty((0, 10), np.float32), empty)
    assert evaluation.accuracy == 0.0
    assert evaluation.loss is None
