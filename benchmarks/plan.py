"""How much one run of the benchmark measures."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many images, how large, and how often.

    The cases differ in speed by a factor of hundreds, so each gets as many images as fill about a second.

    Attributes
    ----------
    files : mapping of int to int
        For each longest side in pixels the images of that size, all of which digitd reads without pictures.
    files_drawn : int
        Images of a size of which digitd makes pictures, where there are so many.
    files_scripted, files_scripted_drawn : int
        Images of a size that the script reads, and of which it makes pictures.
    start_px : int
        The one size at which starts are timed, which hardly depend on it.
    rounds : int
        How often every case is measured; a median is taken over them.
    """

    files: Mapping[int, int] = field(default_factory=lambda: {28: 384, 100: 288, 600: 64})
    files_drawn: int = 96
    files_scripted: int = 20
    files_scripted_drawn: int = 8
    start_px: int = 100
    rounds: int = 3

    @property
    def sizes_px(self) -> tuple[int, ...]:
        """Longest sides of the images."""
        return tuple(self.files)


def quick_plan() -> Plan:
    """Return a plan that shows whether every case runs; its figures say little."""
    return Plan(files={100: 96}, files_drawn=64, files_scripted=3, files_scripted_drawn=2, rounds=1)
