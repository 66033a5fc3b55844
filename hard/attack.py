"""What an attack is, and what it came to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

NAMED = 10  # reasons that are kept of one attack


class Skipped(Exception):  # noqa: N818
    """An attack cannot be made here; the message says what is missing."""


class Trial(NamedTuple):
    """One try.

    Attributes
    ----------
    what : str
        What was done, in a few words.
    fault : str
        What went otherwise than wanted; empty where nothing did.
    """

    what: str
    fault: str = ""


Tries = Callable[[Path, Random, int], Iterable[Trial]]
"""Makes so many tries in an empty folder, drawn by a random source."""


@dataclass(frozen=True)
class Attack:
    """An attack on whorl.

    Attributes
    ----------
    name : str
        One word, for the command line.
    what : str
        What is done.
    wanted : str
        What has to come of it.
    tries : callable
        Makes them.
    full, quick : int
        How many tries a full run makes, and a quick one.
    """

    name: str
    what: str
    wanted: str
    tries: Tries = field(repr=False)
    full: int
    quick: int


@dataclass(frozen=True)
class Tally:
    """What an attack came to.

    Attributes
    ----------
    name : str
        The attack's.
    tried, as_wanted : int
        Tries, and those that ended as they have to.
    reasons : tuple of str
        What went otherwise: the first ten.
    skipped : str
        Why it was not tried; empty where it was.
    seconds : float
        What it took.
    seed : int
        What it was drawn by.
    """

    name: str
    tried: int = 0
    as_wanted: int = 0
    reasons: tuple[str, ...] = ()
    skipped: str = ""
    seconds: float = 0.0
    seed: int = 0

    @property
    def otherwise(self) -> int:
        """Tries that ended otherwise."""
        return self.tried - self.as_wanted


def tallied(name: str, trials: Iterable[Trial]) -> Tally:
    """Count trials.

    Examples
    --------
    >>> tallied("cut", [Trial("at 3"), Trial("at 5", "read as if whole")])
    Tally(name='cut', tried=2, as_wanted=1, reasons=('at 5: read as if whole',), ...)
    """
    tried = faulty = 0
    reasons: list[str] = []
    try:
        for trial in trials:
            tried += 1
            if trial.fault:
                faulty += 1
                reasons.append(f"{trial.what}: {trial.fault}")
    except Skipped as missing:
        return Tally(name, skipped=str(missing))
    return Tally(name, tried, tried - faulty, tuple(reasons[:NAMED]))


def judged(what: str, attempt: Callable[[], str]) -> Trial:
    """Return the trial of an attempt, which returns what is wrong; what it raises is wrong too."""
    try:
        return Trial(what, attempt())
    except Exception as error:  # any but a named error is a fault, whatever it is
        return Trial(what, f"{type(error).__name__}: {error}")


def shares(count: int, parts: int) -> Iterator[int]:
    """Yield how many of `count` tries fall to each of some parts, as equal as can be.

    Examples
    --------
    >>> list(shares(7, 3))
    [3, 2, 2]
    """
    for k in range(parts):
        yield count // parts + (k < count % parts)
