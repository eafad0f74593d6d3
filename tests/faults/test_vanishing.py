"""The outbox goes away while a batch is in work; nothing may be written to where it was."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT, environment
from tests.faults.conftest import QUICK
from tests.faults.pauses import drop_three


@pytest.mark.fault("outbox gone in the middle of a batch")
@pytest.mark.parametrize("point", ["taken", "read", "committed", "appending", "drawing", "placed", "moved"])
@pytest.mark.parametrize("state_is_inside", [True, False])
def test_outbox_that_goes_away_in_the_middle_is_not_made_again(place, tiny, tmp_path, point, state_is_inside):
    place.drop("first.png", tiny)
    state = place.outbox / ".state" if state_is_inside else tmp_path / "state"
    place.once(DIGITD_STATE_PATH=str(state))
    before, away = place.csv, place.outbox.with_name("away")
    drop_three(place, tiny)
    words = [sys.executable, "-m", "tests.faults.vanishing", point, str(place.outbox)]
    subprocess.run(
        [*words, *place.command("--once")[3:]],
        cwd=ROOT,
        env=environment() | QUICK | {"DIGITD_STATE_PATH": str(state)},
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert away.is_dir()
    assert not place.outbox.exists(), "the outbox was made again"
    away.rename(place.outbox)
    place.once(DIGITD_STATE_PATH=str(state))
    place.check(state=state, before_csv=before)
