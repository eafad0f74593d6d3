"""What makes digitd a system service: which files are placed where, made to fit the environment that digitd runs from.

Files that somebody has changed are never overwritten: each file ends with a checksum of itself, which tells.
"""

import hashlib
import re
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from importlib.resources import files
from pathlib import Path
from typing import Self

from digitd.errors import InputError, UsageError
from digitd.shipped import shipped

_ENVIRONMENT = "/opt/digitd/venv"
"""The one that the shipped files name."""
_HIDDEN = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # noqa: S108 - none is written to
"""Folders that the sandbox empties."""
_PLAIN = re.compile(r"[A-Za-z0-9_./+@-]+")
_INSTANCE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_WAY_OUT = (
    f"install it: python3 -m venv {_ENVIRONMENT} && {_ENVIRONMENT}/bin/pip install digitd-*.whl, and run that digitd"
)
_SEAL = "# unchanged, sha256 of the lines above: "


class Kind(Enum):
    """What becomes of a file that is there already, and at an uninstallation."""

    OWN = "own"
    """Replaced where nobody has changed it; removed."""
    CONFIGURATION = "configuration"
    """Kept; kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where the digitd that a service is to run is installed.

    Attributes
    ----------
    prefix, base_prefix : Path
        Of the environment, and of the Python that it was made with.
    program : Path
        The command ``digitd``.
    package : Path
        What that imports.
    """

    prefix: Path
    base_prefix: Path
    program: Path
    package: Path

    @classmethod
    def of_this_process(cls) -> Self:
        """Return the one that holds the running digitd."""
        return cls(
            prefix=Path(sys.prefix),
            base_prefix=Path(sys.base_prefix),
            program=Path(sysconfig.get_path("scripts")) / "digitd",
            package=Path(str(files("digitd"))).resolve(),
        )

    def require_visible(self) -> None:
        """Make sure that the service could run it; raises InputError with the way out where it could not."""
        for path in (self.prefix, self.base_prefix, self.program, self.package):
            hidden = next((folder for folder in _HIDDEN if path.is_relative_to(folder)), "")
            if hidden:
                raise InputError(f"this digitd uses {path}, and the service does not see {hidden}", hint=_WAY_OUT)
            if not _PLAIN.fullmatch(str(path)):
                raise InputError(f"{path} has characters that a unit file cannot name", hint=_WAY_OUT)
        places = (self.prefix.resolve(), self.base_prefix.resolve(), Path("/usr"))
        if not any(self.package.is_relative_to(place) for place in places):
            raise InputError(f"this digitd is {self.package}, outside its environment {self.prefix}", hint=_WAY_OUT)
        if not self.program.is_file():
            raise InputError(f"there is no {self.program} to run", hint=_WAY_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """A file to place."""

    path: Path
    content: str
    kind: Kind = Kind.OWN


class Found(Enum):
    """What lies where a file is to be placed."""

    NOTHING = "nothing"
    SAME = "same"
    OLDER = "older"
    CHANGED = "changed"


def unit_name(instance: str) -> str:
    """Return the name of the unit without its ending; raises UsageError for a name that no unit can have."""
    if not instance:
        return "digitd"
    if not _INSTANCE.fullmatch(instance):
        raise UsageError(
            f"{instance!r} cannot be the name of an instance", hint="use letters, digits, _ and -, e.g. forms"
        )
    return f"digitd@{instance}"


def placings(root: Path, instance: str, environment: Environment) -> Iterator[Placing]:
    """Yield the files to place for a service.

    Parameters
    ----------
    root : Path
        What ``/`` is for the service.
    instance : str
        Of the template ``digitd@.service``; empty for ``digitd.service``.
    environment : Environment
        What it is to run.

    Raises
    ------
    UsageError
        When the name of the instance cannot be one.
    """
    name = unit_name(instance)
    unit = _fit(_shipped("digitd.service"), environment)
    folders = _shipped("digitd.tmpfiles").replace("/var/lib/digitd", f"/var/lib/{name}")
    settings = (
        _shipped("digitd.toml")
        .replace("/var/lib/digitd", f"/var/lib/{name}")
        .replace("/etc/digitd/digitd.toml", f"/etc/digitd/{name}.toml")
        .replace("systemctl reload digitd", f"systemctl reload {name}")
    )
    system = root / "etc" / "systemd" / "system"
    if not instance:
        yield Placing(path=system / "digitd.service", content=_sealed(unit))
    yield Placing(path=system / "digitd@.service", content=_sealed(unit))
    yield Placing(path=root / "etc/sysusers.d/digitd.conf", content=_sealed(_shipped("digitd.sysusers")))
    yield Placing(path=root / f"etc/tmpfiles.d/{name}.conf", content=_sealed(folders))
    yield Placing(path=root / f"etc/digitd/{name}.toml", content=settings, kind=Kind.CONFIGURATION)


def compare(placing: Placing) -> Found:
    """Return what lies where a file is to be placed; raises OSError where that cannot be read."""
    try:
        there = placing.path.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return Found.NOTHING
    if there == placing.content:
        return Found.SAME
    body, seal, checksum = there.rpartition(_SEAL)
    return Found.OLDER if seal and checksum.strip() == _checksum(body) else Found.CHANGED


def _shipped(name: str) -> str:
    return (shipped("systemd", checkout="systemd") / name).read_text(encoding="utf-8")


def _sealed(content: str) -> str:
    return f"{content}{_SEAL}{_checksum(content)}\n"


def _checksum(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _fit(unit: str, environment: Environment) -> str:
    """Let the unit run the digitd of this environment, and let its sandbox show that."""
    needed = [path for path in (environment.prefix, environment.base_prefix) if not path.is_relative_to("/usr")]
    shown = " ".join(map(str, dict.fromkeys(needed)))
    unit = unit.replace(f"{_ENVIRONMENT}/bin/digitd", str(environment.program))
    return unit.replace(f" {_ENVIRONMENT}", f" {shown}" if shown else "")
