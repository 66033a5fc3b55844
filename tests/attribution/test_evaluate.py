"""How well a run tells subsets, against hand and scikit-learn."""

from __future__ import annotations

import json

import numpy as np
import pytest

from whorl.attribution.evaluate import evaluate_subsets
from whorl.errors import ScoreError


def test_values_by_hand() -> None:
    truth = ["t2"] * 4 + ["t10"] * 2
    found = evaluate_subsets(["t2", "t2", "t2", "t10", "t10", "t2"], truth)
    assert found.subsets == ("t2", "t10")
    assert found.confusion.tolist() == [[3, 1], [1, 1]]
    assert found.accuracy.value == pytest.approx(4 / 6)
    assert found.balanced_accuracy.value == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert found.chance == pytest.approx(4 / 6)
    p, q = 4 / 6, 2 / 6
    assert found.p_value == pytest.approx(15 * p**4 * q**2 + 6 * p**5 * q + p**6)
    assert found.shares[0][0].value == pytest.approx(3 / 4)


def test_as_scikit_learn_has_it() -> None:
    from sklearn.metrics import accuracy_score, balanced_accuracy_score, confusion_matrix

    rng = np.random.default_rng(0)
    truth = [f"t{k}" for k in rng.integers(1, 6, 200)]
    answers = [t if rng.random() < 0.4 else f"t{rng.integers(1, 6)}" for t in truth]
    found = evaluate_subsets(answers, truth)
    np.testing.assert_array_equal(found.confusion, confusion_matrix(truth, answers))
    assert found.accuracy.value == pytest.approx(accuracy_score(truth, answers))
    assert found.balanced_accuracy.value == pytest.approx(balanced_accuracy_score(truth, answers))


def test_intervals_hold_what_they_should() -> None:
    """Over runs of known accuracy, 95 % of the intervals hold it."""
    held = {"accuracy": 0, "balanced accuracy": 0}
    for seed in range(100):
        rng = np.random.default_rng(seed)
        truth = ["a"] * 60 + ["b"] * 30
        right = np.concatenate([rng.random(60) < 0.7, rng.random(30) < 0.5])
        answers = [t if r else "ba"["ab".index(t)] for t, r in zip(truth, right, strict=True)]
        found = evaluate_subsets(answers, truth, seed=seed).metrics
        for name, value in (("accuracy", (42 + 15) / 90), ("balanced accuracy", 0.6)):
            metric = found[name]
            assert metric.low is not None
            assert metric.high is not None
            held[name] += metric.low <= value <= metric.high
    assert all(0.90 <= count / 100 <= 0.99 for count in held.values())


def test_blind_answers_are_seldom_significant() -> None:
    small = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        truth = [f"t{k}" for k in rng.permutation(np.repeat(range(5), 20))]
        answers = [f"t{k}" for k in rng.integers(0, 5, 100)]
        small += evaluate_subsets(answers, truth).p_value <= 0.05
    assert small / 100 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 100)


def test_what_there_is_to_say_of_none() -> None:
    truth = ["a"] * 6 + ["none"] * 4
    answers = ["a", "a", "a", "none", "none", "b", "none", "none", "none", "a"]
    found = evaluate_subsets(answers, truth)
    assert found.subsets == ("a", "b", "none")
    assert found.wrongly_named is not None
    assert found.wrongly_named.value == pytest.approx(1 / 4)
    assert found.named_wrong is not None
    assert found.named_wrong.value == pytest.approx(1 / 5)
    assert found.left is not None
    assert found.left.value == pytest.approx(2 / 6)
    assert found.balanced_accuracy.value == pytest.approx((3 / 6 + 3 / 4) / 2)
    assert found.shares[1] == ()


def test_a_truth_without_none_has_nothing_to_say_of_it() -> None:
    assert set(evaluate_subsets(["a"], ["a"]).metrics) == {"accuracy", "balanced accuracy"}
    assert "of a subset, answered none" in evaluate_subsets(["none"], ["a"]).metrics


def test_it_is_json() -> None:
    told = evaluate_subsets(["a", "none", "b"], ["a", "none", "none"]).to_dict()
    assert json.loads(json.dumps(told, allow_nan=False))["images"] == 3


def test_one_answer_for_each_image() -> None:
    with pytest.raises(ScoreError, match="1 answers for 2 images"):
        evaluate_subsets(["a"], ["a", "b"])
    with pytest.raises(ScoreError, match="0 answers for 0 images"):
        evaluate_subsets([], [])
