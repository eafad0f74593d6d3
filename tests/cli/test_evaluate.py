import json
import shutil
import subprocess
import sys

import cv2
import numpy as np
import pytest

from digitd.cli import run
from digitd.errors import ExitCode
from digitd.model.artefact import load_artefact, shipped_model

MODEL = str(shipped_model())

# Keras 3.15 on NumPy 2 whenever it reads a weight of its own: an old signature of TensorFlow's variables
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")


@pytest.fixture(scope="module")
def digits(mnist_rows):
    images, labels = mnist_rows
    return images[::20], labels[::20]


@pytest.fixture(scope="module")
def data(digits, tmp_path_factory):
    images, labels = digits
    path = tmp_path_factory.mktemp("data") / "digits.npz"
    np.savez(path, x_train=images[:1], y_train=labels[:1], x_test=images, y_test=labels)
    return str(path)


@pytest.fixture
def scans(digits, tmp_path):
    """Twenty digits dark on light on larger pages, one white page, one text file, with their labels."""
    folder = tmp_path / "scans"
    folder.mkdir()
    rows = ["file,label", "white.png,3", "text.png,4"]
    for number, (image, label) in enumerate(zip(*digits, strict=True)):
        if number % 12 == 0:
            large = cv2.resize(image, (84, 84), interpolation=cv2.INTER_CUBIC)
            cv2.imwrite(str(folder / f"{number}.png"), 255 - cv2.copyMakeBorder(large, *[30] * 4, cv2.BORDER_CONSTANT))
            rows.append(f"{number}.png,{label}")
    cv2.imwrite(str(folder / "white.png"), np.full((90, 90), 255, np.uint8))
    (folder / "text.png").write_text("no image")
    (folder / "labels.csv").write_text("\n".join(rows) + "\n")
    return str(folder)


def measured(capfd, *arguments) -> dict:
    assert run(["evaluate", *arguments, "--json"]) == ExitCode.OK
    return json.loads(capfd.readouterr().out)


def test_json_holds_every_measure(data, capfd):
    result = measured(capfd, MODEL, "--data", data)
    assert result["model"] == load_artefact(shipped_model()).model_id
    assert result["count"] == 250
    assert result["accuracy"] == 1 - result["wrong"] / 250 >= 0.98
    assert set(result) >= {"loss", "ece", "error_at_rejection", "classes", "confusion", "data", "unread"}
    assert len(result["classes"]) == 10


def test_text_names_each_measure(data, capfd):
    assert run(["evaluate", MODEL, "--data", data]) == ExitCode.OK
    said = capfd.readouterr().out
    for word in ("accuracy", "loss", "ECE", "rejected", "precision", "recall", "10 %"):
        assert word in said


def test_tflite_file_gives_what_its_folder_gives(data, capfd):
    assert measured(capfd, f"{MODEL}/model.tflite", "--data", data) == measured(capfd, MODEL, "--data", data)


def test_keras_file_reads_as_the_exported_model_does(data, capfd):
    keras = measured(capfd, f"{MODEL}/model.keras", "--data", data)
    litert = measured(capfd, MODEL, "--data", data)
    assert abs(keras["wrong"] - litert["wrong"]) <= 1
    assert keras["loss"] == pytest.approx(litert["loss"], abs=0.02)


def test_scans_without_a_digit_count_as_wrong_and_are_named(scans, capfd):
    result = measured(capfd, MODEL, "--data", scans)
    assert (result["count"], result["unread"]) == (23, 2)
    assert 2 <= result["wrong"] <= 4
    assert run(["evaluate", MODEL, "--data", scans]) == ExitCode.OK
    assert "white.png: blank" in capfd.readouterr().out


def test_tampered_model_ends_with_the_code_for_models(data, tmp_path, capsys):
    folder = shutil.copytree(MODEL, tmp_path / "model")
    (folder / "model.tflite").write_bytes(b"other")
    assert run(["evaluate", str(folder), "--data", data]) == ExitCode.MODEL
    assert "hint:" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["none", "none/model.tflite", "none.keras"])
def test_missing_model_ends_with_the_code_for_models(data, tmp_path, name):
    assert run(["evaluate", str(tmp_path / name), "--data", data]) == ExitCode.MODEL


def test_missing_data_ends_with_the_code_for_input(tmp_path):
    assert run(["evaluate", MODEL, "--data", str(tmp_path / "none")]) == ExitCode.INPUT


def test_data_must_be_named():
    assert run(["evaluate", MODEL]) == ExitCode.USAGE


def test_help_has_examples(capsys):
    assert run(["evaluate", "--help"]) == ExitCode.OK
    assert "digitd evaluate models/cnn --data mnist.npz" in capsys.readouterr().out


def test_evaluating_the_exported_model_needs_no_tensorflow(data):
    program = (
        "import sys\n"
        "from digitd.cli import run\n"
        f"assert run(['evaluate', {MODEL!r}, '--data', {data!r}, '--json']) == 0\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules), 'imported'\n"
    )
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, timeout=60)


def test_report_is_a_folder_of_pictures_and_metrics(data, tmp_path, capfd):
    folder = tmp_path / "report"
    result = measured(capfd, MODEL, "--data", data, "--report", str(folder))
    pictures = {"confusion_matrix", "reliability", "error_reject", "corruptions", "worst_mistakes"}
    assert {path.stem for path in folder.glob("*.png")} == pictures
    assert all(cv2.imread(str(path)).std() > 1 for path in folder.glob("*.png"))
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics["evaluation"]["accuracy"] == result["accuracy"]
    assert len(metrics["robustness"]["corrupted"]) == 15


def test_report_that_cannot_be_written_is_an_output_error(data, tmp_path, capfd):
    (tmp_path / "file").write_text("in the way")
    code = run(["evaluate", MODEL, "--data", data, "--report", str(tmp_path / "file" / "report")])
    assert code == ExitCode.OUTPUT
    assert "choose another --report" in capfd.readouterr().err
