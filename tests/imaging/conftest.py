"""Genuine MNIST rows, and pages to draw them on."""

import cv2
import numpy as np
import pytest


@pytest.fixture(scope="session")
def mnist(mnist_rows):
    """A thousand digits of all classes: (1000, 28, 28) uint8, 255 = full ink."""
    return mnist_rows[0][:1000]


@pytest.fixture(scope="session")
def five():
    """A five drawn with a pen whose bar does not touch the rest: (120, 90) uint8, 0 = ink."""
    page = np.full((120, 90), 255, np.uint8)
    cv2.line(page, (42, 22), (66, 20), 0, 5)
    cv2.line(page, (34, 30), (32, 55), 0, 5)
    cv2.ellipse(page, (42, 74), (20, 22), 0, -110, 130, 0, 5)
    return page
