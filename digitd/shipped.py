"""Files that ship with digitd: inside the installed package, or where a checkout has them."""

from importlib.resources import files
from pathlib import Path


def shipped(name: str, *, checkout: str) -> Path:
    """Return the path of something that ships with digitd.

    Parameters
    ----------
    name : str
        What it is called inside the package.
    checkout : str
        Where a checkout has it, from its root.
    """
    package = Path(str(files("digitd")))
    carried = package / "shipped" / name
    return carried if carried.exists() else package.parent / checkout
