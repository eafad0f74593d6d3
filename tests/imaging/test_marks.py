"""Marks are told apart, however many they are."""

import cv2
import numpy as np
import pytest

from digitd.imaging.marks import labelled


@pytest.mark.parametrize("shape", [(1, 1), (40, 30), (90, 130), (600, 600)])
@pytest.mark.parametrize("share", [0.02, 0.2, 0.6])
def test_labels_and_statistics_do_not_depend_on_their_bits(shape, share):
    mask = (np.random.default_rng(1).random(shape) < share).view(np.uint8)
    labels, stats = labelled(mask)
    _, wide_labels, wide_stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    assert np.array_equal(labels, wide_labels)
    assert np.array_equal(stats, wide_stats)


def test_more_marks_than_fit_into_16_bits_are_told_apart():
    mask = np.zeros((640, 640), np.uint8)
    mask[::2, ::2] = 1
    labels, stats = labelled(mask)
    assert len(stats) == 320 * 320 + 1
    assert len(np.unique(labels)) == len(stats)
