"""docs/service.md, followed word by word: a scenario like those beside."""

import io
import re
import tarfile
import time

from tests.conftest import ROOT, SAMPLES
from tests.systemd.rig import STATE

BLOCKS = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "service.md").read_text(encoding="utf-8"), re.DOTALL)
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def installation_as_documented(rig):
    _make_bare(rig)
    began = time.monotonic()
    _follow(rig, "python3 -m venv")
    took_s = time.monotonic() - began
    rig.write("/home/alice/scan.png", (SAMPLES / "two-small.png").read_bytes(), user="alice")
    rows = rig.run("runuser", "--login", "alice", "--command", _block("cp scan.png"))
    assert ",scan.png,1,,2," in rows
    assert "ok: watching" in _follow(rig, "digitd health")
    _follow(rig, "digitd config show")
    said = _follow(rig, "pip install --upgrade")
    assert "kept, it is yours" not in said  # nobody has changed it
    rig.wait(lambda: rig.show("ActiveState")["ActiveState"] == "active", "it runs after the upgrade")
    _follow(rig, "apt-get install --yes sqlite3")
    rig.run("cp", "/home/alice/scan.png", f"{STATE}/inbox/after-the-backup.png")
    rig.wait_for_row("after-the-backup.png")
    _follow(rig, "install --owner digitd")
    rig.wait(lambda: len(rig.rows()) == 1, "the rows are those of the backup")
    return f"from a bare Debian to a service that runs in {took_s:.0f} s; read, upgraded, backed up and restored"


def _block(words):
    """Return the one block that has these words."""
    (block,) = (block for block in BLOCKS if words in block)
    return block


def _follow(rig, words):
    """Run a block as root, where the wheel is, with packages at hand instead of an index."""
    return rig.run("env", PATH, "PIP_NO_INDEX=1", "PIP_FIND_LINKS=/wheels", "sh", "-ec", f"cd /root\n{_block(words)}")


def _make_bare(rig):
    """Remove the service as documented, and give root the wheel, its dependencies aside."""
    rig.run("/opt/digitd/venv/bin/digitd", "service", "install")
    rig.run("ln", "--symbolic", "--force", "/opt/digitd/venv/bin/digitd", "/usr/local/bin/digitd")
    _follow(rig, "digitd service uninstall")
    assert rig.code("id", "digitd") != 0
    assert not rig.shell("ls -d /opt/* /var/lib/digitd /etc/digitd 2>/dev/null || true")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(rig.wheels, "wheels")
        for wheel in (ROOT / "dist").glob("digitd-*.whl"):
            archive.add(wheel, f"root/{wheel.name}")
    rig.run("tar", "-C", "/", "-x", "--no-same-owner", stdin=packed.getvalue())
