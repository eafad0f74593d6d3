"""What the sandbox hides, and the drop-ins that open it: scenarios like those beside."""

from tests.conftest import ROOT
from tests.systemd.rig import CONFIG, STATE

EXAMPLES = ROOT / "systemd" / "examples"
SCANS = "/srv/digitd/scans"


def nothing_else_of_the_system_is_there(rig):
    root = f"/proc/{rig.pid()}/root"
    top = rig.run("ls", root).split()
    assert not {"boot", "home", "media", "mnt", "root", "sbin", "srv"} & set(top), top
    assert rig.run("ls", f"{root}/var/lib").split() == ["digitd"]
    assert "shadow" not in rig.run("ls", f"{root}/etc").split()
    mounts = [line.split() for line in rig.run("cat", f"/proc/{rig.pid()}/mountinfo").splitlines()]
    options = {fields[4]: fields[5].split(",") for fields in mounts}
    assert "ro" in options["/"]
    for folder in (STATE, "/var/cache/digitd", "/tmp", "/var/tmp", "/dev/shm"):  # noqa: S108 - looked at from outside
        assert {"rw", "noexec", "nosuid"} <= set(options[folder]), (folder, options[folder])
    return f"it sees {' '.join(top)}; of what it may write, nothing can be run"


def network_folder_is_waited_for_and_followed(rig):
    settings = (ROOT / "systemd" / "digitd.toml").read_text()
    rig.run("mkdir", "-p", SCANS)
    rig.write(CONFIG, settings.replace(f"{STATE}/inbox", SCANS))
    rig.drop_in("network-folder", (EXAMPLES / "network-folder.conf").read_text())
    rig.run("systemctl", "restart", "--no-block", "digitd")
    rig.wait(lambda: f"{SCANS} is not writable" in rig.journal("-n", "10"), "it is refused while it is not mounted")
    _mount(rig)
    rig.wait(lambda: rig.show("ActiveState")["ActiveState"] == "active", "it runs once that is mounted")
    rig.drop("from-afar.png", inbox=SCANS)
    rig.wait_for_row("from-afar.png")
    pid = rig.pid()
    rig.run("umount", "--lazy", SCANS)
    _mount(rig)
    rig.drop("mounted-anew.png", inbox=SCANS)
    rig.wait_for_row("mounted-anew.png")
    assert rig.pid() == pid
    rig.configure()
    rig.drop_in("network-folder", "")
    rig.run("systemctl", "restart", "digitd")
    rig.run("umount", "--lazy", SCANS)
    return f"refused, tried again, read; process {pid} read from the next mount too"


def metrics_are_answered_with_their_drop_in(rig):
    rig.configure("\n[metrics]\nport = 9469\n")
    rig.drop_in("metrics", (EXAMPLES / "metrics.conf").read_text())
    rig.run("systemctl", "restart", "digitd")
    ask = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:9469/metrics').read().decode())"
    said = rig.run("/opt/digitd/venv/bin/python", "-c", ask)
    assert "digitd_build_info{" in said
    exposure = rig.run("systemd-analyze", "security", "--no-pager", "digitd").strip().splitlines()[-1].lstrip("→ ")
    rig.configure()
    rig.drop_in("metrics", "")
    rig.run("systemctl", "restart", "digitd")
    return f"{len(said.splitlines())} lines from 127.0.0.1:9469; {exposure}"


def _mount(rig):
    rig.run("mount", "-t", "tmpfs", "-o", "mode=2770,uid=digitd,gid=digitd-drop", "afar", SCANS)
