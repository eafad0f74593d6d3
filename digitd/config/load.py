"""Load the configuration: the defaults, a file, the environment and flags, laid over one another.

The defaults are read from the documented ``digitd.toml`` that ships with digitd, as if it stood in ``./config``, so
that the file people read and the values in effect cannot differ. Nothing here looks into the folders it names.
"""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from digitd.config.keys import KEYS, RawValue, parse_value
from digitd.config.settings import (
    Config,
    Effective,
    InboxConfig,
    Limits,
    Metrics,
    OutboxConfig,
    Retention,
    Review,
    Service,
    Settle,
)
from digitd.errors import ConfigError
from digitd.shipped import shipped

Tables = dict[str, list[dict[str, RawValue]]]

_OTHER_VARIABLES = frozenset({"DIGITD_CONFIG", "DIGITD_DATA"})
"""Not settings: the file that holds them, and where tests find real data."""


def shipped_file() -> Path:
    """Return the documented default configuration."""
    return shipped("digitd.toml", checkout="config/digitd.toml")


def load_config(
    file: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    flags: Mapping[str, Path | str | None] | None = None,
    cwd: Path | None = None,
) -> Config:
    """Load the configuration: flags over environment over file over defaults.

    Parameters
    ----------
    file : Path, optional
        A TOML file; without one ``DIGITD_CONFIG`` names it, and without that the defaults hold.
    environ : mapping, optional
        Variables such as ``DIGITD_SETTLE_QUIET_S``; by default those of the process.
    flags : mapping, optional
        Values by dotted key, e.g. ``{"inbox.path": Path("scans")}``; None means not given.
    cwd : Path, optional
        What relative flags, variables and defaults start from.

    Raises
    ------
    ConfigError
        For a file that is missing or not TOML, an unknown key, a value out of range, or folders inside one another.
    """
    environ = os.environ if environ is None else environ
    cwd = Path.cwd() if cwd is None else cwd
    file = file or (cwd / environ["DIGITD_CONFIG"] if environ.get("DIGITD_CONFIG") else None)
    tables = _read_toml(shipped_file(), base=cwd / "config", origin="default")
    if file is not None:
        _overlay(tables, _read_toml(file, base=file.absolute().parent, origin=str(file)))
    for dotted, value in _from_environment(environ, cwd):
        _set(tables, dotted, value)
    for dotted, raw in (flags or {}).items():
        if raw is not None:
            _set(tables, dotted, RawValue(str(raw), cwd, f"flag --{dotted.split('.')[0]}"))
    return _build(tables, file)


def _read_toml(file: Path, *, base: Path, origin: str) -> Tables:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"cannot read the configuration {file}: {error}", hint="give a readable TOML file with --config"
        ) from error
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, thousands of brackets
        raise ConfigError(f"{file} is not valid TOML: {error}", hint="mend the line that is named") from error
    tables: Tables = {}
    for table, content in document.items():
        _check_known(table, KEYS, f"table [{table}] in {file}")
        entries = content if table == "inbox" else [content]
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries) or not entries:
            brackets = "[[inbox]]" if table == "inbox" else f"[{table}]"
            raise ConfigError(f"{file}: {table!r} must be a table", hint=f"write {brackets} on a line of its own")
        for entry in entries:
            for key in entry:
                _check_known(key, KEYS[table], f"key {table}.{key} in {file}")
        tables[table] = [{key: RawValue(raw, base, origin) for key, raw in entry.items()} for entry in entries]
    return tables


def _check_known(name: str, known: Mapping[str, object], where: str) -> None:
    if name in known:
        return
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"known are: {', '.join(known)}"
    raise ConfigError(f"unknown {where}", hint=hint)


def _overlay(tables: Tables, upper: Tables) -> None:
    for table, entries in upper.items():
        tables[table] = [{**tables[table][0], **entry} for entry in entries]


def _from_environment(environ: Mapping[str, str], cwd: Path) -> list[tuple[str, RawValue]]:
    found = []
    for variable, text in sorted(environ.items()):
        if not variable.startswith("DIGITD_") or variable in _OTHER_VARIABLES:
            continue
        table, _, key = variable.removeprefix("DIGITD_").lower().partition("_")
        _check_known(table, KEYS, f"table {table}, from the variable {variable}")
        _check_known(key, KEYS[table], f"key {table}.{key}, from the variable {variable}")
        found.append((f"{table}.{key}", RawValue(text, cwd, f"variable {variable}", is_text=True)))
    return found


