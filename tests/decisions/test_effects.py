"""Effects: patients' AUC, true positive rates, ε."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from tests.decisions.worlds import world
from whorl.decisions import detectable_auc, epsilon_lower_bound, patient_auc, true_positive_rate
from whorl.decisions.pooling import joined, normal_scores, patient_means


def test_auc_is_scikit_learns_over_patients() -> None:
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    made = world(rng, rng.integers(1, 9, 12), rng.integers(1, 9, 15), used=12, shift=0.7)
    both, owner = joined(*made.sides)
    means = patient_means(normal_scores(both, owner), owner)
    assert patient_auc(*made.sides).value == pytest.approx(roc_auc_score(np.arange(27) < 12, means))


def test_interval_resamples_patients_not_images() -> None:
    """Forty copies of each patient's score say no more than one."""
    rng = np.random.default_rng(1)
    values, null, ids = rng.normal(0.5, 1, 20), rng.normal(size=20), np.arange(20)
    one = patient_auc(values, ids, null, ids)
    many = patient_auc(
        np.repeat(values, 40), np.repeat(ids, 40), np.repeat(null, 40), np.repeat(ids, 40)
    )
    assert (many.low, many.high) == pytest.approx((one.low, one.high))


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    rng, covered = np.random.default_rng(2), []
    for seed in range(200):
        made = world(rng, np.full(25, 3), np.full(25, 3))
        found = patient_auc(*made.sides, seed=seed, resamples=300)
        covered.append(found.low <= 0.5 <= found.high)
    assert np.mean(covered) > 0.89


def test_detectable_auc_is_shown_four_times_in_five() -> None:
    from scipy.stats import mannwhitneyu, norm

    shift = float(norm.ppf(detectable_auc(60, 60))) * np.sqrt(2)
    rng = np.random.default_rng(3)
    pairs = [(rng.normal(shift, 1, 60), rng.normal(size=60)) for _ in range(400)]
    shown = [mannwhitneyu(*pair, alternative="greater").pvalue <= 0.05 for pair in pairs]
    assert np.mean(shown) == pytest.approx(0.8, abs=0.07)


def test_detectable_auc_is_one_where_the_level_cannot_be_reached() -> None:
    """Two against three patients: 10 ways, no p-value below 0.1."""
    assert detectable_auc(2, 3, 0.05) == 1
    assert detectable_auc(200, 200, 0.05) < detectable_auc(200, 200, 0.05, parts=4) < 0.6


@pytest.mark.parametrize("seed", range(5))
def test_true_positive_rate_is_that_of_scikit_learns_curve(seed: int) -> None:
    from sklearn.metrics import roc_curve

    made = world(np.random.default_rng(seed), np.full(10, 7), np.full(10, 12), used=5, shift=2)
    labels = np.arange(190) < 70
    rates = roc_curve(labels, np.r_[made.values, made.null], drop_intermediate=False)
    for fpr in (0.01, 0.05):
        found = true_positive_rate(*made.sides, fpr)
        assert found is not None
        assert found.value == pytest.approx(rates[1][rates[0] <= fpr].max())
        assert found.low <= found.value <= found.high


def test_true_positive_rate_at_ties_by_hand() -> None:
    """5 % of 20 may lie above: the two at 3 are too many, so that the threshold is 3."""
    null = np.r_[np.zeros(18), 3.0, 3.0]
    found = true_positive_rate(np.array([3.0, 4.0]), np.arange(2), null, np.arange(20), 0.05)
    assert found is not None
    assert found.value == 0.5


def test_a_rate_that_the_reference_cannot_resolve_is_not_given() -> None:
    ids = np.arange(19)
    assert true_positive_rate(np.ones(19), ids, np.zeros(19), ids, 0.05) is None


def test_epsilon_by_hand() -> None:
    """60 used patients above all 9 others: ranks 0 and 2, the error shared between four bounds.

    At rank 0: TPR ≥ 0.0125^(1/60), FPR ≤ 1 − 0.0125^(1/9).
    """
    found = epsilon_lower_bound(np.ones(60), np.arange(60), np.zeros(9), np.arange(9), delta=0.01)
    low, high = 0.0125 ** (1 / 60), 1 - 0.0125 ** (1 / 9)
    assert found.true_positives == pytest.approx(low)
    assert found.false_positives == pytest.approx(high)
    assert found.bound == pytest.approx(log((low - 0.01) / high))


def test_epsilon_bounds_are_clopper_and_pearsons() -> None:
    from scipy.stats import binomtest

    rng = np.random.default_rng(4)
    found = epsilon_lower_bound(
        rng.normal(2, 1, 80), np.arange(80), rng.normal(size=80), np.arange(80)
    )
    bounds = [binomtest(k, 80).proportion_ci(1 - 2 * 0.05 / 8, method="exact") for k in range(81)]
    assert found.true_positives in [pytest.approx(each.low) for each in bounds]
    assert found.false_positives in [pytest.approx(bounds[k].high) for k in (0, 4, 8, 20)]
    assert found.bound > 0.5


def test_epsilon_is_zero_where_nothing_leaked() -> None:
    """At most 1 in 20 may be above 0."""
    rng = np.random.default_rng(5)
    ids = np.arange(30)
    found = [
        epsilon_lower_bound(rng.normal(size=30), ids, rng.normal(size=30), ids).bound > 0
        for _ in range(200)
    ]
    assert np.mean(found) <= 0.05
