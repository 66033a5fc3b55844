"""Audits of real images that no generator saw: those of other patients stand for generated ones.

Similarities of all images with each other are computed once; each audit draws patients for its
sets and looks its scores up. The search for patients and the test for a shift see the images.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, zoom

from trust.simulated import NONE, Codes, Leak, trial_of
from trust.trials import Trial
from whorl.auditing.grouping import grouping_of
from whorl.images import ImageSet, load
from whorl.similarity import SSIM, Correlation, similarity_matrix
from whorl.tasks.view import View

MEASURES = (SSIM(), Correlation())

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Pool:
    """Real images, what another site would have made of them, and how alike all are.

    Attributes
    ----------
    images : ImageSet
        With their patients.
    foreign : ImageSet
        The same, as the other site's.
    codes : ndarray of intp, shape (n,)
        Each image's patient.
    alike, foreign_alike : tuple of ndarray, shape (n, n)
        By each measure, of the images, and of the other site's with the images, at half the size.
    """

    images: ImageSet
    foreign: ImageSet
    codes: Codes
    alike: tuple[NDArray[np.float32], ...]
    foreign_alike: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True)
class Parted:
    """Patients dealt out to the sets with all their images.

    Attributes
    ----------
    pool : function of no arguments to Pool
        Where images are taken from.
    candidates, reference, generated : int
        Numbers of patients.
    given : bool
        Whether the audit is told whose the images are.
    foreign : bool
        Whether the reference is of another site.
    look : bool
        Whether the audit sees the images, not their scores alone.
    leak : Leak
    """

    pool: Callable[[], Pool]
    candidates: int
    reference: int
    generated: int
    given: bool = True
    foreign: bool = False
    look: bool = True
    leak: Leak = NONE

    def __call__(self, rng: np.random.Generator) -> Trial:
        """Draw an audit."""
        pool = self.pool()
        dealt = rng.permutation(int(pool.codes.max()) + 1)
        ends = np.cumsum([self.candidates, self.reference, self.generated])
        sides = [np.flatnonzero(np.isin(pool.codes, part)) for part in np.split(dealt, ends)[:3]]
        candidates, reference, generated = (rng.permutation(side) for side in sides)
        new = np.empty(len(dealt), np.intp)
        new[dealt] = np.arange(len(dealt))
        scores = np.concatenate(
            [
                _nearest(pool.alike, candidates, generated),
                _nearest(pool.foreign_alike if self.foreign else pool.alike, reference, generated),
            ]
        )
        patients = new[pool.codes[np.concatenate([candidates, reference])]]
        trial = trial_of(scores, patients, self.candidates, self.leak, rng)
        if not self.look:
            return trial
        reals = pool.foreign if self.foreign else pool.images
        view = View(
            _taken(pool.images, generated, "generated", given=self.given),
            _taken(pool.images, candidates, "candidates", given=self.given),
            _taken(reals, reference, "reference", given=self.given),
        )
        grouping = grouping_of(view, seed=int(rng.integers(2**31)))
        return Trial(replace(trial.sets, view=view, grouping=grouping), trial.used)


@cache
def chest_ct(data: Path) -> Pool:
    """Return chest CT slices; the other site's are softer, paler and of less contrast."""
    return _pool(data / "ct_slices", softer)


@cache
def nodules(data: Path) -> Pool:
    """Return lung nodules, one for each patient; the other site's were once of fewer pixels."""
    return _pool(data / "nodule_crops", coarser)


def softer(pixels: Pixels) -> Pixels:
    """Return images as of a softer reconstruction, a wider window and a lower centre.

    Examples
    --------
    >>> softer(np.full((1, 4, 4), 100, np.uint8))[0, 0, 0]
    np.uint8(98)
    """
    smooth = gaussian_filter(pixels.astype(np.float32), (0, 0.7, 0.7))
    return np.clip(np.rint(0.9 * smooth + 8), 0, 255).astype(np.uint8)


def coarser(pixels: Pixels) -> Pixels:
    """Return images that were made three quarters as large, and brought back to size.

    Examples
    --------
    >>> coarser(np.full((1, 8, 8), 100, np.uint8)).shape
    (1, 8, 8)
    """
    small = zoom(pixels.astype(np.float32), (1, 0.75, 0.75), order=1)
    back = zoom(small, (1, 4 / 3, 4 / 3), order=1)
    return np.clip(np.rint(back), 0, 255).astype(np.uint8)


def halved(pixels: Pixels) -> Pixels:
    """Return images of half the size, each pixel the mean of four.

    Examples
    --------
    >>> halved(np.arange(16, dtype=np.uint8).reshape(1, 4, 4))[0].tolist()
    [[2, 4], [10, 12]]
    """
    n, height, width = pixels.shape
    blocks = pixels.reshape(n, height // 2, 2, width // 2, 2)
    return np.rint(blocks.mean(axis=(2, 4))).astype(np.uint8)


def _pool(folder: Path, as_foreign: Callable[[Pixels], Pixels]) -> Pool:
    """Read images and their patients, and compare all with all."""
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        of = {row["image_id"]: row["patient_group"] for row in csv.DictReader(file)}
    read = load(folder / "images")
    images = read.with_patients([of[image_id] for image_id in read.ids])
    foreign = ImageSet(images.ids, as_foreign(images.pixels), patients=images.patients)
    _, codes = np.unique(images.patients, return_inverse=True)
    small, small_foreign = halved(images.pixels), halved(foreign.pixels)
    return Pool(
        images,
        foreign,
        codes,
        tuple(similarity_matrix(measure, small, small) for measure in MEASURES),
        tuple(similarity_matrix(measure, small_foreign, small) for measure in MEASURES),
    )


def _nearest(
    alike: tuple[NDArray[np.float32], ...], rows: Codes, generated: Codes
) -> NDArray[np.float64]:
    """Return the similarity of images with the nearest generated one, a column a measure."""
    columns = [matrix[np.ix_(rows, generated)].max(axis=1) for matrix in alike]
    return np.column_stack(columns).astype(np.float64)


def _taken(images: ImageSet, rows: Codes, name: str, *, given: bool) -> ImageSet:
    """Return some images under a name, with their patients only where these are given."""
    taken = replace(images.take(rows), name=name)
    return taken if given else replace(taken, patients=None)
