"""The catalogue: every run, under the name that the command line knows it by."""

from __future__ import annotations

import difflib
from itertools import chain

from whorl.errors import WhorlError
from whorl.runs.entries import Entry
from whorl.runs.teams import (
    aimultimedia,
    clef_cse_gan,
    dmk,
    gan_isi,
    kde_lab,
    nearest,
    one_five_one_zero,
    picuslab,
    trivial,
    vcmi,
)

_TEAMS = (
    nearest, vcmi, picuslab, aimultimedia, clef_cse_gan, dmk, gan_isi, kde_lab, one_five_one_zero,
    trivial,
)  # fmt: skip

CATALOGUE: dict[str, Entry] = {
    entry.name: entry for entry in chain.from_iterable(team.ENTRIES for team in _TEAMS)
}
"""Every entry by its name, in the order in which they are listed."""


def entry(name: str) -> Entry:
    """Return the catalogue's entry of that name.

    Raises
    ------
    UnknownMethodError
        Naming the nearest names.

    Examples
    --------
    >>> entry("vcmi-2").paper_f1
    0.802
    """
    if name not in CATALOGUE:
        raise UnknownMethodError(name)
    return CATALOGUE[name]


class UnknownMethodError(WhorlError):
    """No entry of the catalogue has that name."""

    def __init__(self, name: str) -> None:
        close = difflib.get_close_matches(name.lower(), CATALOGUE, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(close)}?" if close else "see: whorl methods"
        super().__init__(f"there is no method called {name!r}; {hint}")
