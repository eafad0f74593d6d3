"""An evaluation as text for people and as JSON for machines."""

from dataclasses import asdict
from typing import Any

from digitd.training.digits import Part
from digitd.training.evaluate import Evaluation

_UNREAD_SHOWN = 5


def evaluation_json(evaluation: Evaluation) -> dict[str, Any]:
    """Return an evaluation as JSON can hold it; the rates of rejection become text."""
    table = asdict(evaluation)
    table["error_at_rejection"] = {f"{rate:g}": error for rate, error in evaluation.error_at_rejection.items()}
    return table


def evaluation_text(evaluation: Evaluation, part: Part) -> str:
    """Return an evaluation as aligned lines."""
    loss = "-" if evaluation.loss is None else f"{evaluation.loss:.4f}"
    lines = [
        f"accuracy   {_percent(evaluation.accuracy)}   {evaluation.wrong} wrong of {evaluation.count}",
        f"loss       {loss}",
        f"ECE        {evaluation.ece:.4f}",
    ]
    if part.unread:
        lines.append(f"no digit   {evaluation.unread} images, counted as wrong:")
        lines += [f"           {unread.file}: {unread.why}" for unread in part.unread[:_UNREAD_SHOWN]]
        lines += [f"           and {evaluation.unread - _UNREAD_SHOWN} more"] * (evaluation.unread > _UNREAD_SHOWN)
    lines += ["", "rejected     error"]
    lines += [f"{100 * rate:6.0f} %  {_percent(error)}" for rate, error in evaluation.error_at_rejection.items()]
    lines += ["", "digit  count  accuracy  precision    recall"]
    lines += [
        "  ".join(
            [f"{score.digit:5}", f"{score.count:5}", *map(_percent, (score.accuracy, score.precision, score.recall))]
        )
        for score in evaluation.classes
    ]
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "       -" if share is None else f"{100 * share:6.2f} %"
