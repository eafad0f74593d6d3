"""The files of a service: what they say, where they go, and which environments a service can run."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from digitd.errors import InputError, UsageError
from digitd.service.unit_files import Environment, Found, Kind, compare, placings, unit_name
from tests.conftest import ROOT

OPT = Environment(
    prefix=Path("/opt/digitd/venv"),
    base_prefix=Path("/usr"),
    program=Path("/opt/digitd/venv/bin/digitd"),
    package=Path("/opt/digitd/venv/lib/python3.11/site-packages/digitd"),
)
SYSTEM = Environment(
    prefix=Path("/usr"), base_prefix=Path("/usr"), program=Path("/usr/bin/env"), package=Path("/usr/local/lib/digitd")
)


def placed(instance="", environment=OPT, root=Path("/")):
    """Return the contents by path below the root."""
    return {str(item.path.relative_to(root)): item.content for item in placings(root, instance, environment)}


def test_service_has_its_units_user_folders_and_configuration():
    assert set(placed()) == {
        "etc/systemd/system/digitd.service",
        "etc/systemd/system/digitd@.service",
        "etc/sysusers.d/digitd.conf",
        "etc/tmpfiles.d/digitd.conf",
        "etc/digitd/digitd.toml",
    }


def test_instance_has_folders_and_configuration_of_its_own():
    files = placed("north")
    assert set(files) == {
        "etc/systemd/system/digitd@.service",
        "etc/sysusers.d/digitd.conf",
        "etc/tmpfiles.d/digitd@north.conf",
        "etc/digitd/digitd@north.toml",
    }
    assert 'path = "/var/lib/digitd@north/inbox"' in files["etc/digitd/digitd@north.toml"]
    assert "/var/lib/digitd@north/outbox 2750 digitd digitd-drop" in files["etc/tmpfiles.d/digitd@north.conf"]
    own = files["etc/tmpfiles.d/digitd@north.conf"] + files["etc/digitd/digitd@north.toml"]
    assert not re.search(r"/var/lib/digitd[^@]", own)


def test_shipped_unit_is_placed_as_it_is_for_the_environment_that_it_names():
    content = placed()["etc/systemd/system/digitd.service"]
    assert content.startswith((ROOT / "systemd" / "digitd.service").read_text())


@pytest.mark.parametrize(
    ("prefix", "base_prefix", "program", "shown"),
    [
        ("/srv/apps/digitd", "/usr", "/srv/apps/digitd/bin/digitd", "/srv/apps/digitd"),
        ("/srv/venv", "/opt/python3.13", "/srv/venv/bin/digitd", "/srv/venv /opt/python3.13"),
        ("/opt/python3.13", "/opt/python3.13", "/opt/python3.13/bin/digitd", "/opt/python3.13"),
        ("/usr", "/usr", "/usr/local/bin/digitd", ""),
    ],
)
def test_unit_runs_and_shows_the_environment(prefix, base_prefix, program, shown):
    environment = replace(OPT, prefix=Path(prefix), base_prefix=Path(base_prefix), program=Path(program))
    unit = placed(environment=environment)["etc/systemd/system/digitd.service"]
    assert f"\nExecStart={program} watch --config /etc/digitd/%N.toml\n" in unit
    assert f"\nBindReadOnlyPaths=/usr /lib -/lib64 /bin{' ' if shown else ''}{shown} -/etc/digitd " in unit
    assert "/opt/digitd/venv" not in unit


@pytest.mark.parametrize("name", ["a/b", "../x", "-x", "x y", "ä", ".x", "x%n", "x\n"])
def test_name_that_no_unit_can_have_is_refused(name):
    with pytest.raises(UsageError, match="cannot be the name of an instance"):
        unit_name(name)


def test_environment_of_the_system_is_visible():
    SYSTEM.require_visible()


@pytest.mark.parametrize(
    ("part", "path", "complaint"),
    [
        ("prefix", "/home/alice/venv", "does not see /home"),
        ("base_prefix", "/root/.pyenv/versions/3.11", "does not see /root"),
        ("package", "/root/checkout/digitd", "does not see /root"),
        ("package", "/srv/checkout/digitd", "outside its environment"),
        ("prefix", "/srv/two words", "characters that a unit file cannot name"),
        ("prefix", "/srv/100%", "characters that a unit file cannot name"),
        ("program", "/usr/bin/no-digitd-here", "there is no /usr/bin/no-digitd-here"),
    ],
)
def test_environment_that_the_service_cannot_run_is_refused_with_the_way_out(part, path, complaint):
    with pytest.raises(InputError, match=re.escape(complaint)) as refused:
        replace(SYSTEM, **{part: Path(path)}).require_visible()
    assert "python3 -m venv /opt/digitd/venv" in refused.value.hint


def test_what_lies_there_is_told_apart(tmp_path):
    unit = next(iter(placings(tmp_path, "", OPT)))
    assert compare(unit) is Found.NOTHING
    unit.path.parent.mkdir(parents=True)
    unit.path.write_text(unit.content)
    assert compare(unit) is Found.SAME
    newer = next(iter(placings(tmp_path, "", replace(OPT, program=Path("/opt/other/bin/digitd")))))
    assert compare(newer) is Found.OLDER
    unit.path.write_text(unit.content.replace("WatchdogSec=120", "WatchdogSec=60"))
    assert compare(unit) is Found.CHANGED
    unit.path.write_text("[Service]\n")
    assert compare(unit) is Found.CHANGED


def test_only_the_configuration_is_kept_for_good():
    kinds = {item.path.suffix: item.kind for item in placings(Path("/"), "", OPT)}
    assert kinds == {".service": Kind.OWN, ".conf": Kind.OWN, ".toml": Kind.CONFIGURATION}


def test_template_is_the_unit():
    assert os.path.samefile(ROOT / "systemd" / "digitd@.service", ROOT / "systemd" / "digitd.service")
