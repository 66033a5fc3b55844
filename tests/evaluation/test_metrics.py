import itertools
import math
import warnings

import numpy as np
import pytest
from sklearn import metrics as sk

from whorl.evaluation.metrics import (
    DECISION_METRICS,
    LABELS,
    SCORE_METRICS,
    Counts,
    Tally,
    accuracy,
    auc,
    balanced_accuracy,
    count,
    f1,
    kappa,
    mcc,
    precision,
    recall,
    specificity,
    tally,
    tpr_at_fpr,
)

from .published import PUBLISHED


def specificity_by_sklearn(truth, decided):
    return sk.recall_score(truth, decided, pos_label=False, zero_division=0)


REFERENCE = {
    "f1": lambda t, d: sk.f1_score(t, d, zero_division=0),
    "accuracy": sk.accuracy_score,
    "precision": lambda t, d: sk.precision_score(t, d, zero_division=0),
    "recall": lambda t, d: sk.recall_score(t, d, zero_division=0),
    "specificity": specificity_by_sklearn,
    "balanced_accuracy": sk.balanced_accuracy_score,
    "kappa": lambda t, d: sk.cohen_kappa_score(t, d, replace_undefined_by=0.0),
    "mcc": sk.matthews_corrcoef,
}


def random_cases():
    """150 random runs, among them small ones and ones with a single class."""
    rng = np.random.default_rng(5)
    for _ in range(150):
        n = int(rng.integers(1, 40))
        truth = rng.random(n) < rng.choice([0.0, 0.1, 0.5, 1.0])
        yield truth, rng.random(n) < rng.choice([0.0, 0.2, 0.5, 1.0])


@pytest.mark.parametrize("name", DECISION_METRICS)
def test_decision_metrics_equal_scikit_learns_also_where_classes_are_missing(name):
    degenerate = 0
    for truth, decided in random_cases():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of scikit-learn's, about missing classes
            expected = REFERENCE[name](truth, decided)
        found = float(DECISION_METRICS[name](count(decided, truth)))
        assert found == pytest.approx(expected, abs=1e-12), (truth, decided)
        degenerate += len(set(truth)) == 1 or len(set(decided)) == 1
    assert degenerate > 30


@pytest.mark.parametrize("name", DECISION_METRICS)
def test_arrays_of_tables_give_what_each_table_gives(name):
    cells = np.array(list(itertools.product(range(3), repeat=4)), float).T
    together = DECISION_METRICS[name](Counts(*cells))
    assert together.shape == (81,)
    assert together.tolist() == [
        float(DECISION_METRICS[name](Counts(*table))) for table in cells.T.tolist()
    ]


@pytest.mark.parametrize(
    ("metric", "counts"),
    [
        (precision, Counts(tp=0, fp=0, fn=2, tn=3)),
        (recall, Counts(tp=0, fp=2, fn=0, tn=3)),
        (specificity, Counts(tp=2, fp=0, fn=3, tn=0)),
        (accuracy, Counts(tp=0, fp=0, fn=0, tn=0)),
        (f1, Counts(tp=0, fp=0, fn=0, tn=5)),
        (balanced_accuracy, Counts(tp=0, fp=0, fn=0, tn=0)),
        (kappa, Counts(tp=5, fp=0, fn=0, tn=0)),
        (kappa, Counts(tp=0, fp=0, fn=0, tn=5)),
        (mcc, Counts(tp=2, fp=3, fn=0, tn=0)),
        (mcc, Counts(tp=2, fp=0, fn=3, tn=0)),
    ],
)
def test_a_zero_division_is_zero_unless_asked_otherwise(metric, counts):
    assert metric(counts) == 0
    assert math.isnan(metric(counts, undefined=math.nan))


def test_mcc_of_many_images_does_not_overflow():
    many = Counts(*(np.array([10**6]) for _ in range(2)), *(np.array([0]) for _ in range(2)))
    assert mcc(many).tolist() == [0.0]
    assert mcc(Counts(np.array([10**6]), np.array([0]), np.array([0]), np.array([10**6]))) == 1


@pytest.mark.parametrize("run", PUBLISHED)
def test_f1_of_published_counts_is_the_published_one(run):
    counts, printed = PUBLISHED[run]
    assert math.floor(float(f1(counts)) * 1000) / 1000 == printed


def test_calling_all_used_has_f1_of_two_thirds_on_a_balanced_set():
    assert round(float(f1(Counts(tp=100, fp=100, fn=0, tn=0))), 3) == 0.667


def random_scores():
    """200 random sets of scores of both classes, many with ties."""
    rng = np.random.default_rng(6)
    for _ in range(200):
        n = int(rng.integers(2, 60))
        truth = np.arange(n) < rng.integers(1, n)
        scores = rng.normal(size=n) + truth
        yield np.round(scores, int(rng.integers(0, 4))), truth


def test_auc_equals_scikit_learns():
    for scores, truth in random_scores():
        expected = sk.roc_auc_score(truth, scores)
        assert float(auc(tally(scores, truth))) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("limit", [0.0, 0.01, 0.05, 0.1, 0.5, 1.0])
def test_tpr_at_fpr_is_the_best_point_of_scikit_learns_roc_curve(limit):
    for scores, truth in random_scores():
        fpr, tpr, _ = sk.roc_curve(truth, scores, drop_intermediate=False)
        expected = tpr[fpr <= limit].max()
        found = float(tpr_at_fpr(tally(scores, truth), limit))
        assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("not_used", "limit", "allowed"),
    [(100, 0.01, 1), (99, 0.01, 0), (60, 0.05, 3), (30, 0.1, 3), (70, 0.1, 7), (29, 0.1, 2)],
)
def test_a_false_positive_rate_of_exactly_the_limit_is_allowed(not_used, limit, allowed):
    scores = np.arange(2 * not_used)[::-1].astype(float)  # used and not used in turn
    truth = np.arange(2 * not_used) % 2 == 0
    expected = (allowed + 1) / not_used  # the used image before the first one not allowed
    assert float(tpr_at_fpr(tally(scores, truth), limit)) == pytest.approx(expected)


def test_score_metrics_of_one_class_are_undefined():
    one = tally(np.array([1.0, 2.0]), np.array([True, True]))
    for metric in SCORE_METRICS.values():
        assert math.isnan(metric(one))
        assert math.isnan(metric(Tally(one.not_used, one.used)))


def test_constant_scores_have_auc_one_half_and_find_nothing():
    constant = tally(np.zeros(6), np.arange(6) < 3)
    assert float(auc(constant)) == 0.5
    assert float(tpr_at_fpr(constant, 0.1)) == 0


def test_score_metrics_work_on_many_tallies_at_once():
    cases = list(itertools.islice(((s, t) for s, t in random_scores() if len(t) > 3), 20))
    groups = max(len(np.unique(s)) for s, _ in cases)
    tallies = [tally(s, t) for s, t in cases]
    padded = [[np.pad(p, (0, groups - len(p))) for p in parts] for parts in tallies]
    together = Tally(*(np.array(part) for part in zip(*padded, strict=True)))
    for metric in SCORE_METRICS.values():
        assert metric(together).tolist() == [float(metric(one)) for one in tallies]


def test_every_metric_has_a_label():
    assert list(LABELS) == [*DECISION_METRICS, *SCORE_METRICS]
