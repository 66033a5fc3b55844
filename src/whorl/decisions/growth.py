"""What more generated images would show: how the effect grows with their number, and on.

One audit holds audits of fewer generated images in it: groups of them, drawn by content, whose sums
rank the reals as these images alone would. The effect of 1/32, 1/16, … of them and of all is a
curve, which is carried on by averaging over all curves that a generator may follow, each weighed by
how well it fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log, sqrt

import numpy as np
from numpy.typing import NDArray

from whorl.decisions.pooling import Floats, coded, joined, normal_scores, patient_means

FACTOR = 10
SPLITS = 4  # ways to deal groups to parts of each size
CURVES = 4_000  # drawn from what is thought possible
MEMORY = 6.0  # e-folds of the number of images over which chance of the patients stays alike
SPEED = (0.3, 0.7)  # of growth: d′ ∝ |G|^b; independent small traces have ½, rare copies more
STRENGTH = (0.02, 6.0)  # d′ of used against not used patients at the number at hand


@dataclass(frozen=True)
class Growth:
    """The effect by the number of generated images, and what more of them would show.

    Attributes
    ----------
    shares : tuple of float
        Of the generated images at hand, rising to 1.
    effects : tuple of float
        The patients' AUC that so many show, on average over parts of that size.
    factor : float
        How many times as many.
    value, low, high : float
        The AUC that those would show of the same patients, with its 95 % interval, whose ends are
        rounded outward to two decimals.
    """

    shares: tuple[float, ...]
    effects: tuple[float, ...]
    factor: float
    value: float
    low: float
    high: float


def growth_of_effect(
    sums: Floats,
    patients: NDArray[np.integer],
    null_patients: NDArray[np.integer],
    *,
    factor: float = FACTOR,
    seed: int = 0,
) -> Growth:
    r"""Return what `factor` times as many generated images would show of these patients.

    The curves are AUC(x) = ½ + π (Φ(a x^b / √2) − ½), x the share of the images at hand: a share π
    of the candidates was used (one half of the curves: all of them), whose scores drift apart from
    the others' with a power of the number. What chance makes of the patients is a Gaussian process
    over log x, with the variance of the AUC where nothing was used; what it makes of a part of the
    images is seen in the parts. Each curve counts by its likelihood.

    Parameters
    ----------
    sums : ndarray of float64, shape (reals, groups)
        What scores are made of (:class:`whorl.methods.Traces`), candidates first, then the
        reference. The number of groups is a power of two, at least 4.
    patients, null_patients : ndarray of int
        Each image's patient, of the candidates and of the reference.
    factor : float
        Above 1.
    seed : int
        Seeds how groups are dealt.

    Returns
    -------
    Growth

    Raises
    ------
    ValueError
        If the number of groups is no power of two, or below 4.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> sums = rng.exponential(size=(60, 32)) * np.where(np.arange(60) < 30, 1.2, 1)[:, None]
    >>> found = growth_of_effect(sums, np.arange(30), np.arange(30))
    >>> found.effects[0] < found.effects[-1] <= found.high
    True
    """
    groups = sums.shape[1]
    if groups < 4 or groups & (groups - 1):
        raise ValueError(f"the number of groups must be a power of two from 4 on, not {groups}")
    rng = np.random.default_rng(seed)
    parts = [2**k for k in range(groups.bit_length() - 1, -1, -1)]
    values = [_effects_of_parts(sums, n, patients, null_patients, rng) for n in parts]
    effects = np.array([each.mean() for each in values])
    single = [float(each.var(axis=1, ddof=1).mean()) for each in values[:-1]]
    noise = np.array([v / n for v, n in zip(single, parts[:-1], strict=True)] + [single[-1]])
    shares = 1 / np.array(parts)
    spread = _chance(len(coded(patients)[1]), len(coded(null_patients)[1]))
    low, value, high = _carried_on(shares, effects, noise, spread, factor)
    return Growth(
        tuple(shares.tolist()), tuple(effects.tolist()), factor, value,
        floor(100 * low) / 100, min(1.0, ceil(100 * high) / 100),
    )  # fmt: skip


def _effects_of_parts(
    sums: Floats,
    parts: int,
    patients: NDArray[np.integer],
    null_patients: NDArray[np.integer],
    rng: np.random.Generator,
) -> Floats:
    """Return the effect of each of so many parts of the generated images: shape (deals, parts)."""
    groups = sums.shape[1]
    deals = 1 if parts in (1, groups) else SPLITS
    return np.array(
        [
            [
                _effect(sums[:, part].sum(axis=1), patients, null_patients)
                for part in rng.permutation(groups).reshape(parts, -1)
            ]
            for _ in range(deals)
        ]
    )


def _effect(
    scores: Floats, patients: NDArray[np.integer], null_patients: NDArray[np.integer]
) -> float:
    """Return how probably a candidate patient scores above a reference patient (ties half)."""
    n = len(patients)
    both, owner = joined(scores[:n], patients, scores[n:], null_patients)
    means = patient_means(normal_scores(both, owner), owner).round(9)
    candidates = len(coded(patients)[1])
    reference = np.sort(means[candidates:])
    sides = (np.searchsorted(reference, means[:candidates], side=s) for s in ("left", "right"))
    return float(sum(side.mean() for side in sides) / 2 / len(reference))


def _chance(candidates: int, reference: int) -> float:
    """Return the standard deviation of the AUC of so many patients where nothing was used."""
    return sqrt((candidates + reference + 1) / (12 * candidates * reference))


def _carried_on(
    shares: Floats, effects: Floats, noise: Floats, spread: float, factor: float
) -> tuple[float, float, float]:
    """Return the 2.5 %, 50 % and 97.5 % quantiles of the effect at `factor`."""
    from scipy.special import ndtr

    at = np.log(np.append(shares, factor))
    chance = spread**2 * np.exp(-np.abs(at[:, np.newaxis] - at) / MEMORY)
    curves = _curves(np.exp(at))
    known = np.linalg.inv(chance[:-1, :-1] + np.diag(noise))
    away = effects - curves[:, :-1]
    fit = -0.5 * np.einsum("ij,jk,ik->i", away, known, away)
    weights = np.exp(fit - fit.max())
    pull = known @ chance[:-1, -1]
    centres = curves[:, -1] + away @ pull
    left = chance[-1, -1] - chance[:-1, -1] @ pull + noise[-1] / factor
    grid = np.linspace(0, 1, 501)
    below = weights @ ndtr((grid - centres[:, np.newaxis]) / sqrt(left)) / weights.sum()
    below[-1] = 1.0  # an AUC goes no higher
    low, middle, high = np.interp([0.025, 0.5, 0.975], below, grid).tolist()
    return low, middle, high


def _curves(x: Floats) -> Floats:
    """Return curves that are thought possible: shape (curves, x)."""
    from scipy.special import ndtr

    rng = np.random.default_rng(0)
    share = np.where(rng.random(CURVES) < 0.5, 1.0, rng.random(CURVES))
    speed = rng.uniform(*SPEED, CURVES)
    strength = np.exp(rng.uniform(log(STRENGTH[0]), log(STRENGTH[1]), CURVES))
    drift = strength[:, np.newaxis] * x ** speed[:, np.newaxis]
    curves: Floats = 0.5 + share[:, np.newaxis] * (ndtr(drift / sqrt(2)) - 0.5)
    return curves
