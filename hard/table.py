"""The table, in Markdown, and what it was made with."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from textwrap import fill

from hard.attack import Attack, Tally
from trust.table import markdown
from whorl.version import __version__

START, END = "<!-- made by python -m hard --out -->", "<!-- end of what it made -->"
COLUMNS = ("attack", "has to come of it", "tries", "as wanted", "otherwise")
LIBRARIES = (
    "numpy", "pillow", "pydicom", "nibabel", "h5py", "scikit-learn", "skops", "safetensors",
    "torch", "distributed", "playwright",
)  # fmt: skip
WIDTH = 100


def table(attacks: Iterable[Attack], tallies: Sequence[Tally]) -> str:
    """Return the table of what was tried.

    Examples
    --------
    >>> attack = Attack("cut", "files cut", "an error", lambda *_: (), 9, 1)
    >>> print(table([attack], [Tally("cut", 9, 8, ("at 3: read",))]))
    | attack | has to come of it | tries | as wanted | otherwise |
    |---|---:|---:|---:|---:|
    | **cut**: files cut | an error | 9 | 8 | 1 |
    """
    found = {tally.name: tally for tally in tallies}
    tried = [attack for attack in attacks if attack.name in found]
    return markdown(COLUMNS, [_cells(attack, found[attack.name]) for attack in tried])


def described(attacks: Iterable[Attack], tallies: Sequence[Tally]) -> str:
    """Return the table with what it was made with, and what went otherwise."""
    versions = ", ".join(
        f"{name} {number}" for name in LIBRARIES if (number := _version(name)) is not None
    )
    seeds = " and ".join(map(str, sorted({tally.seed for tally in tallies})))
    said = (
        f"`make hard` with seed {seeds}, by whorl {__version__} on Python "
        f"{platform.python_version()}, {platform.system()} {platform.machine()}, with {versions}."
    )
    parts = [fill(said, WIDTH, break_on_hyphens=False), table(attacks, tallies)]
    skipped = [f"- Not tried: **{t.name}**: {t.skipped}." for t in tallies if t.skipped]
    otherwise = [f"- **{t.name}**: {reason}" for t in tallies for reason in t.reasons]
    if skipped:
        parts.append("\n".join(skipped))
    if otherwise:
        parts.append("What went otherwise:\n\n" + "\n".join(otherwise))
    return "\n\n".join(parts)


def _cells(attack: Attack, tally: Tally) -> tuple[str, ...]:
    """Return the cells of one attack."""
    what = f"**{attack.name}**: {attack.what}"
    if tally.skipped:
        return (what, attack.wanted, "–", "–", "–")
    numbers = (tally.tried, tally.as_wanted, tally.otherwise)
    return (what, attack.wanted, *(f"{number:,}" for number in numbers))


def _version(name: str) -> str | None:
    """Return a library's version; None where it is absent."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
