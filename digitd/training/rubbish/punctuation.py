"""Marks between words and numbers, and letters with marks above: several parts, few of them alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digitd.training.rubbish import hand, printed

if TYPE_CHECKING:
    from numpy.random import Generator

MARKS = (
    *("!", "!!", ";", ":", ";;", "...", ":-", "-:", ":=", "\u201e", "\u201c", "\u201d", ",,", "''"),
    *("\u00ab", "\u00bb", "<<", ">>", "><", ")(", "][", "}{", "[x]", "(x)", "[+]", "{+}", "./.", "-/-", "+/-"),
    *("\u00f7", "\u00b1", "\u2260", "\u2248", "\u2261", "\u00a4", "\u2234", "\u2235", "=", "+-", "^^", "~~"),
    *"\u00f6\u00e4\u00fc\u00ef\u00eb\u00f1\u00f5\u00d6\u00c4\u00dc\u00cb\u00e2\u00ea\u00ee\u00f4",
)
"""Left out for likeness: one bracket, slash or comma (1), ( ) [ ] (0), braces alone (3), two bars (11), the degree (0),
the dagger (7), the not sign (7). Left out as `symbols` measures with them: # % @ & *."""


def punctuation(rng: Generator) -> hand.Ink:
    """Draw one mark, a pair of them, or a letter with dots or an accent."""
    return hand.bend(printed.character(MARKS[rng.integers(len(MARKS))], rng, printed.LIGHT), rng)
