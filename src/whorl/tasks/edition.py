"""Editions of the challenge: how each calls its folders, writes its run files, and ranks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from whorl.errors import LayoutError


@dataclass(frozen=True)
class Edition:
    """What one year of ImageCLEFmedical GANs asks for, where it asks which reals were used.

    Attributes
    ----------
    name : str
        The year.
    test, development : mapping of str to str
        Part of the set ("generated", "candidates", "used", "not_used") → its folder's name.
    extension : str
        What stands behind an image's id in a run file: "" or ".png".
    measure : str
        The official one, by its name in ``whorl.evaluation``.
    """

    name: str
    test: Mapping[str, str]
    development: Mapping[str, str]
    extension: str
    measure: str


EDITIONS: Mapping[str, Edition] = {
    "2023": Edition(
        name="2023",
        test={"generated": "generated_1", "candidates": "real_unknown_1"},
        development={"generated": "generated", "used": "used", "not_used": "not_used"},
        extension="",
        measure="f1",
    ),
    "2025": Edition(
        name="2025",
        test={"generated": "generated", "candidates": "real_unknown"},
        development={
            "generated": "generated",
            "used": "real_used",
            "not_used": "real_not_used",
        },
        extension=".png",
        measure="kappa",
    ),
}
"""By name. The first task of 2024 asked the same: its folders are read in either spelling, and as
which of these it is to be taken is said by name."""

UNTOLD = EDITIONS["2023"]
"""What is taken where neither folders nor anybody tells."""


def edition_named(name: str) -> Edition:
    """Return the edition of a year.

    Raises
    ------
    LayoutError
        If none has this name.

    Examples
    --------
    >>> edition_named("2025").measure
    'kappa'
    """
    if name not in EDITIONS:
        raise LayoutError(f"edition {name!r}: is none of {', '.join(EDITIONS)}")
    return EDITIONS[name]


def edition_of(names: Iterable[str]) -> Edition | None:
    """Return the edition that folders' names tell; None where they tell none, or several.

    Parameters
    ----------
    names : iterable of str
        Folders' names. Those that several editions share tell nothing.

    Examples
    --------
    >>> edition_of(["generated", "real_unknown"]).name, edition_of(["generated"])
    ('2025', None)
    """
    there = set(names)
    told = [edition for edition in EDITIONS.values() if there & _own(edition)]
    return told[0] if len(told) == 1 else None


def found_edition(*roots: Path | str) -> Edition | None:
    """Return the edition that folders tell, or those in their ``test`` and ``development``.

    Parameters
    ----------
    *roots : path
        Tasks' folders, or their test and development sets; those that are not there tell nothing.

    Examples
    --------
    >>> from whorl.tasks.sample import sample_folder
    >>> found_edition(sample_folder()).name
    '2023'
    """
    places = [Path(root) / inner for root in roots for inner in ("", "test", "development")]
    return edition_of(
        folder.name
        for place in places
        if place.is_dir()
        for folder in place.iterdir()
        if folder.is_dir()
    )


def _own(edition: Edition) -> set[str]:
    """Return the folders' names that no other edition has."""
    others = {name for other in EDITIONS.values() if other is not edition for name in _all(other)}
    return _all(edition) - others


def _all(edition: Edition) -> set[str]:
    """Return all folders' names of an edition."""
    return {*edition.test.values(), *edition.development.values()}
