import signal
import subprocess
import sys

import numpy as np
import pytest

from digitd.cli import run
from digitd.errors import ExitCode
from digitd.model.artefact import load_artefact

# Keras 3.15 on NumPy 2 whenever it reads a weight of its own: an old signature of TensorFlow's variables
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")


@pytest.fixture(scope="module")
def data(mnist_rows, tmp_path_factory):
    """Genuine MNIST digits in Keras's layout, few enough to train on in seconds."""
    glyphs, truth = mnist_rows
    path = tmp_path_factory.mktemp("data") / "digits.npz"
    np.savez(path, x_train=glyphs[::5], y_train=truth[::5], x_test=glyphs[1::25], y_test=truth[1::25])
    return path


@pytest.mark.slow
def test_default_target_is_the_recipe_below_models_in_the_current_folder(data, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    assert run(["train", "--recipe", "mlp", "--data", str(data), "--epochs", "1", "--seed", "7"]) == ExitCode.OK
    manifest = load_artefact(tmp_path / "models" / "mlp").manifest
    assert (manifest.recipe, manifest.seed, manifest.epochs) == ("mlp", 7, 1)
    assert manifest.data.source == "digits.npz"
    said = capfd.readouterr()
    assert said.out.startswith("saved      models/mlp\naccuracy ")
    # LiteRT says once that it made its delegate; TensorFlow's own start-up lines must not come through
    lines = [line for line in said.err.splitlines() if not line.startswith("INFO: ")]
    assert len(lines) == 1
    assert lines[0].startswith("epoch 1/1  loss ")


def test_existing_model_is_refused_before_the_data_is_read(tmp_path, capsys):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "manifest.json").write_text("{}")
    code = run(["train", "--data", str(tmp_path / "none.npz"), "--out", str(tmp_path / "model")])
    assert code == ExitCode.OUTPUT
    assert "--force" in capsys.readouterr().err


def test_missing_data_ends_with_the_code_for_input(tmp_path, capsys):
    assert run(["train", "--data", str(tmp_path / "none.npz"), "--out", str(tmp_path / "m")]) == ExitCode.INPUT
    said = capsys.readouterr().err
    assert "no such file or folder" in said
    assert "labels.csv" in said
    assert not (tmp_path / "m").exists()


def test_damaged_data_is_said_in_two_lines(tmp_path, capsys):
    (tmp_path / "x.npz").write_bytes(b"PK\x03\x04")
    assert run(["train", "--data", str(tmp_path / "x.npz"), "--out", str(tmp_path / "m")]) == ExitCode.INPUT
    assert len(capsys.readouterr().err.splitlines()) == 2


@pytest.mark.parametrize("wrong", [["--epochs", "0"], ["--recipe", "vit"], ["--seed", "-1"], ["surplus"]])
def test_wrong_option_is_a_usage_error(wrong):
    assert run(["train", *wrong]) == ExitCode.USAGE


def test_help_has_examples(capsys):
    assert run(["train", "-h"]) == ExitCode.OK
    assert "digitd train --recipe mlp --data" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_training_with_130_and_leaves_nothing(data, tmp_path, number):
    command = [sys.executable, "-m", "digitd", "train", "--recipe", "mlp", "--epochs", "100000"]
    with subprocess.Popen(
        [*command, "--data", str(data), "--out", str(tmp_path / "out" / "model")],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as training:
        assert training.stderr.readline().startswith("epoch 1/")
        training.send_signal(number)
        out, err = training.communicate(timeout=60)
    assert training.returncode == ExitCode.INTERRUPTED
    assert out == ""
    assert [line for line in err.splitlines() if not line.startswith("epoch ")] == ["interrupted: no model was saved"]
    assert list((tmp_path / "out").iterdir()) == []
