"""Images that are probably of one patient, where nobody says whose they are.

What gives them away is the parting into candidates and reference itself. If every image were of a
patient of its own, or all had been dealt out one by one, the image nearest to a candidate would be
a candidate no more often than chance has it. If patients were dealt out with all their images, it
nearly always is. So the question is asked first (:attr:`Companions.p`), and only then are images
joined, within either set, from the most alike on, until the groups look as if they had been dealt
out one by one: until the group nearest to a group lies in the same set rather less often than
chance has it. That errs towards joining: groups too large cost power, groups too small the level.

Images are compared by their texture and grey levels, which tell one scan from another wherever in
the body a slice lies, and as much by the picture itself, small, which scores hang on.

A difference between the sets that has nothing to do with patients sets them apart too; the sets'
means are therefore taken out before anything is joined, and :mod:`whorl.methods.shift` tests for
the rest.

References
----------
M. F. Schilling, Multivariate two-sample tests based on nearest neighbors, JASA 1986.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from whorl.images import ImageSet
from whorl.methods.looks import looks_of

LEVEL = 0.01  # of the question whether images come alone
STOP = -2.0  # standard deviations from chance
CUTS = 40
DEALS = 199
FEWEST = 5  # groups of either set, so that there is something to deal
MOST_UNITS = 3_000  # of either set; beyond that, images are gathered by k-means first
BLOCK = 1_024

Vectors = NDArray[np.float64]
Codes = NDArray[np.intp]
Sides = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Companions:
    """Which images belong together, and why it is thought so.

    Attributes
    ----------
    codes : ndarray of intp, shape (n,)
        The group of each candidate, then of each reference image; none spans both sets.
    same_set : float
        The share of images whose nearest image lies in their own set.
    by_chance : float
        What that share would be if images had been dealt out one by one.
    p : float
        Of that question, by dealing the images out anew.
    same_set_groups, groups_by_chance : float
        The same shares for the groups. Far above chance, the sets differ otherwise than by
        patients, or have too few of them.
    """

    codes: Codes
    same_set: float
    by_chance: float
    p: float
    same_set_groups: float
    groups_by_chance: float

    @property
    def groups(self) -> int:
        """How many groups there are; as many as images where these come alone."""
        return int(self.codes.max()) + 1


def find_companions(candidates: ImageSet, reference: ImageSet, *, seed: int = 0) -> Companions:
    """Look for several images of fewer patients among real images.

    Parameters
    ----------
    candidates, reference : ImageSet
        Real images of one size, of different patients.
    seed : int
        Seeds the deals that chance is measured by.

    Returns
    -------
    Companions
        Where images come alone, or a set has no more than five, each is a group of its own.

    Raises
    ------
    ImageError
        If the images are too small for the features.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> patients = rng.integers(60, 200, (12, 1, 16, 16))
    >>> pixels = np.clip(patients + rng.normal(0, 5, (12, 6, 16, 16)), 0, 255).astype(np.uint8)
    >>> images = ImageSet(tuple(map(str, range(72))), pixels.reshape(72, 16, 16))
    >>> found = find_companions(images.take(range(36)), images.take(range(36, 72)))
    >>> found.same_set, found.p
    (1.0, 0.005)
    """
    sides = np.arange(len(candidates) + len(reference)) < len(candidates)
    return companions_of(looks_of(candidates, reference), sides, seed=seed)


def companions_of(vectors: Vectors, sides: Sides, *, seed: int = 0) -> Companions:
    """Look for groups among vectors of two sets.

    Parameters
    ----------
    vectors : ndarray of float64, shape (n, d)
        What the images look like; at least two.
    sides : ndarray of bool, shape (n,)
        Which set each is of.
    seed : int
        Seeds the deals that chance is measured by.
    """
    codes: Codes = np.arange(len(vectors))
    images = groups = _meeting(vectors, codes, sides, seed)
    if images.p <= LEVEL and min(np.bincount(sides)) > FEWEST:
        vectors = vectors - _means(vectors, sides.astype(np.intp))[sides.astype(np.intp)]
        codes = _joined(vectors, sides, seed)
        groups = _meeting(vectors, codes, sides, seed)
    return Companions(codes, images.same, images.chance, images.p, groups.same, groups.chance)


class _Meeting(NamedTuple):
    """How often the nearest group lies in the same set, and how often by chance."""

    same: float
    chance: float
    spread: float
    p: float

    @property
    def excess(self) -> float:
        """Standard deviations above chance; 0 where chance has no spread."""
        return (self.same - self.chance) / self.spread if self.spread > 0 else 0.0


def _meeting(vectors: Vectors, codes: Codes, sides: Sides, seed: int) -> _Meeting:
    """Count the groups whose nearest group lies in the same set, also when sets are dealt anew."""
    nearest = _nearest(vectors, codes)
    side = np.zeros(len(nearest), bool)
    side[codes] = sides
    deals = np.random.default_rng(seed).permuted(np.tile(side, (DEALS, 1)), axis=1)
    same = float(np.mean(side[nearest] == side))
    dealt = np.mean(deals[:, nearest] == deals, axis=1)
    p = (1 + int(np.count_nonzero(dealt >= same - 1e-12))) / (1 + DEALS)
    return _Meeting(same, float(dealt.mean()), float(dealt.std()), p)


def _nearest(vectors: Vectors, codes: Codes) -> Codes:
    """Return each group's nearest other one, by the mean squared distance of their members."""
    counts = np.bincount(codes)
    centres = _means(vectors, codes)
    squares = np.einsum("ij,ij->i", centres, centres)
    within = np.bincount(codes, np.sum((vectors - centres[codes]) ** 2, axis=1)) / counts
    found = np.empty(len(counts), np.intp)
    for first in range(0, len(counts), BLOCK):
        rows = np.arange(first, min(first + BLOCK, len(counts)))
        # of one row, |a|² and its own spread are the same for all columns
        distance = squares + within - 2 * centres[rows] @ centres.T
        distance[rows - first, rows] = np.inf
        found[rows] = distance.argmin(axis=1)
    return found


