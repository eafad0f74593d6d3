"""What an artefact says of itself: manifest.json as frozen values, and back."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import PurePosixPath
from typing import Any, Self, TypeVar

MANIFEST_FORMAT = 2
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataOrigin:
    """What the model was trained on.

    Attributes
    ----------
    source : str
        Name of the file or folder, without its path.
    sha256 : str
        Of the arrays themselves, so that the same digits in another container give the same hash.
    counts : mapping of str to int
        Rows used for ``train``, ``validation`` and ``test``, and those ``drawn`` for training besides.
    """

    source: str
    sha256: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class InputContract:
    """What the model takes: one float32 glyph of ``shape``; ``ink`` is the value of full ink, 0 is paper."""

    shape: tuple[int, ...] = (28, 28)
    ink: int = 255
    scaling: str = "none: raw 0-255; rescaling happens inside the model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """How model.tflite was made, measured on the validation split.

    Attributes
    ----------
    arithmetic : str
        ``int8`` (post-training, float in and out) or ``float32``: the one that was shipped.
    agreement : float
        Share of rows on which it reads the same digit as model.keras, 0-1.
    validation_accuracy : mapping of str to float
        Of ``keras`` and of every arithmetic tried.
    digits_per_s : mapping of str to float
        Of every arithmetic tried, one thread, one digit at a time, on the machine that trained.
    """

    arithmetic: str
    agreement: float
    validation_accuracy: Mapping[str, float]
    digits_per_s: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The content of manifest.json.

    Attributes
    ----------
    recipe : str
        ``mlp`` or ``cnn``.
    seed, epochs : int
    data : DataOrigin
    normaliser_version : int
        Of the normaliser that images must go through before this model.
    input : InputContract
    output : str
        ``logits``: divide by ``temperature``, then softmax.
    classes : tuple of str
        What each output stands for: the ten digits, then ``not_a_digit`` where the model knows it.
    accuracy, loss : float
        On the test part, read by model.tflite with calibrated probabilities; loss in nats.
    temperature : float
    thresholds : mapping of str to float or None
        Target error -> least confidence at which the accepted error on what was held out is at most that; None where
        it is out of reach.
    export : Export
    versions : mapping of str to str
        Of digitd and the libraries that made the artefact.
    files : mapping of str to str
        Path relative to the artefact -> sha256, for every file but the manifest.
    format : int
    """

    recipe: str
    seed: int
    epochs: int
    data: DataOrigin
    normaliser_version: int
    input: InputContract
    output: str
    classes: tuple[str, ...]
    accuracy: float
    loss: float
    temperature: float
    thresholds: Mapping[str, float | None]
    export: Export
    versions: Mapping[str, str]
    files: Mapping[str, str]
    format: int = MANIFEST_FORMAT

    def to_json(self) -> str:
        """Write the manifest as JSON with sorted keys, so that equal manifests are equal bytes."""
        return json.dumps(asdict(self), indent=2, sort_keys=True, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a manifest.

        Raises
        ------
        ValueError
            When it is not JSON, lacks or adds a key, or is of another format.
        TypeError
            When a value is of another type.
        """
        table = _table(json.loads(text), "manifest")
        if table.get("format") != MANIFEST_FORMAT:
            raise ValueError(f"format is {table.get('format')!r}, this digitd reads {MANIFEST_FORMAT}")
        _require_keys(cls, table)
        return cls(
            recipe=_typed(table, "recipe", str),
            seed=_typed(table, "seed", int),
            epochs=_typed(table, "epochs", int),
            data=_data(_table(table["data"], "data")),
            normaliser_version=_typed(table, "normaliser_version", int),
            input=_input(_table(table["input"], "input")),
            output=_typed(table, "output", str),
            classes=tuple(_text(name, "classes") for name in _typed(table, "classes", list)),
            accuracy=_number(table["accuracy"], "accuracy"),
            loss=_number(table["loss"], "loss"),
            temperature=_number(table["temperature"], "temperature"),
            thresholds={
                key: None if value is None else _number(value, f"thresholds.{key}")
                for key, value in _table(table["thresholds"], "thresholds").items()
                if _number(float(key), "thresholds") >= 0
            },
            export=_export(_table(table["export"], "export")),
            versions=_texts(table["versions"], "versions"),
            files=_names(_texts(table["files"], "files")),
        )


def _data(table: dict[str, Any]) -> DataOrigin:
    _require_keys(DataOrigin, table)
    counts = _table(table["counts"], "data.counts")
    return DataOrigin(
        source=_typed(table, "source", str),
        sha256=_typed(table, "sha256", str),
        counts={key: _typed(counts, key, int) for key in counts},
    )


def _input(table: dict[str, Any]) -> InputContract:
    _require_keys(InputContract, table)
    return InputContract(
        shape=tuple(_typed(table, "shape", list)),
        ink=_typed(table, "ink", int),
        scaling=_typed(table, "scaling", str),
    )


def _export(table: dict[str, Any]) -> Export:
    _require_keys(Export, table)
    return Export(
        arithmetic=_typed(table, "arithmetic", str),
        agreement=_number(table["agreement"], "export.agreement"),
        validation_accuracy=_numbers(table["validation_accuracy"], "export.validation_accuracy"),
        digits_per_s=_numbers(table["digits_per_s"], "export.digits_per_s"),
    )


def _require_keys(of: type[Any], table: dict[str, Any]) -> None:
    expected, found = {field.name for field in fields(of)}, set(table)
    if expected != found:
        raise ValueError(f"keys differ: {', '.join(sorted(expected ^ found))}")


def _table(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{name} is {value!r}, not a table")
    return value


def _typed(table: dict[str, Any], key: str, of: type[T]) -> T:
    value = table[key]
    if not isinstance(value, of) or isinstance(value, bool):
        raise TypeError(f"{key} is {value!r}, not {of.__name__}")
    return value


def _number(value: object, name: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}, not a number")
    return float(value)


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} holds {value!r}, not text")
    return value


def _numbers(value: object, name: str) -> dict[str, float]:
    return {key: _number(number, f"{name}.{key}") for key, number in _table(value, name).items()}


def _names(files: dict[str, str]) -> dict[str, str]:
    for name in files:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise ValueError(f"files names {name!r}, which lies outside the folder")
    return files


def _texts(value: object, name: str) -> dict[str, str]:
    table = _table(value, name)
    return {key: _typed(table, key, str) for key in table}