def _set(tables: Tables, dotted: str, value: RawValue) -> None:
    table, key = dotted.split(".")
    if table == "inbox" and len(tables["inbox"]) > 1:
        raise ConfigError(
            f"{value.origin} sets {dotted}, but the configuration has {len(tables['inbox'])} inboxes",
            hint="set it in the configuration file, in the [[inbox]] table that is meant",
        )
    tables[table][0][key] = value


def _build(tables: Tables, file: Path | None) -> Config:
    effective: dict[str, Effective] = {}

    def parsed(table: str, index: int = 0) -> dict[str, Any]:
        values = {}
        for key, value in tables[table][index].items():
            dotted = f"inbox[{index}].{key}" if table == "inbox" else f"{table}.{key}"
            try:
                values[key] = parse_value(KEYS[table][key], value)
            except ValueError as error:
                raise ConfigError(
                    f"{dotted} = {value.raw!r} ({value.origin}): {error}", hint="see `digitd config show`"
                ) from error
            effective[dotted] = Effective(values[key], value.origin)
        return values

    inboxes = tuple(InboxConfig(**parsed("inbox", index)) for index in range(len(tables["inbox"])))
    outbox = OutboxConfig(**parsed("outbox"))
    config = Config(
        inboxes=inboxes,
        outbox=outbox,
        state_path=parsed("state")["path"] or outbox.path / ".state",
        model_path=parsed("model")["path"],
        settle=Settle(**parsed("settle")),
        limits=Limits(**parsed("limits")),
        review=Review(**parsed("review")),
        retention=Retention(**parsed("retention")),
        service=Service(**parsed("service")),
        metrics=Metrics(**parsed("metrics")),
        effective=effective,
        file=None if file is None else file.absolute(),
    )
    _check_apart(config)
    _check_forms(config)
    _check_textfile(config)
    return config


def _check_apart(config: Config) -> None:
    """Refuse folders inside one another: the daemon would read its own output, or one file twice."""
    inboxes = [("inbox", inbox.path.resolve()) for inbox in config.inboxes]
    others = [("outbox", config.outbox.path.resolve()), ("state folder", config.state_path.resolve())]
    for index, (_, inbox) in enumerate(inboxes):
        for what, other in [*inboxes[index + 1 :], *others]:
            if inbox == other:
                raise ConfigError(f"the inbox {inbox} is also the {what}", hint="give each a folder of its own")
            if other in inbox.parents or inbox in other.parents:
                raise ConfigError(
                    f"the inbox {inbox} and the {what} {other} lie inside one another",
                    hint="put them side by side, e.g. /srv/digitd/inbox and /srv/digitd/outbox",
                )


def _check_forms(config: Config) -> None:
    """Require a template where forms are expected, and nowhere else."""
    for index, inbox in enumerate(config.inboxes):
        if inbox.kind == "form" and inbox.form is None:
            raise ConfigError(
                f'inbox[{index}].kind = "form" needs a template',
                hint='name it beside: form = "exam.toml"; `digitd form detect` makes one from a blank page',
            )
        if inbox.kind != "form" and inbox.form is not None:
            raise ConfigError(
                f'inbox[{index}].form = {str(inbox.form)!r} belongs to kind = "form", and kind is "{inbox.kind}"',
                hint='set kind = "form", or remove the key',
            )


def _check_textfile(config: Config) -> None:
    """Refuse to write metrics over what is digitd's own, or into an inbox, where they would be read as an image."""
    textfile = config.metrics.textfile
    if textfile is None:
        return
    own = [inbox.path for inbox in config.inboxes] + [config.outbox.path, config.state_path]
    for folder in own:
        if folder.resolve() in textfile.resolve().parents:
            raise ConfigError(
                f"[metrics] textfile {textfile} lies in {folder}, which is digitd's own",
                hint="put it in a folder apart, such as the node exporter's",
            )
    if config.file is not None and textfile.resolve() == config.file.resolve():
        raise ConfigError(f"[metrics] textfile {textfile} is the configuration", hint="name another file")
