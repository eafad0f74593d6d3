"""How many files share a commit."""

_BATCH_S = 0.5
_FIRST, _LARGEST = 16, 64


class BatchSize:
    """As many files as take half a second at most: a stop waits for them, and the first row for the last."""

    def __init__(self) -> None:
        self.files = _FIRST

    def note(self, took_s: float) -> None:
        """Learn from what a batch took."""
        if took_s > _BATCH_S:
            self.files = max(1, self.files // 2)
        elif took_s < _BATCH_S / 2:
            self.files = min(2 * self.files, _LARGEST)
