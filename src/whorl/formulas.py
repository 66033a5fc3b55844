"""Cells of CSV files that a spreadsheet would take for formulas: a quote before makes them text.

A file called ``=HYPERLINK(…)`` is a name to whorl and a formula to a spreadsheet. Tables that whorl
writes have ``'`` before such a text, as spreadsheets themselves mark text; whorl's readers take it
off again. Plain names and numbers are written as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a formula begins with, in a spreadsheet of whatever make."""
QUOTE = "'"
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def neutral(cell: object) -> object:
    """Return a cell as it is written: a text that is a formula with a quote before it.

    Examples
    --------
    >>> neutral("=1+1"), neutral("ct_1"), neutral("-0.5"), neutral(-0.5)
    ("'=1+1", 'ct_1', '-0.5', -0.5)
    """
    return f"{QUOTE}{cell}" if isinstance(cell, str) and _is_formula(cell) else cell


def neutral_row(cells: Iterable[object]) -> list[object]:
    """Return a row as it is written."""
    return [neutral(cell) for cell in cells]


def restored(cell: str) -> str:
    r"""Return what :func:`neutral` was given.

    Examples
    --------
    >>> restored("'=1+1"), restored("'quoted'"), restored(str(neutral("'=1")))
    ('=1+1', "'quoted'", "'=1")
    """
    return cell[1:] if cell.startswith(QUOTE) and _is_formula(cell[1:]) else cell


def _is_formula(text: str) -> bool:
    """Tell whether a text, but for quotes before it, begins as a formula and is no number."""
    rest = text.lstrip(QUOTE)
    return rest.startswith(STARTS) and not NUMBER.fullmatch(rest)
