"""Whorl's own statistic: how much of a generated image each subset's reals explain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.attribution.base import Floats, SubsetMethod
from whorl.attribution.view import SubsetView
from whorl.images import ImageSet
from whorl.methods.explain import blocks_by_content
from whorl.similarity import Explained, similarity_matrix
from whorl.similarity.explained import HOUSE_WEIGHTS


@dataclass(frozen=True)
class SubsetExplained(SubsetMethod):
    r"""Score = the power mean of the positive shares of a generated image that fall to the subset.

    All reals of all subsets compete to explain each generated image
    (:class:`whorl.similarity.Explained`): ridge regressions of its tiles on theirs, whose
    coefficients z say, in standard deviations over all reals, what this real alone can account for.

    .. math:: v_s(g) = \Bigl(\frac{1}{n_s} \sum_{r \in s} \max(z_r(g), 0)^p\Bigr)^{1/p}

    The mean makes subsets of different size comparable. A small p gathers influence spread over
    many images, a large one follows the best.

    Attributes
    ----------
    measure : Explained
        What gives the shares.
    power : float
        p, above 0.

    Examples
    --------
    >>> from whorl.attribution.view import Labelled
    >>> pixels = np.random.default_rng(0).integers(0, 256, (4, 32, 32), np.uint8)
    >>> reals = Labelled(ImageSet(tuple("abcd"), pixels), ("t1", "t1", "t2", "t2"))
    >>> view = SubsetView(ImageSet(("g",), pixels[2:3]), reals)
    >>> SubsetExplained().score(view).answers
    ('t2',)
    """

    measure: Explained = Explained(weights=HOUSE_WEIGHTS)
    power: float = 2.0

    def _score(self, view: SubsetView, seed: int) -> Floats:  # noqa: ARG002
        shares = shares_explained(self.measure, view.reals.images, view.generated)
        code = view.reals.codes(view.subsets)
        powers = np.maximum(shares, 0).astype(np.float64) ** self.power
        means = [powers[code == k].mean(axis=0) for k in range(len(view.subsets))]
        return np.column_stack(means) ** (1 / self.power)


def shares_explained(
    measure: Explained, reals: ImageSet, generated: ImageSet
) -> NDArray[np.float32]:
    """Return what of each generated image falls to each real: shape (reals, generated).

    More than 2,000 reals compete in blocks, which content alone decides.
    """
    shares = np.empty((len(reals), len(generated)), np.float32)
    for block in blocks_by_content(reals):
        shares[block] = similarity_matrix(measure, reals.take(block), generated)
    return shares
