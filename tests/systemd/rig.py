"""A container with a real systemd, in which the service is installed."""

import os
import subprocess
import time
from pathlib import Path

from tests.conftest import ROOT, SAMPLES

UNIT = ROOT / "systemd" / "digitd.service"
STATE = "/var/lib/digitd"
CONFIG = "/etc/digitd/digitd.toml"
DIGITD = "/opt/digitd/venv/bin/digitd"


class Rig:
    """The container; ``scripts`` is the folder of the scripts that boot it, run commands in it and stop it."""

    def __init__(self, scripts: Path, wheel: Path) -> None:
        self._scripts = scripts
        self._wheel = wheel
        self._environment = os.environ | {
            "NAME": os.environ.get("NAME", "digitd-test"),
            "DIGITD_WHEEL": str(wheel),
            "UNIT": str(UNIT),
            "CONFIG": str(ROOT / "systemd" / "digitd.toml"),
            "SYSUSERS": str(ROOT / "systemd" / "digitd.sysusers"),
            "TMPFILES": str(ROOT / "systemd" / "digitd.tmpfiles"),
        }

    @property
    def wheels(self):
        """The folder of the packages that the service needs."""
        cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
        return Path(os.environ.get("RIG", cache / "digitd-rig")) / "wheels"

    def boot(self, *words):
        """Boot it, anew or with ``--keep`` as it was; return what was said."""
        self._forget_another_wheel()
        ran = subprocess.run(
            ["/bin/bash", self._scripts / "boot.sh", *words],
            env=self._environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, f"it does not boot: {ran.stdout[-2000:]}{ran.stderr[-2000:]}"
        return ran.stdout

    def _forget_another_wheel(self):
        """Have the packages gathered anew unless this very wheel lies with them.

        Pip would take another one of its name for it, and go by what that one needs.
        """
        kept = self.wheels / self._wheel.name
        if not kept.is_file() or kept.read_bytes() != self._wheel.read_bytes():
            kept.unlink(missing_ok=True)
            (self.wheels / ".stamp").unlink(missing_ok=True)

    def halt(self):
        """Shut it down as a machine is."""
        subprocess.run(["/bin/bash", self._scripts / "stop.sh"], env=self._environment, check=True, capture_output=True)

    def run(self, *command, user=None, check=True, stdin=b""):
        """Run a command inside, and return what it printed."""
        prefix = ["runuser", "-u", user, "--"] if user else []
        ran = subprocess.run(
            ["/bin/bash", self._scripts / "run.sh", *prefix, *command],
            env=self._environment,
            input=stdin,
            capture_output=True,
            check=False,
        )
        if check:
            assert ran.returncode == 0, f"{' '.join(command)}: {ran.stdout.decode()[-800:]}{ran.stderr.decode()[-800:]}"
        return ran.stdout.decode(errors="replace")

    def code(self, *command, user=None):
        """Run a command inside, and return its exit code."""
        prefix = ["runuser", "-u", user, "--"] if user else []
        words = ["/bin/bash", self._scripts / "run.sh", *prefix, *command]
        return subprocess.run(words, env=self._environment, capture_output=True, check=False).returncode

    def shell(self, script, **more):
        """Run a line of shell inside."""
        return self.run("sh", "-c", script, **more)

    def write(self, path, content, *, user=None):
        """Write a file inside, whole, by a rename."""
        folder, _, name = path.rpartition("/")
        data = content if isinstance(content, bytes) else content.encode()
        self.shell(f"cat >'{folder}/.{name}.part' && mv '{folder}/.{name}.part' '{path}'", user=user, stdin=data)

    def drop(self, name, *, inbox=f"{STATE}/inbox", user="alice"):
        """Drop a digit, as a user."""
        self.write(f"{inbox}/{name}", (SAMPLES / "two-small.png").read_bytes(), user=user)

    def show(self, *properties, unit="digitd"):
        """Return properties of a unit."""
        lines = self.run("systemctl", "show", unit, *(f"--property={name}" for name in properties)).splitlines()
        return dict(line.split("=", 1) for line in lines)

    def pid(self, unit="digitd"):
        """Return the number of a unit's process, 0 for none."""
        return int(self.show("MainPID", unit=unit)["MainPID"])

    def rows(self, outbox=f"{STATE}/outbox"):
        """Return the rows so far, as lists of cells."""
        lines = self.run("cat", f"{outbox}/predictions.csv", check=False).splitlines()
        return [line.split(",") for line in lines[1:] if line.count(",") >= 12]  # the last may be half written

    def journal(self, *words, unit="digitd"):
        """Return what the journal has of a unit."""
        return self.run("journalctl", "--no-pager", "--output=cat", "--unit", unit, *words)

    def drop_in(self, name, content, unit="digitd"):
        """Add to the unit; an empty text takes it away."""
        path = f"/etc/systemd/system/{unit}.service.d/{name}.conf"
        if content:
            self.run("mkdir", "-p", path.rpartition("/")[0])
            self.write(path, content)
        else:
            self.run("rm", "-f", path)
        self.run("systemctl", "daemon-reload")

    def configure(self, extra=""):
        """Write the service's configuration, as it is shipped with more after it."""
        self.write(CONFIG, (ROOT / "systemd" / "digitd.toml").read_text() + extra)

    def wait(self, condition, what, deadline_s=60):
        """Wait until something is so, and return it."""
        ends = time.monotonic() + deadline_s
        while not (found := condition()):
            assert time.monotonic() < ends, f"not within {deadline_s} s: {what}; {self.journal('-n', '12')}"
            time.sleep(0.1)
        return found

    def wait_for_row(self, name, *, outbox=f"{STATE}/outbox"):
        """Wait for the row of a file and return its cells."""
        return self.wait(lambda: next((row for row in self.rows(outbox) if row[2] == name), None), f"{name} has a row")
