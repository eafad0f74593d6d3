import os

import numpy as np
import pytest

from digitd.errors import ModelError
from digitd.model.chatter import muted_stderr
from digitd.model.network import (
    CLASSES,
    build_network,
    compile_network,
    keras_logits,
    load_network,
    logits_network,
    save_network,
    start_tensorflow,
)

# Keras 3.15 on NumPy 2 whenever it reads a weight of its own: an old signature of TensorFlow's variables
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")


@pytest.fixture(scope="module", autouse=True)
def tensorflow():
    start_tensorflow()
    import tensorflow as tf

    return tf


@pytest.fixture
def glyphs():
    images = np.random.default_rng(0).integers(0, 256, (16, 28, 28)).astype(np.uint8)
    images[:, :, :5] = 0  # columns without ink, which have no length to divide by
    return images


def test_mlp_is_the_classic_network():
    layers = build_network("mlp").layers
    assert layers[0].name == "unit_columns"
    assert [type(layer).__name__ for layer in layers[1:]] == ["Flatten", "Dense", "Dense", "Dense"]
    assert [(layer.units, layer.activation.__name__) for layer in layers[2:]] == [
        (128, "relu"),
        (128, "relu"),
        (10, "softmax"),
    ]


def test_mlp_is_trained_the_classic_way():
    network = build_network("mlp")
    compile_network(network, "mlp", steps=10)
    assert type(network.optimizer).__name__ == "Adam"
    assert float(network.optimizer.learning_rate) == pytest.approx(0.001)
    assert network.loss == "sparse_categorical_crossentropy"


@pytest.mark.parametrize("scale", [1.0, 1 / 255])
def test_first_layer_of_mlp_equals_keras_normalize_over_axis_1(tensorflow, glyphs, scale):
    images = glyphs.astype(np.float32) * np.float32(scale)
    expected = tensorflow.keras.utils.normalize(images, axis=1)
    np.testing.assert_allclose(build_network("mlp").layers[0](images), expected, atol=1e-6)


def test_cnn_is_small():
    assert build_network("cnn").count_params() == 248_107


@pytest.mark.parametrize("recipe", list(CLASSES))
def test_network_has_an_output_for_each_of_its_classes(recipe):
    assert build_network(recipe).output_shape == (None, len(CLASSES[recipe]))
    assert CLASSES[recipe][:10] == tuple("0123456789")


def test_cnn_learns_with_a_warmup_and_decays_to_nothing():
    network = build_network("cnn")
    compile_network(network, "cnn", steps=1000)
    rate = network.optimizer._learning_rate
    assert [float(rate(step)) for step in (0, 100, 1000)] == pytest.approx([1e-4, 3e-3, 0.0], abs=1e-8)


@pytest.mark.parametrize("recipe", list(CLASSES))
def test_logits_are_what_softmax_was_taken_of(tensorflow, glyphs, recipe):
    network = build_network(recipe)
    images = glyphs.astype(np.float32)
    from_logits = tensorflow.nn.softmax(logits_network(network)(images))
    np.testing.assert_allclose(from_logits, network(images), atol=1e-6)


def test_cutting_the_softmax_leaves_the_network_as_it_was(glyphs):
    network = build_network("cnn")
    logits_network(network)
    np.testing.assert_allclose(np.sum(network(glyphs.astype(np.float32)), axis=1), 1, rtol=1e-5)


def test_network_without_softmax_is_refused():
    with pytest.raises(ValueError, match="no softmax"):
        logits_network(logits_network(build_network("mlp")))


@pytest.mark.parametrize("recipe", list(CLASSES))
def test_saved_network_gives_the_same_logits_and_holds_no_optimizer(tmp_path, glyphs, recipe):
    network = build_network(recipe)
    compile_network(network, recipe, steps=10)
    network.optimizer.build(network.trainable_variables)
    save_network(network, tmp_path / "model.keras")
    assert (tmp_path / "model.keras").stat().st_size < 4 * network.count_params() + 100_000
    loaded = load_network(tmp_path / "model.keras")
    np.testing.assert_allclose(keras_logits(loaded, glyphs), keras_logits(network, glyphs), atol=1e-4)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut off"])
def test_file_that_is_no_keras_model_is_refused(tmp_path, content):
    (tmp_path / "model.keras").write_bytes(content)
    with pytest.raises(ModelError, match="Keras cannot open"):
        load_network(tmp_path / "model.keras")


def say_and_fail() -> None:
    with muted_stderr():
        os.write(2, b"the reason\n")
        raise ValueError("stop")


def test_muted_stderr_shows_what_it_held_back_when_the_block_raises(capfd):
    with pytest.raises(ValueError, match="stop"):
        say_and_fail()
    assert capfd.readouterr().err == "the reason\n"


def test_muted_stderr_drops_what_native_code_says(capfd):
    with muted_stderr():
        os.write(2, b"chatter\n")
    os.write(2, b"news\n")
    assert capfd.readouterr().err == "news\n"
