"""Show the configuration in effect as a file that could be used as one."""

import json
from pathlib import Path

from digitd.config.settings import Config


def describe(config: Config) -> str:
    """Return the configuration as TOML, with where each value came from as a comment."""
    lines: list[str] = []
    table = ""
    for dotted, effective in config.effective.items():
        name, key = dotted.rsplit(".", 1)
        if name != table:
            lines += ["", f"[[{name.partition('[')[0]}]]" if name.startswith("inbox") else f"[{name}]"]
            table = name
        lines.append(f"{f'{key} = {_as_toml(effective.value)}':<60}  # {effective.origin}")
    return "\n".join(lines[1:])


def _as_toml(value: object) -> str:
    """Write a value as TOML: JSON writes numbers, truth values, text and lists of text the same way."""
    if value is None:
        return '""'
    if isinstance(value, Path):
        return json.dumps(str(value), ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)
