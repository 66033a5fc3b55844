import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from whorl.evaluation.intervals import (
    bootstrap_counts,
    bootstrap_scores,
    normal_bootstrap_scores,
    wilson,
    without_runs,
)
from whorl.evaluation.metrics import (
    DECISION_METRICS,
    SCORE_METRICS,
    Counts,
    Tally,
    auc,
    f1,
    tally,
)

from .published import PUBLISHED


def wilson_by_hand(successes, trials):
    """The closed form of Wilson 1927."""
    z, share = norm.ppf(0.975), successes / trials
    middle = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z / (1 + z**2 / trials) * np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    return middle - half, middle + half


@pytest.mark.parametrize(
    ("successes", "trials"), [(0, 1), (1, 1), (0, 10), (10, 10), (3, 7), (77, 92), (162, 200)]
)
def test_wilson_is_its_closed_form(successes, trials):
    assert wilson(successes, trials) == pytest.approx(wilson_by_hand(successes, trials), abs=1e-9)


def test_wilson_of_81_in_263_is_newcombes():
    # Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_the_interval_of_vcmi_2_is_the_known_one():
    counts, _ = PUBLISHED["VCMI 2"]
    low, high = bootstrap_counts(counts, {"f1": f1})["f1"]
    assert low == pytest.approx(0.745, abs=0.008)
    assert high == pytest.approx(0.857, abs=0.008)


def test_intervals_hold_the_value_and_repeat_with_the_seed():
    counts, _ = PUBLISHED["DMK 1"]
    once = bootstrap_counts(counts, DECISION_METRICS, seed=3)
    assert once == bootstrap_counts(counts, DECISION_METRICS, seed=3)
    assert once != bootstrap_counts(counts, DECISION_METRICS, seed=4)
    for name, (low, high) in once.items():
        assert low < float(DECISION_METRICS[name](counts)) < high


def test_resampling_counts_is_resampling_images():
    decided, truth = np.arange(40) % 3 == 0, np.arange(40) < 15
    rng = np.random.default_rng(0)
    used, rest = np.flatnonzero(truth), np.flatnonzero(~truth)
    values = []
    for _ in range(4000):
        drawn = np.r_[rng.choice(used, len(used)), rng.choice(rest, len(rest))]
        both = np.sum(decided[drawn] & truth[drawn])
        values.append(2 * both / (decided[drawn].sum() + truth[drawn].sum()))
    counts = Counts(tp=5, fp=9, fn=10, tn=16)
    found = bootstrap_counts(counts, {"f1": f1}, resamples=4000)["f1"]
    assert found == pytest.approx(np.quantile(values, [0.025, 0.975]), abs=0.02)


def test_the_intervals_of_f1_cover_the_true_value():
    rng = np.random.default_rng(7)
    true = float(f1(Counts(tp=70, fp=30, fn=30, tn=70)))
    covered = 0
    for seed in range(400):
        tp, fp = rng.binomial(100, 0.7), rng.binomial(100, 0.3)
        low, high = bootstrap_counts(
            Counts(tp, fp, 100 - tp, 100 - fp), {"f1": f1}, seed=seed, resamples=500
        )["f1"]
        covered += low <= true <= high
    assert 0.92 <= covered / 400 <= 0.98


def test_the_intervals_of_auc_cover_the_true_value():
    rng = np.random.default_rng(8)
    truth = np.arange(100) < 50
    true = norm.cdf(1 / np.sqrt(2))  # of normal scores one standard deviation apart
    covered = 0
    for seed in range(300):
        scores = tally(rng.normal(size=100) + truth, truth)
        low, high = bootstrap_scores(scores, {"auc": auc}, seed=seed, resamples=300)["auc"]
        covered += low <= true <= high
    assert 0.90 <= covered / 300 <= 0.98


def test_many_images_are_resampled_in_parts_that_agree_with_the_whole(monkeypatch):
    rng = np.random.default_rng(9)
    truth = np.arange(60) < 30
    scores = tally(rng.normal(size=60) + truth, truth)
    whole = bootstrap_scores(scores, SCORE_METRICS)
    monkeypatch.setattr("whorl.evaluation.intervals.DRAWS_AT_ONCE", 60 * 7)
    parts = bootstrap_scores(scores, SCORE_METRICS)
    for name in SCORE_METRICS:
        assert parts[name] == pytest.approx(whole[name], abs=0.05)
    assert parts["auc"] == pytest.approx(whole["auc"], abs=0.01)


def test_two_hundred_images_take_under_a_second():
    rng = np.random.default_rng(10)
    truth = np.arange(200) < 100
    scores = tally(rng.normal(size=200) + truth, truth)
    started = time.process_time()
    bootstrap_counts(PUBLISHED["VCMI 2"][0], DECISION_METRICS)
    bootstrap_scores(scores, SCORE_METRICS)
    assert time.process_time() - started < 1


def test_the_normal_interval_agrees_with_percentiles_where_images_are_many():
    rng = np.random.default_rng(0)
    truth = np.arange(4000) < 2000
    scores = tally(rng.normal(size=4000) + truth, truth)
    normal = normal_bootstrap_scores(scores, SCORE_METRICS, resamples=400)
    for name, ends in bootstrap_scores(scores, SCORE_METRICS).items():
        assert normal[name] == pytest.approx(ends, abs=0.25 * (ends[1] - ends[0]))


def test_the_normal_interval_stays_between_0_and_1():
    scores = tally(np.array([0.1] * 30 + [0.2, 0.9] * 15), np.arange(60) >= 30)
    low, high = normal_bootstrap_scores(scores, {"one": lambda t: auc(t) * 0 + 0.999})["one"]
    assert 0 <= low <= high <= 1


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=30))
def test_leaving_out_runs_of_one_class_changes_no_metric(counts):
    scores = Tally(*(np.array(part) for part in zip(*counts, strict=True)))
    if not all(part.any() for part in scores):
        return
    for name, metric in SCORE_METRICS.items():
        assert metric(without_runs(scores)) == metric(scores), name
