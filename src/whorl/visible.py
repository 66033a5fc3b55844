"""Text that shows what it holds: what cannot be seen, or turns the line around, is escaped."""

from __future__ import annotations

import unicodedata
from typing import Any

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
"""Categories of characters without a shape: controls, marks of direction, blanks of all widths."""
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0")
"""Characters of other categories that are drawn as nothing."""
SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
KEPT = frozenset(" \n\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")


def visible(text: str) -> str:
    r"""Return a text in which every character can be seen.

    Parameters
    ----------
    text : str
        What is to be shown to somebody, such as the name of a file.

    Returns
    -------
    str
        With control characters, marks of direction, zero-width characters, unusual blanks and
        halves of surrogate pairs as escapes; line breaks, spaces and no-break spaces stay.

    Examples
    --------
    >>> visible("ct_1"), visible("\u200b"), visible("a\u202egnp.exe\x1b[8m")
    ('ct_1', '\\u200b', 'a\\u202egnp.exe\\x1b[8m')
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(escaped(c) if _is_hidden(c) else c for c in text)


def all_visible(value: Any) -> Any:
    r"""Return lists, tuples and dicts in which all text is visible; anything else as it is.

    Examples
    --------
    >>> all_visible({"id": ["\u200b", 3]})
    {'id': ['\\u200b', 3]}
    """
    if type(value) is str:
        return visible(value)
    if isinstance(value, dict):
        return {name: all_visible(item) for name, item in value.items()}
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return type(value)(all_visible(item) for item in value)
    return value


def escaped(character: str) -> str:
    r"""Return a character as an escape of Python.

    Examples
    --------
    >>> escaped("\x1b"), escaped("é")
    ('\\x1b', '\\xe9')
    """
    return character.encode("unicode_escape").decode("ascii")


def _is_hidden(character: str) -> bool:
    """Tell whether nothing can be seen of a character."""
    if character in KEPT:
        return False
    return (
        unicodedata.category(character) in HIDDEN
        or character in BLANK
        or any(ord(character) in chosen for chosen in SELECTORS)
    )
