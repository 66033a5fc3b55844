"""How much the scores of one patient's images depend on each other."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.methods.dependence import dependence_of_scores


def test_by_hand() -> None:
    # ranks 1 2 | 3 4: between 2·(1 + 1)/1 = 4, within (4 · 0.25)/2 = 0.5, so (4 - 0.5)/(4 + 0.5)
    found = dependence_of_scores(np.array([0.1, 0.2, 7.0, 9.0]), np.array([5, 5, 3, 3]))
    assert found.correlation == pytest.approx(3.5 / 4.5)
    assert found.design_effect == pytest.approx(1 + 3.5 / 4.5)
    assert found.correlation < found.highest <= 1


def test_ranks_alone_count() -> None:
    rng = np.random.default_rng(0)
    scores, groups = rng.normal(size=60), rng.integers(0, 9, 60)
    assert dependence_of_scores(np.exp(scores), groups) == dependence_of_scores(scores, groups)


def test_unequal_groups_cost_more_than_equal_ones() -> None:
    rng = np.random.default_rng(1)
    equal, unequal = np.repeat(np.arange(10), 8), np.repeat([*range(10)], [2] * 9 + [62])
    means = rng.normal(size=10)
    first, second = (dependence_of_scores(means[of], of) for of in (equal, unequal))
    assert second.highest_design_effect > 5 * first.highest_design_effect


@pytest.mark.parametrize("groups", [np.arange(6), np.zeros(6, int)])
def test_where_nothing_can_be_measured_everything_is_possible(groups: np.ndarray) -> None:
    found = dependence_of_scores(np.arange(6.0), groups)
    assert (found.correlation, found.highest) == (0.0, 1.0)
    assert found.effective == len(set(groups.tolist()))


def test_equal_scores_depend_on_nothing() -> None:
    found = dependence_of_scores(np.zeros(8), np.arange(8) // 2)
    assert (found.correlation, found.design_effect) == (0.0, 1.0)


@pytest.mark.parametrize("correlation", [0.0, 0.3])
def test_the_highest_correlation_is_rarely_passed(correlation: float) -> None:
    rng = np.random.default_rng(2)
    groups = np.repeat(np.arange(24), rng.integers(1, 12, 24))
    passed = 0
    for _ in range(400):
        shared = rng.normal(size=24)[groups] * np.sqrt(correlation)
        scores = shared + rng.normal(size=len(groups)) * np.sqrt(1 - correlation)
        passed += dependence_of_scores(scores, groups).highest < 0.95 * correlation - 1e-9
    assert passed <= 33  # 5 % of 400, and three standard deviations
