"""Place the files of a service on a system and have systemd take notice; or take them away again.

Configuration, data and users are never removed. A file that was changed by hand is kept, with the new text beside it.
"""

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from digitd.durable import write_whole
from digitd.errors import OutputError
from digitd.service.unit_files import Environment, Found, Kind, Placing, compare, placings, unit_name

Say = Callable[[str], None]

_BESIDE = ".digitd-new"
"""Ends the name of a text that was not put in the place of one that was changed; systemd passes such names over."""


class Installer:
    """Installs and uninstalls services below a root.

    Parameters
    ----------
    root : Path
        What ``/`` is for the services. Below any other, files are placed and nothing is run.
    say : callable
        Told each thing that is done, in a line.
    is_dry : bool
        Only say it.
    environment : Environment
        What the services run.
    """

    def __init__(self, root: Path, *, say: Say, is_dry: bool, environment: Environment) -> None:
        self._root = root
        self._say = say
        self._is_dry = is_dry
        self._environment = environment
        self._is_system = root.resolve() == Path("/")

    def install(self, instance: str) -> None:
        """Place what is missing or older, make users and folders, and have systemd read its units again.

        Raises
        ------
        InputError
            When the service could not see this digitd.
        OutputError
            When a file cannot be written, or a command of systemd fails.
        UsageError
            When the name of the instance cannot be one.
        """
        self._environment.require_visible()
        found = self._compared(instance)
        self._require_root()
        for placing, what in found:
            self._place(placing, what)
        name = unit_name(instance)
        self._run("systemd-sysusers", "/etc/sysusers.d/digitd.conf")
        self._run("systemd-tmpfiles", "--create", f"/etc/tmpfiles.d/{name}.conf")
        self._run("systemctl", "daemon-reload")
        if self._is_system:
            self._say(f"next: systemctl enable --now {name}, or if it runs already: systemctl restart {name}")

    def uninstall(self, instance: str) -> None:
        """Stop the service and remove what `install` placed, but for what was changed by hand; raises as that does."""
        name = unit_name(instance)
        found = self._compared(instance)
        self._require_root()
        template = self._root / "etc/systemd/system/digitd@.service"
        if (template if instance else template.with_name("digitd.service")).exists():
            self._run("systemctl", "disable", "--now", name)
        shared = {self._root / "etc/sysusers.d/digitd.conf", template}
        is_changed = any(placing.kind is Kind.OWN and what is Found.CHANGED for placing, what in found)
        is_last = not self._others(name) and not is_changed
        for placing, what in found:
            if placing.kind is Kind.OWN and (is_last or placing.path not in shared):
                self._remove(placing, what)
        self._run("systemctl", "daemon-reload")
        kept = f"/etc/digitd/{name}.toml, /var/lib/{name}, and the user and groups digitd and digitd-drop"
        self._say(f"kept: {kept}")

    def _compared(self, instance: str) -> list[tuple[Placing, Found]]:
        return [(placing, compare(placing)) for placing in placings(self._root, instance, self._environment)]

    def _place(self, placing: Placing, found: Found) -> None:
        if found is Found.SAME:
            self._say(f"as it is: {placing.path}")
        elif found is not Found.NOTHING and placing.kind is Kind.CONFIGURATION:
            self._say(f"kept, it is yours: {placing.path}")
        elif found is Found.CHANGED:
            self._say(f"kept, it was changed: {placing.path}")
            beside = _beside(placing.path)
            self._tell("wrote what it would be", "write what it would be", beside)
            self._write(beside, placing.content)
        elif found is Found.OLDER:
            self._tell("brought up to date", "bring up to date", placing.path)
            self._write(placing.path, placing.content)
        else:
            self._tell("wrote", "write", placing.path)
            self._write(placing.path, placing.content)

    def _remove(self, placing: Placing, found: Found) -> None:
        if found is Found.CHANGED:
            self._say(f"kept, it was changed: {placing.path}")
        for path in (_beside(placing.path), *([] if found is Found.CHANGED else [placing.path])):
            if path.exists():
                self._tell("removed", "remove", path)
                if not self._is_dry:
                    path.unlink()

    def _tell(self, done: str, to_do: str, what: object) -> None:
        self._say(f"would {to_do}: {what}" if self._is_dry else f"{done}: {what}")

    def _write(self, path: Path, content: str) -> None:
        if self._is_dry:
            return
        if not path.parent.resolve().is_relative_to(self._root.resolve()):
            raise OutputError(f"{path.parent} is a link that leads out of {self._root}", hint="remove the link")
        try:
            _make_folder(path.parent)
            write_whole(path, content.encode(), mode=0o644)
        except OSError as error:
            raise OutputError(
                f"cannot write {path}: {error.strerror}", hint="run it as root, or with --root"
            ) from error

    def _others(self, name: str) -> list[Path]:
        """Return the folder files of other services that share the template and the user."""
        folder = self._root / "etc" / "tmpfiles.d"
        return [path for path in (*folder.glob("digitd.conf"), *folder.glob("digitd@*.conf")) if path.stem != name]

    def _require_root(self) -> None:
        if self._is_system and not self._is_dry and os.geteuid() != 0:
            raise OutputError(
                "a system service is installed by root", hint="run it with sudo; --dry-run shows what it would do"
            )

    def _run(self, *command: str) -> None:
        if not self._is_system:
            return
        self._tell("run", "run", " ".join(command))
        if self._is_dry:
            return
        try:
            ran = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - systemd's own, by name
        except OSError as error:
            raise OutputError(
                f"cannot run {command[0]}: {error.strerror}", hint="this takes a system with systemd"
            ) from error
        if ran.returncode:
            raise OutputError(
                f"{' '.join(command)} ended with {ran.returncode}: {ran.stderr.strip()}", hint=_hint(command)
            )


def _beside(path: Path) -> Path:
    return path.with_name(path.name + _BESIDE)


def _make_folder(folder: Path) -> None:
    """Make a folder, and those above it, that the service can look into, whatever the umask of whoever installs."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir()
        folder.chmod(0o755)


def _hint(command: Sequence[str]) -> str:
    return f"run it by hand, then the same command again: {' '.join(command)}"
