"""What processes hold while they work: memory and open descriptors, at steps and at their most."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.proc import Memory, descriptors_of, memory_of, role_of, tree

_LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one process held when so many files were done.

    ``descriptors`` is the fewest that were seen open in the step up to there, which leaves out those of the moment.
    """

    files: int
    role: str
    memory: Memory
    descriptors: int


class Watcher:
    """Looks at a process and its children again and again.

    Parameters
    ----------
    step : int
        Files between two notes.
    """

    def __init__(self, step: int) -> None:
        self._step = step
        self._next = step
        self._looked_at = float("-inf")
        self._roles: dict[int, str] = {}
        self._fewest: dict[int, int] = {}
        self.noted: list[Held] = []
        self.peak_mb: dict[str, float] = {}

    def look(self, pid: int, files: int) -> None:
        """Look, unless that was just done; make a note where another step is reached."""
        now = time.perf_counter()
        if files < self._next and now - self._looked_at < _LOOK_EVERY_S:
            return
        self._looked_at = now
        memories = {member: memory for member in tree(pid) if (memory := memory_of(member)) is not None}
        for member, memory in memories.items():
            role = self._role(member, pid)
            self.peak_mb[role] = max(memory.peak_mb, self.peak_mb.get(role, 0.0))
            descriptors = descriptors_of(member)
            self._fewest[member] = min(descriptors, self._fewest.get(member, descriptors))
        if files >= self._next:
            self._next = (files // self._step + 1) * self._step
            for member, memory in memories.items():
                self.noted.append(
                    Held(files=files, role=self._role(member, pid), memory=memory, descriptors=self._fewest[member])
                )
            self._fewest.clear()

    def _role(self, member: int, parent: int) -> str:
        """Return what a process is called: children of a kind are numbered in the order in which they were seen."""
        if member not in self._roles:
            role = "parent" if member == parent else role_of(member)
            number = sum(known.startswith(role) for known in self._roles.values()) + 1
            self._roles[member] = role if role != "worker" else f"{role} {number}"
        return self._roles[member]


def settled_and_last(noted: Sequence[Held], role: str, *, warm: int) -> tuple[Held, Held] | None:
    """Return what a process held at the first note after so many files, and at the last; None where it has no two."""
    own = [held for held in noted if held.role == role]
    after = [held for held in own if held.files >= warm]
    return (after[0], after[-1]) if len(after) > 1 else None
