"""How much one run of the benchmark measures."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many images, how large, and how often.

    The cases differ in speed by a factor of hundreds, so each gets as many images as fill about a second or two.

    Attributes
    ----------
    files : mapping of int to int
        For each longest side in pixels the images of that size, all of which digitd reads without pictures.
    files_drawn : int
        Images of a size of which digitd makes a picture each, where there are so many.
    files_burst_drawn : int
        Images of a size, where there are so many, that the daemon is given at once and makes a picture each of.
    files_scripted, files_scripted_drawn : int
        Images of a size that the script reads, and of which it makes pictures.
    rounds : int
        How often every speed and every start is measured; a median is taken over them.
    start_px : int
        The one size at which starts and latency are timed, which hardly depend on it.
    files_dropped : int
        Files that are dropped one at a time into the inbox of an idle daemon.
    idle_s : float
        Seconds for which an idle daemon is watched.
    waiting : tuple of int
        How many files wait in the inbox, from the fewest to the most.
    window : int
        The cost of a file is taken over the middle 80 % of so many rows at most.
    waiting_rounds : int
        How often the daemon is started on each.
    files_held, files_held_drawn : int
        Images over which memory is watched, without pictures and with a picture of each.
    """

    files: Mapping[int, int] = field(default_factory=lambda: {28: 1536, 100: 768, 600: 320})
    files_drawn: int = 480
    files_burst_drawn: int = 384
    files_scripted: int = 20
    files_scripted_drawn: int = 8
    rounds: int = 3
    start_px: int = 100
    files_dropped: int = 120
    idle_s: float = 60.0
    waiting: tuple[int, ...] = (1_000, 10_000, 100_000)
    window: int = 2_500
    waiting_rounds: int = 3
    files_held: int = 3_000
    files_held_drawn: int = 300

    @property
    def sizes_px(self) -> tuple[int, ...]:
        """Longest sides of the images."""
        return tuple(self.files)


LONG_HELD = {"none": 50_000, "all": 5_000}
"""Images, without pictures and with one of each, over which memory is said to be flat or not."""


def quick_plan() -> Plan:
    """Return a plan that shows whether every case runs; its figures say little."""
    return Plan(
        files={28: 288},
        files_drawn=288,
        files_burst_drawn=288,
        files_scripted=3,
        files_scripted_drawn=2,
        rounds=1,
        files_dropped=3,
        idle_s=1.0,
        waiting=(100, 300),
        waiting_rounds=1,
        files_held=100,
        files_held_drawn=20,
    )


def longer(plan: Plan) -> Plan:
    """Return the plan with the long runs."""
    return replace(plan, files_held=LONG_HELD["none"], files_held_drawn=LONG_HELD["all"])
