"""Take note of progress, from wherever it is made."""


class Progress:
    """Takes no note: nobody wants to know."""

    def beat(self) -> None:
        """Note that the work goes on; cheap enough to be called for each page."""

    def observe(self, stage: str, seconds: float) -> None:
        """Note what a stage of a batch took; see `digitd.service.metrics.STAGES`."""
