"""Probabilities by a mixture: against scikit-learn, on simulated scores, and at the edges."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import f1_score
from sklearn.mixture import GaussianMixture

from whorl.decisions.mixture import fall_into_two, used_probabilities

RNG = np.random.default_rng(0)
Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]


def test_agrees_with_scikit_learn_where_the_null_says_no_more() -> None:
    values = np.concatenate([RNG.normal(0, 1, 400), RNG.normal(6, 1.5, 400)])
    found = used_probabilities(values, RNG.normal(0, 1, 3))
    mixture = GaussianMixture(2, means_init=[[0], [6]], tol=1e-8).fit(values[:, np.newaxis])
    np.testing.assert_allclose(found, mixture.predict_proba(values[:, np.newaxis])[:, 1], atol=0.03)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_its_probabilities_tell_the_share_of_the_used(share: float) -> None:
    used = RNG.random(1000) < share
    values = np.where(used, RNG.normal(4, 1, 1000), RNG.normal(0, 1, 1000))
    found = used_probabilities(values, RNG.normal(0, 1, 200))
    assert found.mean() == pytest.approx(used.mean(), abs=0.03)
    assert f1_score(used, found > 0.5) > 0.9


def test_a_higher_score_never_has_a_lower_probability() -> None:
    values = np.concatenate([RNG.normal(0, 0.2, 50), RNG.normal(1, 3, 50)])
    found = used_probabilities(values, RNG.normal(0, 0.2, 50))
    assert (np.diff(found[np.argsort(values)]) >= 0).all()


def test_where_nothing_was_used_few_are_thought_to_be() -> None:
    shares = [
        used_probabilities(RNG.normal(0, 1, 100), RNG.normal(0, 1, 100)).mean() for _ in range(20)
    ]
    assert np.median(shares) < 0.25


@pytest.mark.parametrize("null", [[1.0], [1.0, 1.0]])
def test_scores_that_are_all_alike_tell_nothing(null: list[float]) -> None:
    np.testing.assert_array_equal(used_probabilities(np.ones(4), np.array(null)), np.zeros(4))


def test_one_null_score_is_enough() -> None:
    found = used_probabilities(np.array([0.0, 0.1, 9.0, 9.1]), np.array([0.05]))
    np.testing.assert_array_equal(found > 0.5, [False, False, True, True])


def test_agrees_with_scikit_learn_without_null_scores() -> None:
    values = np.concatenate([RNG.normal(0, 1, 400), RNG.normal(6, 1.5, 300)])
    found = used_probabilities(values, np.empty(0))
    mixture = GaussianMixture(2, means_init=[[0], [6]], tol=1e-8).fit(values[:, np.newaxis])
    np.testing.assert_allclose(found, mixture.predict_proba(values[:, np.newaxis])[:, 1], atol=0.03)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_two_groups_are_seen(share: float) -> None:
    """Five standard deviations apart, of 200: 36, 40 and 37 of 40 by another count."""
    rng = np.random.default_rng(0)
    used = np.arange(200) < 200 * share
    drawn = (np.where(used, rng.normal(5, 1, 200), rng.normal(0, 1, 200)) for _ in range(20))
    assert sum(fall_into_two(values) for values in drawn) >= 16


@pytest.mark.parametrize("count", [50, 150, 600])
@pytest.mark.parametrize(
    "draw",
    [
        lambda rng, n: rng.normal(0, 1, n),
        lambda rng, n: rng.gamma(3, 1, n),
        lambda rng, n: rng.standard_t(3, n),
        lambda rng, n: np.concatenate([rng.normal(0, 1, n // 2), rng.normal(2, 1, n // 2)]),
    ],
    ids=["normal", "skewed", "heavy tails", "nearly one"],
)
def test_one_group_is_seldom_taken_for_two(draw: Draw, count: int) -> None:
    rng = np.random.default_rng(0)
    assert sum(fall_into_two(draw(rng, count)) for _ in range(60)) <= 3


def test_a_few_that_lie_apart_are_no_group() -> None:
    values = np.random.default_rng(0).normal(0, 1, 100)
    assert not fall_into_two(np.append(values, [-20.0, -21]))
    assert not fall_into_two(np.append(values, [20.0, 21]))


@pytest.mark.parametrize("values", [[1.0], [1.0, 1.0, 1.0], [1.0, 1.1, 1.2, 2.0]])
def test_few_or_equal_scores_do_not_fall_into_two(values: list[float]) -> None:
    assert not fall_into_two(np.array(values))
