"""Speeds, and their ratios: digitd beside the script that a person would write, and beside a bare loop."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

from benchmarks.cases import COMPARISONS, GOAL_PAIRS, open_cases
from benchmarks.images import SEED, make_images
from benchmarks.measure import Ratio, Speeds, compare, measure
from benchmarks.plan import Plan
from benchmarks.section import Section, figure, plural

_NOTES = (
    "Colour PNGs made from the samples, no two alike, with seed {seed}; {rounds}.",
    (
        "Every ratio says how many times as fast the left is as what it stands against: the median over the rounds of "
        "this run, of the ratio within a round, and the range in brackets. Figures of different runs do not compare."
    ),
    (
        "The script (`benchmarks/baseline.py`) and the tight loop are warm. The script reads the shipped model with "
        "Keras, one image at a time, on all cores; the tight loop decodes, normalises and classifies in one process, "
        "and no more."
    ),
    (
        "`digitd score` is a whole process watched from outside: its rate is taken between the 32nd and the last row "
        "that appear in predictions.csv, so that its start is apart; with sheets, whose rows come about once a second, "
        "between the first and the last."
    ),
    (
        "`digitd watch` waits when copies of all files are renamed into its inbox, one after another. Its rate is "
        "taken between the 32nd and the last row, or file in done/, where a file lies once its picture is drawn."
    ),
)


def measure_speed(plan: Plan, scratch: Path, tell: Callable[[str], None]) -> Section:
    """Time all cases at all sizes in rounds."""
    sets = [
        make_images(scratch, size_px=size_px, count=count, count_drawn=plan.files_drawn)
        for size_px, count in plan.files.items()
    ]
    tell("starting the loops that stay warm")
    with open_cases(plan, sets[0], scratch) as cases:
        speeds = measure(cases, sets, rounds=plan.rounds, tell=tell)
    return section(plan, speeds, list(compare(speeds, COMPARISONS, plan.sizes_px)))


def section(plan: Plan, speeds: Speeds, ratios: Sequence[Ratio]) -> Section:
    """Lay out speeds and ratios; ``speeds`` are images per second, one for each round."""
    cells = {(ratio.case, ratio.against, ratio.size_px): ratio for ratio in ratios}
    return Section(
        title="Speed",
        head=("", "against", *(f"{size_px} px" for size_px in plan.sizes_px)),
        rows=(
            *(
                (name, "images a second", *(figure(median(speeds[name, size_px])) for size_px in plan.sizes_px))
                for name in dict.fromkeys(name for name, _ in speeds)
            ),
            *(
                (case, against, *(_cell(cells[case, against, size_px]) for size_px in plan.sizes_px))
                for case, against in dict.fromkeys((ratio.case, ratio.against) for ratio in ratios)
            ),
        ),
        notes=tuple(note.format(seed=SEED, rounds=plural(plan.rounds, "round")) for note in _NOTES),
        record={
            "speeds": [{"case": case, "size_px": size_px, "per_s": list(of)} for (case, size_px), of in speeds.items()],
            "ratios": [asdict(ratio) for ratio in ratios],
        },
        figures={
            (key, f"{size_px} px"): cells[*pair, size_px].median
            for key, pair in GOAL_PAIRS.items()
            for size_px in plan.sizes_px
        },
    )


def _cell(ratio: Ratio) -> str:
    if ratio.lowest == ratio.highest:
        return figure(ratio.median)
    return f"{figure(ratio.median)} ({figure(ratio.lowest)}-{figure(ratio.highest)})"
