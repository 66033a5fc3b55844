"""The interface of methods that attribute: a view goes in, a score for each subset comes out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from whorl.attribution.view import SubsetError, SubsetView
from whorl.errors import NeedError, ScoreError
from whorl.methods.parts import parts_of
from whorl.networks.backbones import Backbone
from whorl.networks.weights import lacking_weights

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SubsetScores:
    """What a method says of each generated image and each subset.

    Attributes
    ----------
    ids : tuple of str
        The generated images', in the view's order.
    subsets : tuple of str
        In natural order.
    values : ndarray of float64, shape (n, subsets)
        Finite; higher = more likely from that subset, comparable within one image.

    Raises
    ------
    ScoreError
        If there is not one finite value for each image and subset.

    Examples
    --------
    >>> scores = SubsetScores(("g", "h"), ("a", "b", "c"), np.array([[0, 5, 2], [4.0, 0, 3]]))
    >>> scores.best, scores.lead
    (array([1, 0]), array([3., 1.]))
    """

    ids: tuple[str, ...]
    subsets: tuple[str, ...]
    values: Floats

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.ids), len(self.subsets)):
            raise ScoreError(
                f"{len(self.ids)} images and {len(self.subsets)} subsets, but scores of shape "
                f"{self.values.shape}"
            )
        if not np.isfinite(self.values).all():
            raise ScoreError("a score is not a finite number")

    @property
    def best(self) -> NDArray[np.intp]:
        """Position of each image's subset of the highest score, the first among equals."""
        return np.asarray(self.values.argmax(axis=1), np.intp)

    @property
    def answers(self) -> tuple[str, ...]:
        """Each image's subset of the highest score."""
        return tuple(self.subsets[k] for k in self.best)

    @property
    def lead(self) -> Floats:
        """How far each image's best subset lies before the second: 0 or more.

        Raises
        ------
        ScoreError
            If there is only one subset.
        """
        if len(self.subsets) < 2:
            raise ScoreError("one subset alone has nothing to lead before: give two or more")
        top = np.sort(self.values, axis=1)
        return np.asarray(top[:, -1] - top[:, -2])

    def take(self, rows: slice) -> SubsetScores:
        """Return the scores of some images."""
        return replace(self, ids=self.ids[rows], values=self.values[rows])


class SubsetMethod(ABC):
    """A way to attribute. Subclasses are frozen dataclasses whose fields are hyper-parameters.

    A method scores; it never decides. What it says of a generated image depends on what the
    images hold, never on their order or their names. Subsets are treated alike, whatever they are
    called.
    """

    def backbones(self) -> Iterator[Backbone]:
        """Yield the backbones among the method's parts."""
        return (part for part in parts_of(self) if isinstance(part, Backbone))

    def score(self, view: SubsetView, *, seed: int = 0) -> SubsetScores:
        """Score every subset for every generated image.

        Parameters
        ----------
        view : SubsetView
            What the attacker sees.
        seed : int
            Seeds every random draw; the same seed gives the same scores.

        Returns
        -------
        SubsetScores
            In the view's order.

        Raises
        ------
        SubsetError
            If there is only one subset.
        NeedError
            If a backbone has no weights.
        """
        if len(view.subsets) < 2:
            raise SubsetError(
                f"{view.reals.images.name}: all images are of {view.subsets[0]!r}: give two "
                "subsets or more"
            )
        for backbone in self.backbones():
            if backbone.weights is None:
                raise lacking_weights(backbone.name)
        values = self._score(view, seed)
        return SubsetScores(view.generated.ids, view.subsets, np.asarray(values, np.float64))

    def as_if_generated(self, view: SubsetView, *, seed: int = 0) -> SubsetScores:  # noqa: ARG002
        """Score the real images as if they were generated, each without those of its patient.

        What a real image says of a subset when nobody of its patient is there tells how far the
        best subset leads by chance. Where patients are not known, only the image itself is left
        out.

        Raises
        ------
        NeedError
            If the method has no way to leave images out.
        """
        raise NeedError(
            f"{type(self).__name__} cannot leave one patient out at a time: to answer none, give "
            "--reference or --unrelated"
        )

    @abstractmethod
    def _score(self, view: SubsetView, seed: int) -> Floats:
        """Compute the scores: shape (generated, subsets)."""
