"""Say what was measured: a table in Markdown, and everything as JSON."""

from collections.abc import Sequence
from dataclasses import asdict

from benchmarks.images import SEED
from benchmarks.machine import Machine, heading
from benchmarks.measure import Ratio, Speeds
from benchmarks.plan import Plan
from benchmarks.shipped import Shipped

_NOTES = (
    (
        "Every figure says how many times as fast the left is as what it stands against: the median over the rounds of "
        "this run, of the ratio within a round, and the range in brackets. Figures of different runs do not compare."
    ),
    (
        "The script (`benchmarks/baseline.py`) and the tight loop are warm. The script reads the shipped model with "
        "Keras, one image at a time, on all cores; the tight loop decodes, normalises and classifies in one process, "
        "and no more."
    ),
    (
        "`digitd score` is a whole process watched from outside: its rate is taken between the 32nd and the last row "
        "that appear in predictions.csv, so that its start is apart."
    ),
    "Starts are those of fresh processes on one image, with the files of both in the page cache.",
)


def markdown(machine: Machine, shipped: Shipped, plan: Plan, ratios: Sequence[Ratio]) -> str:
    """Write the report that a person reads."""
    rounds = "1 round" if plan.rounds == 1 else f"{plan.rounds} rounds"
    images = f"{rounds}, colour PNGs made from the samples with seed {SEED}."
    lines = [
        *heading(machine, str(shipped), images),
        *_table(plan.sizes_px, ratios),
        "",
        *(f"- {note}" for note in _NOTES),
    ]
    return "\n".join(lines) + "\n"


def record(
    machine: Machine, shipped: Shipped, plan: Plan, speeds: Speeds, ratios: Sequence[Ratio]
) -> dict[str, object]:
    """Return everything as JSON takes it; ``speeds`` are images or starts per second, one for each round."""
    return {
        "machine": asdict(machine),
        "model": asdict(shipped),
        "plan": asdict(plan) | {"seed": SEED},
        "speeds": [{"case": case, "size_px": size_px, "per_s": list(of)} for (case, size_px), of in speeds.items()],
        "ratios": [asdict(ratio) for ratio in ratios],
        "notes": list(_NOTES),
    }


def _table(sizes_px: Sequence[int], ratios: Sequence[Ratio]) -> list[str]:
    cells = {(ratio.case, ratio.against, ratio.size_px): _cell(ratio) for ratio in ratios}
    pairs = dict.fromkeys((ratio.case, ratio.against) for ratio in ratios)
    rows = [(*pair, *(cells.get((*pair, size_px), "") for size_px in sizes_px)) for pair in pairs]
    heads = ("", "against", *(f"{size_px} px" for size_px in sizes_px))
    rule = ("---", "---", *("---:" for _ in sizes_px))
    return [f"| {' | '.join(row)} |" for row in (heads, rule, *rows)]


def _cell(ratio: Ratio) -> str:
    if ratio.lowest == ratio.highest:
        return figure(ratio.median)
    return f"{figure(ratio.median)} ({figure(ratio.lowest)}-{figure(ratio.highest)})"


def figure(ratio: float) -> str:
    """Write a ratio with about three digits that count."""
    return f"{ratio:.{0 if ratio >= 100 else 1 if ratio >= 10 else 2}f}"