def _joined(vectors: Vectors, sides: Sides, seed: int) -> Codes:
    """Join images within either set until groups meet their own set less often than by chance."""
    units = _units(vectors, sides, seed)
    codes = units
    for labels in _cuts(_means(vectors, units), _of_unit(sides, units)):
        codes = labels[units]
        if _meeting(vectors, codes, sides, seed).excess <= STOP:
            break
    return codes


def _cuts(centres: Vectors, sides: Sides) -> Iterator[Codes]:
    """Yield ever coarser groups of units: average linkage of squared distances in either set."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import pdist

    parts = [np.flatnonzero(sides == side) for side in (True, False)]
    trees = [linkage(pdist(centres[part], "sqeuclidean"), "average") for part in parts]
    heights = np.sort(np.concatenate([tree[:, 2] for tree in trees]))
    most, fewest = len(centres) - 1, 2 * FEWEST
    for groups in np.unique(np.geomspace(most, min(fewest, most), CUTS).astype(int))[::-1]:
        height = heights[len(centres) - groups - 1]
        labels = np.empty(len(centres), np.intp)
        last = 0
        for part, tree in zip(parts, trees, strict=True):
            lower = np.nextafter(tree[1 - FEWEST, 2], -np.inf)  # so that the fewest remain
            labels[part] = last + fcluster(tree, min(height, lower), "distance") - 1
            last = int(labels[part].max()) + 1
        yield labels


def _units(vectors: Vectors, sides: Sides, seed: int) -> Codes:
    """Return each image's unit: itself, or in large sets the few images it is gathered with."""
    units = np.empty(len(vectors), np.intp)
    last = 0
    for side in (True, False):
        part = np.flatnonzero(sides == side)
        labels = np.arange(len(part))
        if len(part) > MOST_UNITS:
            from sklearn.cluster import MiniBatchKMeans

            gathered = MiniBatchKMeans(MOST_UNITS, n_init=1, random_state=seed)
            _, labels = np.unique(gathered.fit_predict(vectors[part]), return_inverse=True)
        units[part] = last + labels
        last += int(labels.max()) + 1
    return units


def _means(vectors: Vectors, codes: Codes) -> Vectors:
    """Return the mean of each group."""
    sums = np.zeros((int(codes.max()) + 1, vectors.shape[1]))
    np.add.at(sums, codes, vectors)
    means: Vectors = sums / np.bincount(codes)[:, np.newaxis]
    return means


def _of_unit(sides: Sides, units: Codes) -> Sides:
    """Return the set of each unit."""
    found = np.zeros(int(units.max()) + 1, bool)
    found[units] = sides
    return found
