"""Numbers as sentences have them."""

from __future__ import annotations


def percent(share: float) -> str:
    """Return a share in per cent, with as many digits as it needs.

    Examples
    --------
    >>> percent(0.05), percent(0.125)
    ('5 %', '12.5 %')
    """
    return f"{100 * share:.3g} %"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "patient"), counted(2300, "image")
    ('1 patient', '2,300 images')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def pairs(count: int) -> str:
    """Return a count of pairs.

    Examples
    --------
    >>> pairs(1), pairs(2300)
    ('1 pair', '2,300 pairs')
    """
    return "1 pair" if count == 1 else f"{count:,} pairs"
