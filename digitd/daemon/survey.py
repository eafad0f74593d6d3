"""Look at the work as a whole: what waits where, what is owed, whether all is well."""

import time
from collections.abc import Sequence
from contextlib import suppress

from digitd.daemon.pause import Pause
from digitd.errors import OutputError
from digitd.ledger import Ledger
from digitd.service.snapshot import Facts, InboxState, State
from digitd.spool.inbox import Inbox
from digitd.spool.watch import Watch


class Survey:
    """Surveys the work of one daemon.

    Parameters
    ----------
    inboxes : sequence of Inbox
    watch : Watch
    ledger : Ledger
    """

    def __init__(self, inboxes: Sequence[Inbox], watch: Watch, ledger: Ledger) -> None:
        self._inboxes = inboxes
        self._watch = watch
        self._ledger = ledger
        self._rows = self._pictures_owed = self._rescan_finds = 0

    def note_rescan(self) -> None:
        """Count what a listing has found that no event had asked for."""
        self._rescan_finds += sum(inbox.newly_seen for inbox in self._inboxes)

    def facts(self, state: State, pause: Pause) -> Facts:
        """Return how the work stands."""
        now = time.monotonic()
        inboxes = tuple(
            InboxState(
                path=str(inbox.path),
                is_listed=inbox.is_listed,
                waiting=inbox.waiting,
                oldest_s=round(inbox.oldest_s(now), 3),
            )
            for inbox in self._inboxes
        )
        with suppress(OutputError):  # that it cannot be read is said where it is needed
            self._rows, self._pictures_owed = self._ledger.last_seq(), self._ledger.pictures_owed()
        return Facts(
            state=State.PAUSED if pause and state is State.WATCHING else state,
            trouble=pause.because,
            hint=pause.hint,
            is_well=not pause.is_of_the_ledger and any(inbox.is_listed for inbox in inboxes),
            inboxes=inboxes,
            watch_mode=self._watch.mode,
            watch_because=self._watch.blind_because,
            overflows=self._watch.overflows,
            rescan_finds=self._rescan_finds,
            rows=self._rows,
            pictures_owed=self._pictures_owed,
        )
