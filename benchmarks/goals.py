"""What digitd is meant to reach, and whether it did."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.section import Figure, figure, table


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A bound on a figure.

    Attributes
    ----------
    key : str
        Of the figures that it is held against.
    text : str
    limit : float
    is_least : bool
        Whether more is better.
    unit : str
    """

    key: str
    text: str
    limit: float
    is_least: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A goal held against a figure; ``measured`` is None where this run did not measure it."""

    goal: Goal
    where: str
    measured: float | None

    @property
    def verdict(self) -> str:
        """Say it in a word or two."""
        if self.measured is None:
            return "not measured"
        is_met = self.measured >= self.goal.limit if self.goal.is_least else self.measured <= self.goal.limit
        return "met" if is_met else "MISSED"


GOALS = (
    Goal(
        key="all-script",
        text="`score --annotate all --jobs 2` against the script with pictures",
        limit=50,
        is_least=True,
        unit="x",
    ),
    Goal(
        key="none-script",
        text="`score --annotate none --jobs 2` against the script without",
        limit=150,
        is_least=True,
        unit="x",
    ),
    Goal(
        key="none-tight",
        text="`score --annotate none --jobs 1` against the tight loop",
        limit=0.6,
        is_least=True,
        unit="x",
    ),
    Goal(key="none-jobs", text="`score --annotate none`, two jobs against one", limit=1.7, is_least=True, unit="x"),
    Goal(key="all-jobs", text="`score --annotate all`, two jobs against one", limit=1.7, is_least=True, unit="x"),
    Goal(key="start", text="start of the process to its first row, files in the page cache", limit=1.0, unit="s"),
    Goal(key="peak-daemon", text="most memory of the daemon", limit=200, unit="MB"),
    Goal(key="peak-painter", text="most memory of a process in which the daemon draws", limit=150, unit="MB"),
    Goal(key="latency-p50", text="rename into the inbox of an idle daemon to the row, p50", limit=100, unit="ms"),
    Goal(key="latency-p99", text="rename into the inbox of an idle daemon to the row, p99", limit=300, unit="ms"),
    Goal(key="idle", text="processor's time of an idle daemon", limit=0.5, unit="% of a core"),
    Goal(key="growth", text="cost of a file with 100,000 waiting against 1,000", limit=1.15, unit="x"),
    Goal(key="scan", text="start with 100,000 files waiting, beyond that with one", limit=2.0, unit="s"),
    Goal(
        key="flat-memory",
        text="memory after 50,000 images against that after 10,000 (with pictures 5,000, 1,000)",
        limit=1.05,
        unit="x",
    ),
    Goal(key="flat-descriptors", text="open descriptors then, beyond those before", limit=0, unit=""),
)


def judge(figures: Mapping[Figure, float], goals: Sequence[Goal] = GOALS) -> Iterator[Judgement]:
    """Hold each goal against all figures of its key; one without any is not measured."""
    for goal in goals:
        found = [(where, value) for (key, where), value in figures.items() if key == goal.key]
        for where, value in found or [("", None)]:
            yield Judgement(goal=goal, where=where, measured=value)


def goals_table(judgements: Sequence[Judgement]) -> list[str]:
    """Write a table of goals in Markdown, a row each."""
    rows = [
        (
            judgement.goal.text,
            judgement.where,
            f"{'at least' if judgement.goal.is_least else 'at most'} {judgement.goal.limit:g}{_unit(judgement.goal)}",
            "" if judgement.measured is None else f"{_number(judgement.measured)}{_unit(judgement.goal)}",
            judgement.verdict,
        )
        for judgement in judgements
    ]
    return table(("goal", "where", "bound", "measured", ""), rows, words=5)


def _number(value: float) -> str:
    return "0" if value == 0 else figure(value)


def _unit(goal: Goal) -> str:
    return goal.unit if goal.unit in {"", "x"} else f" {goal.unit}"
