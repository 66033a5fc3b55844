"""Made-up scores of patients with several images, for tests of error rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class World:
    """Scores of candidates and reference, and which candidate images were used."""

    values: NDArray[np.float64]
    patients: NDArray[np.int64]
    null: NDArray[np.float64]
    null_patients: NDArray[np.int64]
    used: NDArray[np.bool_]

    @property
    def sides(self) -> tuple[NDArray, NDArray, NDArray, NDArray]:
        """What the functions take."""
        return self.values, self.patients, self.null, self.null_patients

    @property
    def used_patients(self) -> NDArray[np.bool_]:
        """Which candidate patients were used, patients in rising order."""
        return np.array([self.used[self.patients == k].any() for k in np.unique(self.patients)])


def world(
    rng: np.random.Generator,
    sizes: NDArray[np.int64],
    null_sizes: NDArray[np.int64],
    *,
    used: int = 0,
    shift: float = 0.0,
    alike: float = 0.9,
) -> World:
    """Draw normal scores; the images of a patient have the correlation `alike`."""
    both = np.concatenate([sizes, null_sizes])
    patients = np.repeat(np.arange(len(both)), both)
    scores = np.sqrt(alike) * rng.normal(size=len(both))[patients]
    scores += np.sqrt(1 - alike) * rng.normal(size=len(patients)) + shift * (patients < used)
    candidate = patients < len(sizes)
    return World(
        scores[candidate],
        patients[candidate],
        scores[~candidate],
        patients[~candidate] - len(sizes),
        patients[candidate] < used,
    )


def at_most(hits: int, trials: int, rate: float) -> bool:
    """Tell whether so many hits are credible (1 in 1,000) at a rate of at most so much."""
    from scipy.stats import binom

    return bool(binom.sf(hits - 1, trials, rate) > 0.001)
