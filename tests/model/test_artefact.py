import hashlib
import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from digitd.errors import ExitCode, ModelError, OutputError
from digitd.model import artefact as artefacts
from digitd.model.artefact import hash_files, load_artefact, shipped_model, write_artefact
from digitd.model.manifest import Manifest


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the shipped model that a test may damage."""
    return Path(shutil.copytree(shipped_model(), tmp_path / "model"))


def rewrite(folder: Path, **changes) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def refusal(folder: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        load_artefact(folder)
    assert caught.value.exit_code == ExitCode.MODEL
    assert caught.value.hint
    assert str(folder) in str(caught.value)
    return caught.value


def test_shipped_model_loads_and_names_itself_by_its_manifest(folder):
    loaded = load_artefact(folder)
    assert loaded.model_id == hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()[:12]
    assert set(loaded.manifest.files) == set(hash_files(folder)) >= {"model.keras", "model.tflite"}


def test_shipped_model_is_small_enough_for_the_wheel():
    assert sum(path.stat().st_size for path in shipped_model().rglob("*") if path.is_file()) < 3_000_000


def test_manifest_survives_json(folder):
    manifest = load_artefact(folder).manifest
    assert Manifest.from_json(manifest.to_json()) == manifest
    assert manifest.to_json() == (folder / "manifest.json").read_text()


def test_missing_folder_is_refused(tmp_path):
    assert "digitd train" in refusal(tmp_path / "none").hint


def test_folder_without_manifest_is_refused(folder):
    (folder / "manifest.json").unlink()
    assert "not a model folder" in str(refusal(folder))


@pytest.mark.parametrize("name", ["model.tflite", "model.keras", "report/metrics.json"])
def test_changed_byte_is_refused(folder, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    assert "sha256" in str(refusal(folder))


@pytest.mark.parametrize("name", ["model.tflite", "model.keras", "report/metrics.json"])
def test_missing_file_is_refused(folder, name):
    (folder / name).unlink()
    assert name in str(refusal(folder))


def test_model_that_the_manifest_does_not_list_is_refused(folder):
    listed = json.loads((folder / "manifest.json").read_text())["files"]
    rewrite(folder, files={name: value for name, value in listed.items() if name != "model.tflite"})
    assert "model.tflite" in str(refusal(folder))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"format": 1}', b'{"format": 2}'])
def test_broken_manifest_is_refused(folder, content):
    (folder / "manifest.json").write_bytes(content)
    assert "not a manifest" in str(refusal(folder))


@pytest.mark.parametrize(
    "changes",
    [
        {"surplus": 1},
        {"temperature": "1"},
        {"temperature": None},
        {"data": 3},
        {"thresholds": {"often": 0.5}},
        {"thresholds": {"0.1": "x"}},
        {"files": {"model.tflite": 1}},
        {"seed": 1.5},
        {"epochs": True},
    ],
)
def test_manifest_with_a_wrong_value_is_refused(folder, changes):
    rewrite(folder, **changes)
    assert "not a manifest" in str(refusal(folder))


def test_file_outside_the_folder_is_not_reached_through_the_manifest(folder, tmp_path):
    (tmp_path / "secret").write_text("x")
    listed = json.loads((folder / "manifest.json").read_text())["files"]
    rewrite(folder, files=listed | {"../secret": "0" * 64})
    assert "not a manifest" in str(refusal(folder))


def test_model_for_another_normaliser_is_refused_with_both_fixes(folder):
    rewrite(folder, normaliser_version=artefacts.NORMALISER_VERSION + 1)
    error = refusal(folder)
    assert f"normaliser {artefacts.NORMALISER_VERSION + 1}" in str(error)
    assert "digitd train" in error.hint
    assert "install the digitd" in error.hint


def test_model_with_another_output_is_refused(folder):
    rewrite(folder, output="probabilities")
    assert "probabilities" in str(refusal(folder))


@pytest.mark.parametrize("temperature", [0, -1.0])
def test_temperature_that_is_not_positive_is_refused(folder, temperature):
    rewrite(folder, temperature=temperature)
    assert "temperature" in str(refusal(folder))


def test_file_changed_after_loading_is_noticed_when_read(folder):
    loaded = load_artefact(folder)
    (folder / "model.tflite").write_bytes(b"other")
    with pytest.raises(ModelError, match="sha256"):
        loaded.read("model.tflite")


def test_finished_artefact_takes_the_name_of_its_target(tmp_path):
    with write_artefact(tmp_path / "new" / "model") as staging:
        (staging / "manifest.json").write_text("{}")
        assert not (tmp_path / "new" / "model").exists()
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["model"]
    assert (tmp_path / "new" / "model" / "manifest.json").read_text() == "{}"


def test_artefact_can_be_read_by_another_user(tmp_path):
    before = os.umask(0o022)
    try:
        with write_artefact(tmp_path / "model"):
            pass
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "model").stat().st_mode) == 0o755


def write_half(target: Path, error: type[BaseException]) -> None:
    with write_artefact(target) as staging:
        (staging / "model.keras").write_text("half")
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_interrupt_leaves_nothing(tmp_path, error):
    with pytest.raises(error):
        write_half(tmp_path / "model", error)
    assert list(tmp_path.iterdir()) == []


def test_interrupt_leaves_the_model_that_was_to_be_replaced(folder):
    before = hash_files(folder)
    with pytest.raises(KeyboardInterrupt), write_artefact(folder, force=True):
        raise KeyboardInterrupt
    assert hash_files(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_existing_model_is_refused_before_any_work(folder):
    with pytest.raises(OutputError) as caught, write_artefact(folder):
        pytest.fail("the work began")
    assert "--force" in caught.value.hint


def test_force_replaces_the_whole_folder(folder):
    with write_artefact(folder, force=True) as staging:
        (staging / "manifest.json").write_text("{}")
    assert [path.name for path in folder.iterdir()] == ["manifest.json"]
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_force_never_replaces_a_folder_that_is_no_model(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(OutputError, match="not a model folder"), write_artefact(tmp_path / "thesis", force=True):
        pytest.fail("the work began")
    assert (tmp_path / "thesis" / "chapter.txt").exists()


def test_failed_rename_puts_the_old_model_back(folder, monkeypatch):
    before, rename = hash_files(folder), Path.rename

    def refuse(self, target):
        if self.name.endswith(".part"):
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="No space"), write_artefact(folder, force=True):
        pass
    assert hash_files(folder) == before


def test_target_that_cannot_be_made_is_refused_before_any_work(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError), write_artefact(tmp_path / "file" / "model"):
        pytest.fail("the work began")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("temperature", 1e-300),
        ("classes", [*"9876543210", "not_a_digit"]),
        ("classes", [*"0123456789", "cat"]),
        ("thresholds", {"0.001": -5}),
    ],
)
def test_manifest_that_would_make_confidence_meaningless_is_refused(folder, key, value):
    table = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(table | {key: value}))
    with pytest.raises(ModelError):
        load_artefact(folder)
