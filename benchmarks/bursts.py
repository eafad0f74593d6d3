"""The rate of ``digitd watch`` while files come faster than it reads them."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.daemon import Daemon
from benchmarks.rows import SETTLED_ROWS, Sighting, steady_rate
from benchmarks.stock import copies

_WARM_UP = 3


def burst_rates(files: Sequence[Path], folder: Path, *, annotate: str, is_settled: bool) -> dict[str, float]:
    """Rename copies of all files into the inbox of a daemon that waits; return its rates a second.

    Parameters
    ----------
    files : sequence of Path
    folder : Path
    annotate : str
    is_settled : bool
        Whether to wait for the files to be settled too, which they are when their pictures are drawn.

    Returns
    -------
    dict of str to float
        ``rows`` as they appear in predictions.csv; ``settled`` as files appear in ``done/``.
    """
    staged = copies(files[:_WARM_UP], folder / "staged", _WARM_UP)
    burst = copies(files, folder / "staged", len(files), first=_WARM_UP)
    with Daemon(folder / "watch", annotate=annotate) as daemon:
        daemon.warm_up(staged)
        counts = {"rows": daemon.rows} | ({"settled": daemon.settled} if is_settled else {})
        daemon.drop(burst)
        until = _WARM_UP + len(burst)
        seen = daemon.follow_all([(count, until) for count in counts.values()])
    return {name: steady_rate(_after_warm_up(sightings)) for name, sightings in zip(counts, seen, strict=True)}


def _after_warm_up(sightings: Sequence[Sighting]) -> Sequence[Sighting]:
    """Leave out what was there before the burst, so that the rate is taken over its own files."""
    return [sighting for sighting in sightings if sighting.rows >= _WARM_UP + SETTLED_ROWS]
