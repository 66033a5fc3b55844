"""What the audit shows in the terms of differential privacy: a lower bound on ε."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from whorl.decisions.pooling import Floats, coded, joined, normal_scores, patient_means

ALARMS = (0.0, 0.05, 0.1, 0.25)  # shares of the reference patients above the thresholds tried


@dataclass(frozen=True)
class Epsilon:
    """A lower bound on ε, and the threshold that gave it.

    Attributes
    ----------
    bound : float
        ε is at least this, with 95 % confidence; 0 = nothing shown.
    delta : float
        The δ that it is stated for.
    true_positives : float
        Lower confidence bound on the share of used patients above the threshold.
    false_positives : float
        Upper confidence bound on the share of patients not used above it.
    """

    bound: float
    delta: float
    true_positives: float
    false_positives: float


def epsilon_lower_bound(
    values: Floats,
    patients: NDArray[np.integer],
    null: Floats,
    null_patients: NDArray[np.integer],
    *,
    delta: float = 1e-5,
    confidence: float = 0.95,
) -> Epsilon:
    r"""Bound the ε of a patient-level (ε, δ) guarantee from below, by what the attack reaches.

    .. math:: \varepsilon \ge \log\frac{\mathrm{TPR}_{low} - \delta}{\mathrm{FPR}_{up}}

    at the best of a few thresholds, which are fixed ranks of the reference patients: all, 95 %,
    90 % and 75 % of them lie at or below. The bounds are Clopper and Pearson's; the two of each
    threshold share the error with those of the others (Bonferroni). For a threshold that is itself
    a reference score the upper one is exact still: the share above the k-th highest of K is
    Beta(k, K + 1 − k) distributed.

    What it assumes: all candidates were members, no reference patient was, and patients are
    independent of each other as trials. There is one generator only, with the candidates in it:
    the bound says what this generator gave away in the terms of ε, and is no audit of a training
    procedure, for which membership must be drawn at random.

    Parameters
    ----------
    values, patients, null, null_patients : ndarray
        Scores and each image's patient, of the candidates and of the reference.
    delta : float
        δ of the guarantee.
    confidence : float
        Of the bound.

    Returns
    -------
    Epsilon

    Examples
    --------
    >>> few = epsilon_lower_bound(np.ones(10), np.arange(10), np.zeros(10), np.arange(10))
    >>> many = epsilon_lower_bound(np.ones(200), np.arange(200), np.zeros(200), np.arange(200))
    >>> round(few.bound, 2), round(many.bound, 2)
    (0.49, 3.66)
    """
    from scipy.stats import beta

    both, owner = joined(values, patients, null, null_patients)
    means = patient_means(normal_scores(both, owner), owner).round(9)
    number = len(coded(patients)[1])
    scores, reference = means[:number], np.sort(means[number:])[::-1]
    ranks = sorted({int(share * len(reference)) for share in ALARMS})
    error = (1 - confidence) / (2 * len(ranks))
    found = []
    for rank in ranks:
        hits = int((scores > reference[rank]).sum())
        low = float(beta.ppf(error, hits, number + 1 - hits)) if hits else 0.0
        high = float(beta.ppf(1 - error, rank + 1, len(reference) - rank))
        bound = max(0.0, log((low - delta) / high)) if low > delta else 0.0
        found.append(Epsilon(bound, delta, low, high))
    return max(found, key=lambda each: each.bound)
