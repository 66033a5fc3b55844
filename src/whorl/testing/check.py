"""What a check is: one promise of the contract, and what tries it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from whorl.methods import Method, Need
from whorl.runs import Entry, as_entry
from whorl.tasks.view import View
from whorl.testing.worlds import planted_task


@dataclass(frozen=True)
class Check:
    """One promise of the contract, and what tries it.

    Attributes
    ----------
    name : str
        What an excuse calls it.
    promise : str
        What an attack promises, in a sentence.
    trial : callable
        Takes an entry; raises an AssertionError that says how the promise is broken.
    """

    name: str
    promise: str
    trial: Callable[[Entry], None]

    def run(self, method: str | Method | Entry) -> None:
        """Hold an attack to the promise.

        Parameters
        ----------
        method : str, Method or Entry
            The attack; a bare method gets the rule of :func:`whorl.runs.as_entry`.

        Raises
        ------
        AssertionError
            If the promise is broken. Whatever else the attack raises goes through.
        """
        self.trial(as_entry(method))


def require(kept: object, message: str) -> None:
    """Raise an error with this message unless a promise is kept.

    Raises
    ------
    AssertionError
        Also under ``python -O``, which leaves assert statements out.

    Examples
    --------
    >>> require(len("ab") == 3, "two letters where three were promised")
    Traceback (most recent call last):
    AssertionError: two letters where three were promised
    """
    if not kept:
        raise AssertionError(message)


def reference_for(entry: Entry) -> int:
    """Return how many reference images a view must hold for the attack: none if it needs none."""
    return 9 if Need.REFERENCE in entry.method.needs else 0


def planted_view(entry: Entry, seed: int) -> View:
    """Return the view of a task with planted copies, with a reference if the attack needs one."""
    return planted_task(seed, reference=reference_for(entry)).view
