import pickle
import shutil
import subprocess
import sys

import numpy as np
import pytest

from digitd.errors import ModelError
from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.calibrate import digit_probabilities
from digitd.model.classify import LiteRtClassifier, load_classifier


@pytest.fixture(scope="module")
def classifier():
    return load_classifier(load_artefact(shipped_model()))


@pytest.fixture(scope="module")
def glyphs(mnist_rows):
    images, labels = mnist_rows
    return images[::10], labels[::10]


def test_shipped_model_reads_genuine_mnist_digits(classifier, glyphs):
    images, labels = glyphs
    assert (classifier.probabilities(images).argmax(axis=1) == labels).mean() >= 0.99


def test_probabilities_of_digits_are_float32_rows_that_nearly_sum_to_one(classifier, glyphs):
    probabilities = classifier.probabilities(glyphs[0])
    assert probabilities.shape == (len(glyphs[0]), 10)
    assert probabilities.dtype == np.float32
    sums = probabilities.sum(axis=1)
    assert sums.max() <= 1 + 1e-5
    assert np.quantile(sums, 0.01) > 0.5  # the rest is the probability that it is no digit


def test_rows_of_what_is_no_digit_sum_to_little(classifier):
    cross = np.zeros((1, 28, 28), np.uint8)
    for k in range(20):
        cross[0, 4 + k, 3 + k : 6 + k] = cross[0, 23 - k, 3 + k : 6 + k] = 255
    assert classifier.probabilities(cross).sum() < 0.5


def test_probabilities_are_the_softmax_of_logits_over_temperature(classifier, glyphs):
    temperature = load_artefact(shipped_model()).manifest.temperature
    images = glyphs[0][:20]
    expected = digit_probabilities(classifier.logits(images), temperature)
    np.testing.assert_array_equal(classifier.probabilities(images), expected)


def test_reading_does_not_depend_on_the_neighbours(classifier, glyphs):
    images = glyphs[0][:8]
    alone = np.concatenate([classifier.probabilities(images[row : row + 1]) for row in range(8)])
    np.testing.assert_array_equal(classifier.probabilities(images), alone)


def test_no_glyphs_give_no_rows(classifier):
    assert classifier.probabilities(np.empty((0, 28, 28), np.uint8)).shape == (0, 10)


@pytest.mark.parametrize(
    "wrong", [np.zeros((28, 28), np.uint8), np.zeros((1, 28, 28), np.float32), np.zeros((1, 20, 28), np.uint8)]
)
def test_anything_but_uint8_glyphs_is_refused(classifier, wrong):
    with pytest.raises(ValueError, match="not \\(N, 28, 28\\) uint8"):
        classifier.probabilities(wrong)


def test_pickled_classifier_reads_the_same(classifier, glyphs):
    copy = pickle.loads(pickle.dumps(classifier))  # noqa: S301 - our own bytes
    np.testing.assert_array_equal(copy.probabilities(glyphs[0][:8]), classifier.probabilities(glyphs[0][:8]))


def test_xnnpack_is_reported_where_it_runs(classifier):
    assert classifier.has_xnnpack is True


def test_xnnpack_is_not_reported_where_it_is_switched_off(classifier, monkeypatch):
    from ai_edge_litert import interpreter

    def without_delegates(**arguments):
        kind = interpreter.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        return interpreter_type(experimental_op_resolver_type=kind, **arguments)

    interpreter_type = interpreter.Interpreter
    monkeypatch.setattr(interpreter, "Interpreter", without_delegates)
    assert pickle.loads(pickle.dumps(classifier)).has_xnnpack is False  # noqa: S301 - our own bytes


@pytest.mark.parametrize("content", [b"", b"not a model", b"\0" * 4096])
def test_bytes_that_are_no_model_are_refused(content):
    with pytest.raises(ModelError, match="cannot open"):
        LiteRtClassifier(content, temperature=1.0)


def test_truncated_model_is_refused():
    content = load_artefact(shipped_model()).read("model.tflite")
    with pytest.raises(ModelError, match="cannot open"):
        LiteRtClassifier(content[: len(content) // 2], temperature=1.0)


def test_model_changed_since_it_was_loaded_is_refused(tmp_path):
    folder = shutil.copytree(shipped_model(), tmp_path / "model")
    artefact = load_artefact(folder)
    (folder / "model.tflite").write_bytes(b"other")
    with pytest.raises(ModelError, match="sha256"):
        load_classifier(artefact)


def test_serving_imports_neither_tensorflow_nor_keras():
    program = (
        "import sys, numpy as np\n"
        "from digitd.model.artefact import load_artefact, shipped_model\n"
        "from digitd.model.classify import load_classifier\n"
        "load_classifier(load_artefact(shipped_model())).probabilities(np.zeros((1, 28, 28), np.uint8))\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'tensorflow', 'keras', 'matplotlib'}))\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout == "[]\n"
