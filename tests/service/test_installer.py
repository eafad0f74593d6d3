"""Installing and uninstalling a service below a root: what is written, what is kept, what would be run."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from digitd.config import load_config
from digitd.errors import OutputError, UsageError
from digitd.service.installer import Installer
from tests.service.test_unit_files import SYSTEM


class Place:
    """A root, and what was said of it."""

    def __init__(self, root):
        self.root = root
        self.said = []

    def setup(self, *, is_dry=False, environment=SYSTEM):
        """Return a setup of this root, and forget what was said before."""
        self.said.clear()
        return Installer(self.root, say=self.said.append, is_dry=is_dry, environment=environment)

    def files(self):
        """Return the files below the root."""
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()}

    def path(self, name):
        """Return the path of a file below /etc."""
        return self.root / "etc" / name


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path / "root")


UNIT = "systemd/system/digitd.service"


def test_install_places_files_and_runs_nothing_below_another_root(place):
    place.setup().install("")
    assert len(place.files()) == len(place.said) == 5
    assert all(line.startswith("wrote: ") for line in place.said)


def test_installed_files_can_be_read_by_the_service_whatever_the_umask(place):
    before = os.umask(0o077)
    try:
        place.setup().install("")
    finally:
        os.umask(before)
    for path in place.root.rglob("*"):
        wanted = 0o755 if path.is_dir() else 0o644
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_placed_configuration_is_one_that_the_daemon_takes(place):
    place.setup().install("north")
    config = load_config(place.path("digitd/digitd@north.toml"), environ={})
    assert config.inboxes[0].path == Path("/var/lib/digitd@north/inbox")
    assert config.outbox.path == Path("/var/lib/digitd@north/outbox")
    assert config.state_path == Path("/var/lib/digitd@north/state")


def test_second_install_changes_nothing(place):
    place.setup().install("")
    before = {name: (place.root / name).stat().st_mtime_ns for name in place.files()}
    place.setup().install("")
    assert {name: (place.root / name).stat().st_mtime_ns for name in place.files()} == before
    assert all(line.startswith("as it is: ") for line in place.said)


def test_upgrade_brings_up_to_date_what_nobody_has_changed(place):
    place.setup().install("")
    place.setup(environment=replace(SYSTEM, program=Path("/usr/bin/cat"))).install("")
    assert "ExecStart=/usr/bin/cat watch" in place.path(UNIT).read_text()
    assert sum(line.startswith("brought up to date: ") for line in place.said) == 2


def test_changed_file_is_kept_with_the_new_text_beside_it(place):
    place.setup().install("")
    changed = place.path(UNIT).read_text().replace("WatchdogSec=120", "WatchdogSec=60")
    place.path(UNIT).write_text(changed)
    place.setup().install("")
    assert place.path(UNIT).read_text() == changed
    assert "WatchdogSec=120" in place.path(UNIT + ".digitd-new").read_text()
    assert f"kept, it was changed: {place.path(UNIT)}" in place.said


def test_configuration_is_never_overwritten(place):
    place.path("digitd").mkdir(parents=True)
    place.path("digitd/digitd.toml").write_text("# mine\n")
    place.setup().install("")
    assert place.path("digitd/digitd.toml").read_text() == "# mine\n"
    assert f"kept, it is yours: {place.path('digitd/digitd.toml')}" in place.said
    place.setup().uninstall("")
    assert place.files() == {"etc/digitd/digitd.toml"}


def test_uninstall_removes_what_install_placed_and_says_what_stays(place):
    place.setup().install("")
    place.path(UNIT).write_text("changed")
    place.setup().install("")
    place.path(UNIT).unlink()
    place.setup().uninstall("")
    assert place.files() == {"etc/digitd/digitd.toml"}
    assert "/var/lib/digitd" in place.said[-1]


def test_second_uninstall_has_nothing_to_do(place):
    place.setup().install("")
    place.setup().uninstall("")
    place.setup().uninstall("")
    assert [line.partition(":")[0] for line in place.said] == ["kept"]


def test_uninstall_keeps_a_changed_unit(place):
    place.setup().install("")
    place.path(UNIT).write_text("changed")
    place.setup().uninstall("")
    assert place.path(UNIT).read_text() == "changed"


def test_uninstall_of_one_leaves_the_others_what_they_share(place):
    for instance in ("", "north", "south"):
        place.setup().install(instance)
    place.setup().uninstall("")
    place.setup().uninstall("north")
    assert place.path("systemd/system/digitd@.service").exists()
    assert place.path("sysusers.d/digitd.conf").exists()
    place.setup().uninstall("south")
    assert {Path(name).suffix for name in place.files()} == {".toml"}


def test_uninstall_works_from_an_environment_that_no_service_could_run(place):
    place.setup().install("")
    place.setup(environment=replace(SYSTEM, prefix=Path("/home/me/venv"))).uninstall("")
    assert place.files() == {"etc/digitd/digitd.toml"}


def test_dry_run_says_all_and_does_nothing(place):
    place.setup(is_dry=True).install("")
    assert not place.root.exists()
    assert [line.partition(":")[0] for line in place.said] == ["would write"] * 5
    place.setup().install("")
    before = place.files()
    place.setup(is_dry=True).uninstall("")
    assert place.files() == before
    assert [line.partition(":")[0] for line in place.said] == ["would remove"] * 4 + ["kept"]


def test_on_the_system_users_come_before_folders_and_units_last():
    said = []
    Installer(Path("/"), say=said.append, is_dry=True, environment=SYSTEM).install("rehearsal-of-a-test")
    assert [line for line in said if line.startswith("would run: ")] == [
        "would run: systemd-sysusers /etc/sysusers.d/digitd.conf",
        "would run: systemd-tmpfiles --create /etc/tmpfiles.d/digitd@rehearsal-of-a-test.conf",
        "would run: systemctl daemon-reload",
    ]
    assert said[-1].startswith("next: systemctl enable --now digitd@rehearsal-of-a-test")


def test_system_service_is_installed_by_root_only(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(OutputError, match="installed by root") as refused:
        Installer(Path("/"), say=pytest.fail, is_dry=False, environment=SYSTEM).install("rehearsal-of-a-test")
    assert "sudo" in refused.value.hint


def test_bad_instance_is_refused_before_anything_is_written(place):
    with pytest.raises(UsageError):
        place.setup().install("a/b")
    assert not place.root.exists()


def test_root_that_cannot_be_written_is_one_error(place):
    place.root.write_text("a file")
    with pytest.raises(OutputError, match="cannot write"):
        place.setup().install("")


def test_digitd_of_a_checkout_is_refused_as_a_service(digitd, tmp_path):
    ended = digitd("service", "install", "--root", tmp_path)
    assert ended.returncode == 5
    assert "hint: install it: python3 -m venv /opt/digitd/venv" in ended.stderr
    assert not list(tmp_path.iterdir())


def test_command_uninstalls(digitd, place):
    place.setup().install("north")
    ended = digitd("service", "uninstall", "--instance", "north", "--root", place.root)
    assert ended.returncode == 0, ended.stderr
    assert place.files() == {"etc/digitd/digitd@north.toml"}


def test_link_that_leads_out_of_the_root_is_not_followed(place, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    place.root.mkdir()
    place.path("").symlink_to(outside)
    with pytest.raises(OutputError, match="leads out of"):
        place.setup().install("")
    assert list(outside.rglob("*")) == []
