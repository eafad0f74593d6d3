"""What was read, and how much of it is right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from digitd.model.calibrate import expected_calibration_error
from digitd.values import Reading, Status

_BINS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """So many of so many."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """0-1; 0 of none."""
        return self.hits / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table: one set of pages, read in several ways.

    Attributes
    ----------
    group, name : str
        The same name may stand in several groups.
    right : mapping of str to Count
        By way; ways that were not tried are missing.
    note : str
        How the set was used, in a line: what of it was drawn, and what digitd owes to it; empty where there is nothing
        to say.
    readings : tuple of Reading
        What digitd gave for files, in the order of the labels; empty for arrays and for pages drawn on the spot.
    labels : tuple of str
        Empty where there are no readings.
    """

    group: str
    name: str
    right: Mapping[str, Count]
    note: str = ""
    readings: tuple[Reading, ...] = field(default=(), repr=False)
    labels: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What digitd's confidence is worth on some rows.

    Attributes
    ----------
    accepted, wrong : Count
        Of all pages, those accepted; of those accepted, the wrong ones.
    ece : float
        Expected calibration error over 15 bins; pages without a value count as wrong with confidence 0.
    """

    accepted: Count
    wrong: Count
    ece: float


def count_right(values: Sequence[str], labels: Sequence[str]) -> Count:
    """Count the values that are the labels."""
    return Count(hits=sum(value == label for value, label in zip(values, labels, strict=True)), of=len(labels))


def trust_in(readings: Sequence[Reading], labels: Sequence[str]) -> Trust:
    """Hold the confidence of readings against what is right."""
    correct = np.array([reading.value == label for reading, label in zip(readings, labels, strict=True)], bool)
    accepted = np.array([reading.status is Status.ACCEPTED for reading in readings], bool)
    confidence = np.array([reading.confidence or 0.0 for reading in readings], np.float64)
    return Trust(
        accepted=Count(hits=int(accepted.sum()), of=len(accepted)),
        wrong=Count(hits=int((accepted & ~correct).sum()), of=int(accepted.sum())),
        ece=expected_calibration_error(confidence, correct, bins=_BINS),
    )


def area_under_roc(positive: NDArray[np.floating], negative: NDArray[np.floating]) -> float:
    """Return the probability that a positive score is above a negative one, equal ones counted half.

    The area under the ROC curve as the Mann-Whitney statistic: Hanley and McNeil 1982,
    doi 10.1148/radiology.143.1.7063747.

    Parameters
    ----------
    positive, negative : (N,) and (M,) float
        Neither empty.
    """
    ordered = np.sort(negative)
    below, up_to = (np.searchsorted(ordered, positive, side) for side in ("left", "right"))
    return float((below + up_to).mean() / 2 / len(negative))
