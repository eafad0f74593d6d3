"""Transparent parts become white paper by the formula, whatever the shape of the page."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from digitd.imaging.pixels import on_white, page_from

LAYERS = st.sampled_from([2, 4]).flatmap(
    lambda count: hnp.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(count)))
)


def by_formula(layers):
    samples, alpha = layers[..., :-1].astype(int), layers[..., -1:].astype(int)
    flat = (samples * alpha + 255 * (255 - alpha) + 127) // 255
    return flat[..., 0] if layers.shape[2] == 2 else flat


@given(LAYERS)
def test_layers_are_flattened_by_the_formula(layers):
    assert np.array_equal(on_white(layers), by_formula(layers))


def test_every_sample_under_every_alpha_is_flattened_by_the_formula():
    samples, alpha = np.meshgrid(np.arange(256), np.arange(256))
    layers = np.dstack([samples, alpha]).astype(np.uint8)
    assert np.array_equal(on_white(layers), by_formula(layers))


@pytest.mark.parametrize("size", [(1, 70000), (70000, 1), (300, 250)])
def test_pages_of_several_strips_are_flattened_whole(size):
    layers = np.random.default_rng(1).integers(0, 256, (*size, 4), np.uint8)
    layers[: size[0] // 2, :, 3] = 255
    assert np.array_equal(on_white(layers), by_formula(layers))


@pytest.mark.parametrize("mode", ["L", "RGB", "LA", "RGBA"])
def test_a_page_is_not_the_memory_of_its_image(mode):
    image = Image.new(mode, (3, 2), "white")
    before = image.tobytes()
    page_from(image)[:] = 0
    assert image.tobytes() == before
