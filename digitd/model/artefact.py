"""The model artefact: a folder with model.keras, model.tflite, manifest.json and report/, complete or absent.

Loading trusts nothing: every file the manifest names must have its sha256. This guards against damage and mix-ups,
not against someone who may write the folder: such a person can write a fitting manifest too.
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from digitd.errors import ModelError, OutputError
from digitd.imaging.normalise import NORMALISER_VERSION
from digitd.model.manifest import Manifest
from digitd.shipped import shipped

MANIFEST_NAME = "manifest.json"
KERAS_NAME = "model.keras"
LITERT_NAME = "model.tflite"

_COLDEST, _HOTTEST = 0.01, 100.0
"""Temperatures beyond these are no calibration."""
_RETRAIN = "train it again: digitd train --out {folder} --force"


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """A verified model folder.

    Attributes
    ----------
    folder : Path
    manifest : Manifest
    model_id : str
        First 12 hex digits of the sha256 of manifest.json, which holds the sha256 of every other file.
    """

    folder: Path
    manifest: Manifest
    model_id: str

    def read(self, name: str) -> bytes:
        """Return the bytes of one of its files.

        Raises
        ------
        ModelError
            When the file is missing or is not the one the manifest names.
        """
        path = self.folder / name
        hint = "put the original files back, or " + _RETRAIN.format(folder=self.folder)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelError(f"{path}: {error.strerror}; the manifest names it", hint=hint) from error
        found, expected = hashlib.sha256(content).hexdigest(), self.manifest.files.get(name, "")
        if found != expected:
            raise ModelError(
                f"{path}: sha256 is {found[:12]}, the manifest says {expected[:12] or 'nothing'}", hint=hint
            )
        return content


def load_artefact(folder: Path) -> Artefact:
    """Open a model folder and verify everything in it.

    Parameters
    ----------
    folder : Path
        Made by ``digitd train``.

    Raises
    ------
    ModelError
        When the folder or a file is missing, a hash differs, the manifest cannot be read, or the model was trained
        for another normaliser. The hint names the fix.
    """
    if not folder.is_dir():
        raise ModelError(
            f"{folder}: no such model folder",
            hint='name a folder made by `digitd train`; [model] path = "" means the one that ships with digitd',
        )
    content = _manifest_bytes(folder)
    try:
        manifest = Manifest.from_json(content.decode())
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ModelError(
            f"{folder / MANIFEST_NAME}: not a manifest: {error}", hint=_RETRAIN.format(folder=folder)
        ) from error
    _require_servable(folder, manifest)
    artefact = Artefact(folder=folder, manifest=manifest, model_id=hashlib.sha256(content).hexdigest()[:12])
    for name in sorted({KERAS_NAME, LITERT_NAME} | set(manifest.files)):
        artefact.read(name)
    return artefact


def shipped_model() -> Path:
    """Return the folder of the model that comes with digitd."""
    return shipped("cnn", checkout="models/cnn")


@contextmanager
def write_artefact(target: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a hidden folder to build an artefact in; at the end it takes the target's name, complete or not at all.

    An existing target is refused on entry, before any work is done. When the block raises, the interrupt included,
    the hidden folder is removed and the target is as it was.

    Parameters
    ----------
    target : Path
        Missing parents are made. An empty folder counts as absent.
    force : bool
        Replace an existing model folder. A folder that is no model is never replaced.

    Yields
    ------
    Path
        Beside the target, on its file system. Fill it, ``seal`` it last.

    Raises
    ------
    OutputError
        When the target exists, or nothing can be written beside it.
    """
    target = target.resolve()
    refuse_existing(target, force=force)
    token = secrets.token_hex(4)
    staging = target.with_name(f".{target.name}-{token}.part")
    try:
        staging.mkdir(parents=True)  # not mkdtemp, whose 0700 would hide the model from the service's user
    except OSError as error:
        raise OutputError(f"{target}: cannot write beside it: {error.strerror}", hint="choose another --out") from error
    try:
        yield staging
        _flush(staging)
        _take_over(staging, target, aside=target.with_name(f".{target.name}-{token}.old"))
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def refuse_existing(target: Path, *, force: bool) -> None:
    """Raise OutputError when the target is there and may not be replaced, as `write_artefact` says."""
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if not (target / MANIFEST_NAME).is_file():
        raise OutputError(
            f"{target}: exists and is not a model folder, so it is not replaced", hint="choose another --out"
        )
    if not force:
        raise OutputError(f"{target}: exists already", hint="--force replaces it, --out names another folder")


def hash_files(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file below a folder but the manifest, by path relative to it."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST_NAME
    }


def seal(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, the last file of an artefact."""
    (folder / MANIFEST_NAME).write_text(manifest.to_json(), encoding="utf-8")


def _manifest_bytes(folder: Path) -> bytes:
    try:
        return (folder / MANIFEST_NAME).read_bytes()
    except OSError as error:
        raise ModelError(
            f"{folder}: no {MANIFEST_NAME} ({error.strerror}), so it is not a model folder",
            hint="name a folder made by `digitd train`",
        ) from error


def _require_servable(folder: Path, manifest: Manifest) -> None:
    if manifest.normaliser_version != NORMALISER_VERSION:
        raise ModelError(
            f"{folder}: trained for normaliser {manifest.normaliser_version}, "
            f"this digitd has normaliser {NORMALISER_VERSION}",
            hint=_RETRAIN.format(folder=folder)
            + f", or install the digitd it was made with ({manifest.versions.get('digitd', 'unknown')})",
        )
    if (
        manifest.output != "logits"
        or manifest.input.shape != (28, 28)
        or not _COLDEST <= manifest.temperature <= _HOTTEST
    ):
        raise ModelError(
            f"{folder}: takes {manifest.input.shape} and gives {manifest.output!r} at temperature "
            f"{manifest.temperature}; digitd serves (28, 28) to 'logits' at {_COLDEST}-{_HOTTEST}",
            hint=_RETRAIN.format(folder=folder),
        )
    if manifest.classes[:10] != tuple("0123456789") or manifest.classes[10:] not in ((), ("not_a_digit",)):
        raise ModelError(
            f"{folder}: its classes are {', '.join(manifest.classes)}; digitd serves 0-9, with or without not_a_digit",
            hint=_RETRAIN.format(folder=folder),
        )
    if not all(value is None or value > 0 for value in manifest.thresholds.values()):
        raise ModelError(
            f"{folder}: one of its thresholds would accept everything: {dict(manifest.thresholds)}",
            hint=_RETRAIN.format(folder=folder),
        )


def _flush(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _take_over(staging: Path, target: Path, *, aside: Path) -> None:
    replaced = target.exists()
    if replaced:
        target.rename(aside)
    try:
        staging.rename(target)
    except BaseException:
        if replaced:
            aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)
