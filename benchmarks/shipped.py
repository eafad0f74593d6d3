"""Name the model that a run was made with."""

from dataclasses import dataclass

from digitd.model.artefact import load_artefact, shipped_model


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """The shipped model, as its manifest describes it.

    Attributes
    ----------
    recipe, arithmetic : str
        ``mlp`` or ``cnn``; ``int8`` or ``float32``.
    trained_on : str
        Name of the file or folder.
    counts : dict of str to int
        Rows of it by use, and those drawn besides.
    files : dict of str to str
        The sha256 of each file.
    """

    recipe: str
    arithmetic: str
    trained_on: str
    counts: dict[str, int]
    files: dict[str, str]

    def __str__(self) -> str:
        """Say it in a line, as a report has it."""
        counts = ", ".join(f"{count:,} {use}" for use, count in self.counts.items())
        named = f"{self.recipe} in {self.arithmetic}, model.tflite {self.files['model.tflite'][:12]}"
        return f"Shipped model: {named}, trained on {self.trained_on} ({counts}), says its manifest."


def describe_shipped() -> Shipped:
    """Read the manifest of the shipped model."""
    manifest = load_artefact(shipped_model()).manifest
    return Shipped(
        recipe=manifest.recipe,
        arithmetic=manifest.export.arithmetic,
        trained_on=manifest.data.source,
        counts=dict(manifest.data.counts),
        files=dict(manifest.files),
    )
