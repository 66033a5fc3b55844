"""The method interface: a view goes in, one score for each candidate comes out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.errors import NeedError, ScoreError
from whorl.tasks.view import View


class Need(StrEnum):
    """What a method may need beside the generated images and the candidates."""

    REFERENCE = "reference"
    DEVELOPMENT = "development"
    WEIGHTS = "weights"


@dataclass(frozen=True, eq=False)
class Nearest:
    """For each candidate the generated image most like it, by the method's own measure.

    Attributes
    ----------
    index : ndarray of intp, shape (n,)
        Position in the view's generated images.
    similarity : ndarray of float64, shape (n,)
        Similarity of the two, in the measure's range.
    measure : str
        The measure's name.
    """

    index: NDArray[np.intp]
    similarity: NDArray[np.float64]
    measure: str


@dataclass(frozen=True, eq=False)
class Scores:
    """What a method says of the candidates.

    Attributes
    ----------
    ids : tuple of str
        The candidates' ids, in the view's order.
    values : ndarray of float64, shape (n,)
        One finite score for each; higher = more likely a member.
    null : ndarray of float64, shape (m,), or None
        The same statistic on images known or assumed not to be members.
    nearest : Nearest or None
        The evidence, where the method compares candidates with generated images.

    Raises
    ------
    ScoreError
        If there is not one finite value for each id.

    Examples
    --------
    >>> Scores(("a", "b"), np.array([0.1, 0.9])).values
    array([0.1, 0.9])
    """

    ids: tuple[str, ...]
    values: NDArray[np.float64]
    null: NDArray[np.float64] | None = None
    nearest: Nearest | None = None

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.ids),):
            raise ScoreError(f"{len(self.ids)} ids, but scores of shape {self.values.shape}")
        if not np.isfinite(self.values).all():
            worst = self.ids[int(np.flatnonzero(~np.isfinite(self.values))[0])]
            raise ScoreError(f"the score of {worst!r} is not a finite number")


class Method(ABC):
    """An attack. Subclasses are frozen dataclasses whose fields are the hyper-parameters."""

    needs: ClassVar[frozenset[Need]] = frozenset()

    def score(self, view: View, *, seed: int = 0) -> Scores:
        """Score every candidate for membership.

        Parameters
        ----------
        view : View
            What the attacker sees.
        seed : int
            Seeds every random draw; the same seed gives the same scores.

        Returns
        -------
        Scores
            One finite score for each candidate, in the view's order.

        Raises
        ------
        NeedError
            If the view lacks what the method needs.
        """
        held = {Need.REFERENCE: view.reference, Need.DEVELOPMENT: view.development}
        for need in sorted(self.needs & held.keys()):
            if held[need] is None:
                raise NeedError(f"{type(self).__name__} needs a {need} set: pass --{need} DIR")
        return self._score(view, seed)

    @abstractmethod
    def _score(self, view: View, seed: int) -> Scores:
        """Compute the scores of a view that holds all that the method needs."""
