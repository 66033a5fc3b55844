"""Explaining away: whorl's own attack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from whorl.images import ImageSet
from whorl.methods.base import Method, Nearest, Scores, Traces
from whorl.similarity import (
    Explained,
    MapSimilarity,
    Powers,
    PowerSums,
    Reduction,
    TopK,
    reduce_pairs,
)
from whorl.similarity.explained import HOUSE_WEIGHTS
from whorl.tasks.view import View

MOST_REALS = 2_000  # that compete at once; beyond, they compete in blocks
BEST = 5  # generated images that are kept as evidence
SAMPLE = 256  # generated images that the maps' weights are taken from
GROUPS = 32  # of generated images, by which power sums are kept

Values = NDArray[np.float64]


class Statistic(Protocol):
    """What of a real's shares in all generated images becomes its score."""

    def kept(self, generated: ImageSet) -> Mapping[str, Reduction]:
        """Return what is to be kept of them."""

    def of(self, kept: Mapping[str, Any]) -> Values:
        """Return the score of every real."""


@dataclass(frozen=True)
class PowerMeanOver:
    """The power mean of the positive shares over all generated images.

    Attributes
    ----------
    power : float
        6 catches both kinds of leak: influence spread thin over many generated images, and a few
        copies.
    """

    power: float = 6.0

    def kept(self, generated: ImageSet) -> Mapping[str, Reduction]:
        """Return the power sums, by groups of generated images."""
        return {"powers": PowerSums(self.power, groups_by_content(generated))}

    def of(self, kept: Mapping[str, Any]) -> Values:
        """Return the power means."""
        powers: Powers = kept["powers"]
        return powers.means()


@dataclass(frozen=True)
class MeanOfLargest:
    """The mean of the k largest shares.

    Attributes
    ----------
    k : int
        At least 1.
    """

    k: int = 1

    def kept(self, generated: ImageSet) -> Mapping[str, Reduction]:  # noqa: ARG002
        """Return the reduction to the k largest."""
        return {"largest": TopK(self.k)}

    def of(self, kept: Mapping[str, Any]) -> Values:
        """Return the means."""
        values: Values = kept["largest"].similarity.mean(axis=1, dtype=np.float64)
        return values


@dataclass(frozen=True)
class ExplainAway(Method):
    """Score = how much more of the generated images falls to this real than to all others.

    All reals at hand, candidates and reference, compete to explain each generated image
    (:class:`whorl.similarity.Explained`): what they have in common cancels. Up to 2,000 compete at
    once; more do so in blocks of about equal size, drawn by content, which see neither which
    set an image is of nor whose it is.

    Attributes
    ----------
    measure : MapSimilarity
        The share explained; the plain similarity of maps where nothing is to compete.
    statistic : Statistic
        What of all the shares becomes the score.
    adapt : bool
        Whether the maps' weights follow how the generator leaks, as up to 256 generated images,
        drawn by content, show it (:meth:`whorl.similarity.Explained.adapted`). It is the same for
        all reals, whoever they are.

    Examples
    --------
    >>> pixels = np.random.default_rng(0).integers(0, 256, (5, 32, 32), np.uint8)
    >>> view = View(ImageSet(("g", "h"), pixels[:2]), ImageSet(("x", "y", "z"), pixels[1:4]))
    >>> ExplainAway().score(view).values.argmax()
    np.int64(0)
    """

    measure: MapSimilarity = Explained(weights=HOUSE_WEIGHTS)
    statistic: Statistic = PowerMeanOver()
    adapt: bool = True

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        reals, generated = view.candidates, view.generated
        blocks = blocks_by_content(reals)
        measure = self._adapted(reals.take(blocks[0]), generated)
        values = np.empty(len(reals))
        best = min(BEST, len(generated))
        index, shares = np.empty((len(reals), best), np.intp), np.empty((len(reals), best))
        sums = np.zeros((len(reals), min(GROUPS, len(generated))))
        for block in blocks:
            kept = reduce_pairs(
                measure,
                reals.take(block),
                generated,
                {"best": TopK(best), **self.statistic.kept(generated)},
            )
            values[block] = self.statistic.of(kept)
            index[block], shares[block] = kept["best"].position, kept["best"].similarity
            if "powers" in kept:
                sums[block] = kept["powers"].sums
        nearest = Nearest(index[:, 0], shares[:, 0], measure.name)
        if not isinstance(measure, Explained):
            return Scores(reals.ids, values, nearest=nearest)
        of_sums = isinstance(self.statistic, PowerMeanOver)
        traces = Traces(measure, index, shares, sums if of_sums else None)
        return Scores(reals.ids, values, nearest=nearest, traces=traces)

    def columns(
        self, reals: ImageSet, generated: ImageSet, statistics: Sequence[Statistic]
    ) -> list[Values]:
        """Return the scores that each of some statistics gives, from one pass over the pairs."""
        blocks = blocks_by_content(reals)
        measure = self._adapted(reals.take(blocks[0]), generated)
        columns = [np.empty(len(reals)) for _ in statistics]
        wanted = {
            f"{k}.{name}": reduction
            for k, statistic in enumerate(statistics)
            for name, reduction in statistic.kept(generated).items()
        }
        for block in blocks:
            kept = reduce_pairs(measure, reals.take(block), generated, wanted)
            for k, (column, statistic) in enumerate(zip(columns, statistics, strict=True)):
                own = {name.partition(".")[2]: of for name, of in kept.items()
                       if name.startswith(f"{k}.")}  # fmt: skip
                column[block] = statistic.of(own)
        return columns

    def _adapted(self, reals: ImageSet, generated: ImageSet) -> MapSimilarity:
        """Return the measure, its maps weighted by a sample of the generated images if wanted."""
        measure = self.measure
        if not self.adapt or not isinstance(measure, Explained) or len(measure.maps) < 2:
            return measure
        sample = np.argsort(np.array(generated.hashes), kind="stable")[:SAMPLE]
        return measure.adapted(reals.pixels, generated.take(np.sort(sample)).pixels)


def groups_by_content(generated: ImageSet) -> NDArray[np.intp]:
    """Return the group of each generated image: up to 32 of equal size, by their content hashes.

    Examples
    --------
    >>> groups_by_content(ImageSet(("a", "b"), np.zeros((2, 8, 8), np.uint8)))
    array([0, 1])
    """
    n = len(generated)
    groups = np.empty(n, np.intp)
    order = np.argsort(np.array(generated.hashes), kind="stable")
    groups[order] = np.arange(n) * min(GROUPS, n) // n
    return groups


def blocks_by_content(reals: ImageSet) -> list[NDArray[np.intp]]:
    """Return the positions of the images of each block, in the order of their content hashes.

    Examples
    --------
    >>> images = ImageSet(("a", "b"), np.arange(128, dtype=np.uint8).reshape(2, 8, 8))
    >>> sorted(blocks_by_content(images)[0].tolist())
    [0, 1]
    """
    order = np.argsort(np.array(reals.hashes), kind="stable")
    count = -(-len(order) // MOST_REALS)
    return [order[first::count] for first in range(count)]
