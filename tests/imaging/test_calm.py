import cv2
import numpy as np
import pytest

from digitd.imaging.calm import is_calm

RNG = np.random.default_rng(0)
ROWS, COLUMNS = np.mgrid[-1:1:200j, -1:1:300j]


@pytest.mark.parametrize(
    "paper",
    [
        np.full((200, 300), 255, np.uint8),
        np.zeros((200, 300), np.uint8),
        (150 + 100 * COLUMNS).astype(np.uint8),
        (255 - 75 * (ROWS**2 + COLUMNS**2)).astype(np.uint8),
        np.clip(220 + cv2.GaussianBlur(RNG.normal(0, 60, (200, 300)), (0, 0), 2), 0, 255).astype(np.uint8),
        np.clip(200 + RNG.normal(0, 12, (28, 28, 3)), 0, 255).astype(np.uint8),
        np.full((1, 1), 7, np.uint8),
        np.full((1, 500), 7, np.uint8),
    ],
    ids=["white", "black", "gradient", "vignette", "texture", "grain", "one pixel", "one row"],
)
def test_bare_paper_is_calm(paper):
    assert is_calm(paper)


@pytest.mark.parametrize("side", [28, 100, 600])
def test_noise_is_not_calm(side):
    assert not is_calm(RNG.integers(0, 256, (side, side), np.uint8))


def test_chequered_page_is_not_calm():
    assert not is_calm((np.indices((200, 200)).sum(0) // 25 % 2 * 255).astype(np.uint8))
