"""The nearest real image's subset, and the vote of the k nearest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.attribution.base import Floats, SubsetMethod, SubsetScores
from whorl.attribution.view import Labelled, SubsetView
from whorl.similarity import SSIM, Measure, similarity_matrix

TO_DEVIATION = 1.4826  # of a normal distribution: standard deviation over median deviation
EVEN = 1e-6  # median deviation below which a subset resembles all other reals alike
FEWEST = 3  # reals of other subsets that a calibration needs

Similarities = NDArray[np.float32]


@dataclass(frozen=True)
class NearestSubset(SubsetMethod):
    r"""Score = similarity to the subset's most similar real image, in that subset's own units.

    A subset with more images, or with more usual ones, has a nearest image nearer by for anything.
    So each subset's similarity is set against those of real images that are not of it,

    .. math:: z_s(g) = \frac{\max_{r \in s} S(g, r) - m_s}{d_s}

    with m and d the median and the median deviation (times 1.4826) of the similarities of the
    reals of all other subsets, without those of its patients. A choice of ours, after the
    calibrated distance of GAN-Leaks (Chen, Yu, Zhang, Fritz. CCS 2020).

    Attributes
    ----------
    measure : Measure
        The similarity.
    calibrated : bool
        Whether subsets have their own units; else the score is the similarity.

    Examples
    --------
    >>> from whorl.images import ImageSet
    >>> pixels = np.random.default_rng(0).integers(0, 256, (4, 16, 16), np.uint8)
    >>> reals = Labelled(ImageSet(tuple("abcd"), pixels), ("t1", "t1", "t2", "t2"))
    >>> view = SubsetView(ImageSet(("g",), pixels[2:3]), reals)
    >>> NearestSubset(calibrated=False).score(view).answers
    ('t2',)
    """

    measure: Measure = SSIM()
    calibrated: bool = True

    def _score(self, view: SubsetView, seed: int) -> Floats:  # noqa: ARG002
        found = similarity_matrix(self.measure, view.generated, view.reals.images)
        return self._in_units(nearest_of_subsets(found, view.reals), view)

    def as_if_generated(self, view: SubsetView, *, seed: int = 0) -> SubsetScores:  # noqa: ARG002
        """Score the real images as if they were generated; see :meth:`SubsetMethod.score`."""
        among = without_own(similarity_among(self.measure, view.reals), view.reals)
        values = finite(self._in_units(nearest_of_subsets(among, view.reals), view))
        return SubsetScores(view.reals.images.ids, view.subsets, values)

    def _in_units(self, nearest: Floats, view: SubsetView) -> Floats:
        """Return similarities in each subset's own units."""
        if not self.calibrated:
            return nearest
        among = without_own(similarity_among(self.measure, view.reals), view.reals)
        usual = nearest_of_subsets(among, view.reals)
        usual[np.arange(len(usual)), view.reals.codes(view.subsets)] = -np.inf
        units = [_units(column[np.isfinite(column)]) for column in usual.T]
        return np.column_stack([(s - m) / d for s, (m, d) in zip(nearest.T, units, strict=True)])


