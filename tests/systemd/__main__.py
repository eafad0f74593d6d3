"""Run the service through what is promised of it under a real systemd: `python -m tests.systemd [NAME...]`.

Needs root, the scripts of the container (in SYSTEMD_RIG, else ../shared/systemd-rig) and, the first time, packages to
make it of. Where it cannot be had, it says why and ends with 0.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import ROOT
from tests.systemd.rig import Rig
from tests.systemd.scenarios import SCENARIOS

TOOLS = ("systemd-nspawn", "mmdebstrap")
"""That boot a container and make one; the scripts install them where packages can be had."""


def main(names):
    """Run scenarios, all of them or those of these names; return whether all that was promised was seen."""
    scripts = Path(os.environ.get("SYSTEMD_RIG", ROOT.parent / "shared" / "systemd-rig"))
    if why := _missing(scripts):
        _say(f"skipped: {why}")
        return True
    if unknown := set(names) - {scenario.__name__ for scenario in SCENARIOS}:
        _say(f"no such scenario: {', '.join(sorted(unknown))}")
        return False
    chosen = [scenario for scenario in SCENARIOS if not names or scenario.__name__ in names]
    rig = Rig(scripts, _wheel())
    began = time.monotonic()
    try:
        _say(f"ok      booted: {rig.boot().strip().splitlines()[-1].strip()}")
    except AssertionError as error:
        if all(map(shutil.which, TOOLS)):
            raise
        _say(f"skipped: {' and '.join(TOOLS)} cannot be had here: {error}")
        return True
    try:
        if chosen[0] is not SCENARIOS[0]:
            rig.run("systemctl", "enable", "--now", "digitd")
        results = [_run(scenario, rig) for scenario in chosen]
    finally:
        rig.halt()
    _say(f"{sum(results)} passed, {len(results) - sum(results)} failed in {time.monotonic() - began:.0f} s")
    return all(results)


def _say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _run(scenario, rig):
    began = time.monotonic()
    try:
        seen, word = scenario(rig), "ok"
    except (AssertionError, LookupError, OSError, ValueError) as error:
        seen, word = f"{type(error).__name__}: {error}", "FAILED"
    _say(f"{word:<7} {scenario.__name__.replace('_', ' ')} ({time.monotonic() - began:.1f} s): {seen}")
    return word == "ok"


def _missing(scripts):
    if not (scripts / "boot.sh").is_file():
        return f"there are no scripts to boot a container in {scripts}"
    if os.geteuid() != 0:
        return "booting a container takes root"
    return ""


def _wheel():
    """Build the wheel and return it."""
    dist = ROOT / "dist"
    for old in dist.glob("digitd-*.whl"):
        old.unlink()
    words = ["pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(dist), "."]
    subprocess.run([sys.executable, "-m", *words], cwd=ROOT, check=True)
    (wheel,) = dist.glob("digitd-*.whl")
    return wheel


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:]))
