"""Named moments at which a test ends the process, to prove that the next one takes up its work.

`reach` does nothing. The crash suite runs digitd in a process of its own in which it has put another function in its
place; no setting, variable or file can.
"""

from collections.abc import Callable

POINTS = (
    "claiming",
    "claimed",
    "taking",
    "taken",
    "reading",
    "read",
    "committing",
    "committed",
    "appending",
    "appended",
    "projected",
    "drawing",
    "written",
    "drawn",
    "placing",
    "placed",
    "reasoned",
    "copied",
    "landed",
    "moved",
    "settled",
    "recovering",
    "swept",
    "redoing",
    "adopting",
)
"""Roughly in the order in which a delivery, and then a recovery, passes them; `written` at each file put aside."""

ROTATION = ("closing", "put_by", "closed")
"""Passed in this order when predictions.csv is put by and begun anew, which most deliveries do not."""


def _pass(_point: str) -> None:
    """Go on."""


reach: Callable[[str], None] = _pass
"""Called with one of `POINTS` or `ROTATION`; call it as ``failpoints.reach``, or what a test put there is not found."""