@dataclass(frozen=True)
class NeighbourVote(SubsetMethod):
    r"""Score = the vote of the k most similar real images.

    Each votes for its subset with Dudani's weight, 1 for the nearest and 0 for the (k + 1)th,
    divided by the number of the subset's images, so that a large subset is no likelier answer.
    Scores of an image add up to 1.

    .. math:: w_i = (S_i - S_{k+1}) / (S_1 - S_{k+1})

    Attributes
    ----------
    measure : Measure
        The similarity.
    k : int
        Voters; at most all but one.

    References
    ----------
    Dudani. The distance-weighted k-nearest-neighbor rule. IEEE Transactions on Systems, Man, and
    Cybernetics, 1976.

    Examples
    --------
    >>> from whorl.images import ImageSet
    >>> pixels = np.random.default_rng(0).integers(0, 256, (4, 16, 16), np.uint8)
    >>> reals = Labelled(ImageSet(tuple("abcd"), pixels), ("t1", "t1", "t2", "t2"))
    >>> view = SubsetView(ImageSet(("g",), pixels[2:3]), reals)
    >>> NeighbourVote(k=2).score(view).answers
    ('t2',)
    """

    measure: Measure = SSIM()
    k: int = 5

    def _score(self, view: SubsetView, seed: int) -> Floats:  # noqa: ARG002
        found = similarity_matrix(self.measure, view.generated, view.reals.images)
        return self._votes(found, view.reals)

    def as_if_generated(self, view: SubsetView, *, seed: int = 0) -> SubsetScores:  # noqa: ARG002
        """Score the real images as if they were generated; see :meth:`SubsetMethod.score`."""
        among = without_own(similarity_among(self.measure, view.reals), view.reals)
        values = self._votes(among, view.reals)
        return SubsetScores(view.reals.images.ids, view.subsets, values)

    def _votes(self, similarities: Similarities, reals: Labelled) -> Floats:
        """Return each subset's share of the votes."""
        names = reals.names
        code, sizes = reals.codes(names), np.array([reals.sizes[name] for name in names])
        votes = np.zeros((len(similarities), len(names)))
        for row, of in zip(votes, similarities, strict=True):
            nearest = np.lexsort((code, -of))[: self.k + 1]
            nearest = nearest[np.isfinite(of[nearest])]
            similarity = of[nearest].astype(np.float64)
            span = similarity[0] - similarity[-1]
            weights = (similarity - similarity[-1]) / span if span > 0 else np.ones(len(nearest))
            np.add.at(row, code[nearest], weights / sizes[code[nearest]])
        shares: Floats = votes / votes.sum(axis=1, keepdims=True)
        return shares


def similarity_among(measure: Measure, reals: Labelled) -> Similarities:
    """Return the similarities of all real images with each other: shape (n, n)."""
    return similarity_matrix(measure, reals.images, reals.images)


def without_own(similarities: Similarities, reals: Labelled) -> Similarities:
    """Return similarities among reals, minus infinity between images of one patient.

    Where patients are not known, only each image's similarity with itself goes.

    Examples
    --------
    >>> from whorl.images import ImageSet
    >>> images = ImageSet(("a", "b"), np.zeros((2, 8, 8), np.uint8))
    >>> without_own(np.ones((2, 2), np.float32), Labelled(images, ("t1", "t2")))
    array([[-inf,   1.],
           [  1., -inf]], dtype=float32)
    """
    whose = np.unique(np.array(reals.images.patients or reals.images.ids), return_inverse=True)[1]
    return np.where(whose[:, np.newaxis] == whose, np.float32(-np.inf), similarities)


def nearest_of_subsets(similarities: Similarities, reals: Labelled) -> Floats:
    """Return the largest similarity to an image of each subset: shape (n, subsets)."""
    code = reals.codes(reals.names)
    columns = [similarities[:, code == k].max(axis=1) for k in range(len(reals.names))]
    return np.column_stack(columns).astype(np.float64)


def finite(values: Floats) -> Floats:
    """Return values with what is minus infinity set to the row's lowest other value.

    Examples
    --------
    >>> finite(np.array([[1.0, -np.inf, 3.0]]))
    array([[1., 1., 3.]])
    """
    known = np.isfinite(values)
    lowest = np.where(known, values, np.inf).min(axis=1, keepdims=True)
    return np.where(known, values, np.where(np.isfinite(lowest), lowest, 0.0))


def _units(usual: Floats) -> tuple[float, float]:
    """Return the median and the spread of what a subset's similarities are to other reals."""
    if len(usual) < FEWEST:
        return 0.0, 1.0
    middle = float(np.median(usual))
    spread = TO_DEVIATION * float(np.median(np.abs(usual - middle)))
    return middle, max(spread, EVEN)
