"""The method interface: a view goes in, one score for each candidate comes out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from whorl.errors import NeedError, ScoreError
from whorl.images import ImageSet
from whorl.methods.parts import fields_set_by, parts_of, with_fast_parts
from whorl.networks.backbones import Backbone
from whorl.networks.weights import lacking_weights
from whorl.seeds import require_seed
from whorl.similarity.explained import Explained
from whorl.tasks.view import View


class Need(StrEnum):
    """What a method may need beside the generated images and the candidates."""

    REFERENCE = "reference"
    DEVELOPMENT = "development"
    WEIGHTS = "weights"


@dataclass(frozen=True, eq=False)
class Nearest:
    """For each candidate the generated image most like it.

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

    def first(self, n: int) -> Nearest:
        """Return those of the first `n` candidates."""
        return Nearest(self.index[:n], self.similarity[:n], self.measure)


@dataclass(frozen=True, eq=False)
class Traces:
    """What of the generated images each real explains.

    Attributes
    ----------
    measure : Explained
        What says so.
    index : ndarray of intp, shape (n, k)
        For each candidate the generated images that it explains best, best first.
    shares : ndarray of float64, shape (n, k)
        How much of them, in standard deviations over all reals that compete.
    sums : ndarray of float64, shape (reals, groups), or None
        What a real's score is made of, by groups of generated images that content alone decides:
        candidates first, then the reference. Sums over some groups rank reals as an audit of only
        these generated images does. None where scores are not made of sums.
    """

    measure: Explained
    index: NDArray[np.intp]
    shares: NDArray[np.float64]
    sums: NDArray[np.float64] | None = None

    def first(self, n: int) -> Traces:
        """Return the best of the first `n` candidates, and all sums."""
        return Traces(self.measure, self.index[:n], self.shares[:n], self.sums)


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
        Scores on images known (the reference) or assumed not to be members.
    nearest : Nearest or None
        The evidence, where the method compares candidates with generated images.
    traces : Traces or None
        More of it, where the method explains generated images by reals.

    Raises
    ------
    ScoreError
        If there is not one finite value for each id, or a null score is not finite.

    Examples
    --------
    >>> Scores(("a", "b"), np.array([0.1, 0.9])).values
    array([0.1, 0.9])
    """

    ids: tuple[str, ...]
    values: NDArray[np.float64]
    null: NDArray[np.float64] | None = None
    nearest: Nearest | None = None
    traces: Traces | None = None

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.ids),):
            raise ScoreError(f"{len(self.ids)} ids, but scores of shape {self.values.shape}")
        if not np.isfinite(self.values).all():
            worst = self.ids[int(np.flatnonzero(~np.isfinite(self.values))[0])]
            raise ScoreError(f"the score of {worst!r} is not a finite number")
        if self.null is not None and not np.isfinite(self.null).all():
            raise ScoreError("a null score is not a finite number")


class Method(ABC):
    """An attack. Subclasses are frozen dataclasses whose fields are the hyper-parameters.

    A method scores; it never decides. Scores depend on what the images hold, never on their
    order or their names.
    """

    own_needs: ClassVar[frozenset[Need]] = frozenset()

    @property
    def needs(self) -> frozenset[Need]:
        """What the method needs: weights too, where it has a backbone."""
        return self.own_needs | ({Need.WEIGHTS} if any(self.backbones()) else frozenset())

    def backbones(self) -> Iterator[Backbone]:
        """Yield the backbones among the method's parts."""
        return (part for part in parts_of(self) if isinstance(part, Backbone))

    def notes(self) -> tuple[str, ...]:
        """Say, in a sentence each, what the user chose or left out and the result rests on."""
        bounds = {
            getattr(part, name)
            for part in parts_of(self)
            for name in fields_set_by("--subsample-generated", part)
        } - {None}
        return (
            *(f"{b.title} starts from the weights {b.weights}" for b in self.backbones()),
            *(f"at most {n:,} generated images are looked at, drawn by the seed" for n in bounds),
        )

    def fast(self) -> Self:
        """Return the method with a small budget of training: for tests and first looks.

        Each of its parts, and the method itself, sees to its own (:meth:`Budgeted.own_fast`);
        methods without networks are as they are.
        """
        return with_fast_parts(self)

    def score(self, view: View, *, seed: int = 0) -> Scores:
        """Score every candidate for membership.

        Where the view has a reference, its images are scored together with the candidates and in
        the same way, and their scores become the null: only so are they exchangeable with those
        of candidates that are not members. Otherwise the null is the method's own, if it has one.

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
            If the view lacks what the method needs, or a backbone has no weights.
        WhorlError
            If the seed is none.
        """
        require_seed(seed)
        held = {Need.REFERENCE: view.reference, Need.DEVELOPMENT: view.development}
        for need in sorted(self.needs & held.keys()):
            if held[need] is None:
                raise NeedError(f"{type(self).__name__} needs a {need} set: pass --{need} DIR")
        self.require_weights()
        if view.reference is None:
            return replace(self._score(view, seed), null=self._null(view))
        return self._score_with_reference(view, view.reference, seed)

    def require_weights(self) -> None:
        """Raise an error if a backbone has no weights.

        Raises
        ------
        NeedError
            Naming the ways to give it some.
        """
        for backbone in self.backbones():
            if backbone.weights is None:
                raise lacking_weights(backbone.name)

    def _score_with_reference(self, view: View, reference: ImageSet, seed: int) -> Scores:
        """Score candidates and reference as one set; the reference's scores are the null."""
        together = replace(view, candidates=view.candidates.joined(reference), reference=None)
        scores = self._score(together, seed)
        n = len(view.candidates)
        nearest = None if scores.nearest is None else scores.nearest.first(n)
        traces = None if scores.traces is None else scores.traces.first(n)
        return Scores(view.candidates.ids, scores.values[:n], scores.values[n:], nearest, traces)

    @abstractmethod
    def _score(self, view: View, seed: int) -> Scores:
        """Compute the scores of a view that holds all that the method needs."""

    def _null(self, view: View) -> NDArray[np.float64] | None:  # noqa: ARG002
        """Compute null scores from the view itself, where the method has a way to."""
        return None
