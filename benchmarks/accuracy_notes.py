"""Say how the figures came about, and how far what they are measured on was known when digitd was made."""

from collections.abc import Iterator

from benchmarks.sets import REAL_SETS
from benchmarks.shipped import Shipped


def notes_on_method(shipped: Shipped) -> Iterator[str]:
    """Say how each column is read, and what the rows are."""
    yield (
        f"digitd: the shipped {shipped.recipe} in {shipped.arithmetic}, read as `digitd score` reads, from the bytes "
        "of a file through decoder, normaliser and model. MNIST's PNG files (dark on light) and the real sets went "
        "through the command `digitd score` itself."
    )
    yield (
        "Plain resize: what most scripts do. The page in grey is inverted, since ink is taken to be dark, and all of "
        "it is resized to 28x28 with INTER_AREA; the mlp is the tutorials' two dense layers, "
        "`digitd train --recipe mlp`."
    )
    yield (
        "Corruptions are those of MNIST-C on the 28x28 images, dark on light. Canny edges have outlines in place of "
        "strokes, and a zigzag is one more stroke as strong as the digit's own; these two stand apart."
    )
    yield "Means give each condition the same weight. The worst of each column is its own."


def notes_on_use() -> Iterator[str]:
    """Say what of the rows is not new to digitd, and how."""
    yield (
        "The corruptions are not unseen in kind. Training augments glyphs with specks, blur, scratches in a line or "
        "dotted, and outlines, which resemble impulse_noise, motion_blur, dotted_line, zigzag and canny_edges; as any "
        "augmentation it also turns, slants, scales and shifts them, and shakes the grey of their ink. Its code and "
        "parameters are its own, not the suite's."
    )
    yield (
        "Nor are the round trips. Training pages (`digitd/training/pages.py`) show boxes, ruling, neighbours, shadows "
        "and noise, as round trips do, by code and parameters of their own."
    )
    yield (
        "Nor is all that is no digit wholly new. The kinds measured are never drawn for training, but which of them "
        "were weak was known when doodles, ringed marks, curls and punctuation were added to what is taught, and "
        "some are relatives: ringed marks of circled letters and faces, curls with marks beside them of spirals and "
        "question marks; circled_letter is a letter of the kind that is taught, inside a ring. Check marks, question "
        "marks and arrows can resemble ones or sevens, so not each that is taken for one is a plain mistake."
    )
    yield (
        "The real sets were looked at, with their labels, as validation figures while the normaliser and the "
        "augmentation were written; what they prompted is said below. No image of them was trained on; no threshold or "
        "temperature was fitted on them."
    )
    for name, real in REAL_SETS.items():
        yield f"{name}: {real.what}. {real.used}. All of its images against labels.csv."
