"""Audits of drawn scores: as many patients, as alike, as one likes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trust.trials import Trial
from whorl.auditing.comparison import Compared
from whorl.auditing.findings import Known
from whorl.auditing.grouping import Grouping
from whorl.methods import Scores

BETWEEN_MEASURES = 0.7  # the correlation of an image's two scores

Codes = NDArray[np.intp]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Leak:
    """Which share of the candidate patients was used, and what that adds to their scores.

    Attributes
    ----------
    share : float
        Of the patients, chosen at random; at least one.
    strength : float
        In standard deviations of all images' scores, for each image of a used patient.
    """

    share: float = 0.0
    strength: float = 0.0

    def patients(self, rng: np.random.Generator, number: int) -> NDArray[np.bool_]:
        """Choose the used ones of so many patients.

        Examples
        --------
        >>> Leak(0.1, 2.0).patients(np.random.default_rng(0), 20).sum()
        np.int64(2)
        """
        used = np.zeros(number, bool)
        if self.share:
            used[rng.permutation(number)[: max(1, round(self.share * number))]] = True
        return used


NONE = Leak()


@dataclass(frozen=True)
class Drawn:
    """Normal scores of patients with several images.

    Attributes
    ----------
    candidates, reference : int
        Numbers of patients.
    most, most_reference : int
        Images of a patient: at least 1 and at most so many, each size of size as likely as twice
        that size (log-uniform).
    alike : float
        The correlation of the scores of a patient's images.
    leak : Leak
    """

    candidates: int
    reference: int
    most: int = 1
    most_reference: int = 1
    alike: float = 0.0
    leak: Leak = NONE

    def __call__(self, rng: np.random.Generator) -> Trial:
        """Draw an audit."""
        sizes = np.concatenate(
            [
                log_uniform(rng, self.candidates, self.most),
                log_uniform(rng, self.reference, self.most_reference),
            ]
        )
        patients = np.repeat(np.arange(len(sizes)), sizes)
        of_patients = _two_scores(rng, len(sizes))[patients]
        scores = np.sqrt(self.alike) * of_patients
        scores += np.sqrt(1 - self.alike) * _two_scores(rng, len(patients))
        return trial_of(scores, patients, self.candidates, self.leak, rng)


def trial_of(
    scores: Floats, patients: Codes, candidates: int, leak: Leak, rng: np.random.Generator
) -> Trial:
    """Return the audit of scores by two measures, with a leak added.

    Parameters
    ----------
    scores : ndarray of float, shape (n, 2)
        Of candidates and reference.
    patients : ndarray of int, shape (n,)
        Each image's patient; those below `candidates` are candidates, and come first.
    candidates : int
        Number of candidate patients.
    leak : Leak
        What is added.
    rng : Generator
        Chooses the used patients.
    """
    used = np.append(leak.patients(rng, candidates), False)[np.minimum(patients, candidates)]
    scores = scores + leak.strength * scores.std(axis=0) * used[:, np.newaxis]
    n = int(np.count_nonzero(patients < candidates))
    ids = tuple(f"image {k}" for k in range(n))
    first, second = (Scores(ids, column[:n], column[n:]) for column in scores.T)
    names = tuple(f"P{k:03d}" for k in range(1, int(patients.max()) + 2))
    grouping = Grouping(Known.GIVEN, patients[:n], patients[n:], names)
    return Trial(Compared(None, grouping, "first", first, "second", second), used[:n])


def log_uniform(rng: np.random.Generator, number: int, most: int) -> Codes:
    """Draw sizes from 1 to `most`, as many from 1 to 4 as from 4 to 16.

    Examples
    --------
    >>> sizes = log_uniform(np.random.default_rng(0), 1000, 80)
    >>> sizes.min(), sizes.max(), 0.4 < (sizes < 9).mean() < 0.6
    (np.int64(1), np.int64(80), np.True_)
    """
    drawn = np.exp(rng.uniform(0, np.log(most + 1), number)).astype(np.intp)
    return np.clip(drawn, 1, most)


def _two_scores(rng: np.random.Generator, number: int) -> Floats:
    """Draw two normal scores each, that are correlated."""
    shared = np.sqrt(BETWEEN_MEASURES) * rng.normal(size=(number, 1))
    return shared + np.sqrt(1 - BETWEEN_MEASURES) * rng.normal(size=(number, 2))
