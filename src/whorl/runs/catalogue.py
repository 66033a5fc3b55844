"""The catalogue: every run, under the name that the command line knows it by."""

from __future__ import annotations

import difflib

from whorl.decisions import AboveMaximum, AboveMedian
from whorl.errors import WhorlError
from whorl.methods.base import Method
from whorl.runs.entries import Entry
from whorl.runs.newer import ATTACKS as NEWER
from whorl.runs.own import ATTACKS, BASELINES, HOUSE
from whorl.runs.teams.aimultimedia.entries import ENTRIES as AIMULTIMEDIA
from whorl.runs.teams.clef_cse_gan.entries import ENTRIES as CLEF_CSE_GAN
from whorl.runs.teams.dmk.entries import ENTRIES as DMK
from whorl.runs.teams.gan_isi.entries import ENTRIES as GAN_ISI
from whorl.runs.teams.kde_lab.entries import ENTRIES as KDE_LAB
from whorl.runs.teams.one_five_one_zero.entries import ENTRIES as ONE_FIVE_ONE_ZERO
from whorl.runs.teams.picuslab.entries import ENTRIES as PICUSLAB
from whorl.runs.teams.vcmi.entries import ENTRIES as VCMI

_ROWS = (
    *HOUSE, *ATTACKS, *NEWER, *VCMI, *PICUSLAB, *AIMULTIMEDIA, *CLEF_CSE_GAN, *DMK, *GAN_ISI,
    *KDE_LAB, *ONE_FIVE_ONE_ZERO, *BASELINES,
)  # fmt: skip

CATALOGUE: dict[str, Entry] = {entry.name: entry for entry in _ROWS}
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


def as_entry(method: str | Method | Entry) -> Entry:
    """Return what is given as an entry: a name of the catalogue, a method, or an entry.

    A bare method is named by its class, in lower case. Its rule is a choice of ours: above every
    null score, as VCMI had it, where it has null scores of its own; else above the candidates'
    median, which assumes no scale and always calls half of them used. Give an :class:`Entry` to
    have another name or rule.

    Raises
    ------
    UnknownMethodError
        Naming the nearest names.

    Examples
    --------
    >>> from whorl.methods.nearest import NearestSimilarity
    >>> own = as_entry(NearestSimilarity())
    >>> own.name, own.rule
    ('nearestsimilarity', AboveMaximum())
    """
    if isinstance(method, Entry):
        return method
    if isinstance(method, str):
        return entry(method)
    has_null = type(method)._null is not Method._null
    return Entry(
        type(method).__name__.lower(),
        method,
        AboveMaximum() if has_null else AboveMedian(),
        (type(method).__doc__ or "").partition("\n")[0],
        team="own",
    )


class UnknownMethodError(WhorlError):
    """No entry of the catalogue has that name."""

    def __init__(self, name: str) -> None:
        close = difflib.get_close_matches(name.lower(), CATALOGUE, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(close)}?" if close else "see: whorl methods"
        super().__init__(f"there is no method called {name!r}; {hint}")
