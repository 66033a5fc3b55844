"""Reductions against numpy on the whole matrix, fed tile by tile."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import rankdata

from tests.similarity.tables import TABLE, fed
from whorl.similarity import (
    Matrix,
    Mean,
    MeanRank,
    PowerSums,
    TopK,
    Wins,
)


def test_top_one_is_maximum_and_first_argmax() -> None:
    largest = fed(TopK(), TABLE)
    np.testing.assert_array_equal(largest.similarity[:, 0], TABLE.max(axis=1))
    np.testing.assert_array_equal(largest.position[:, 0], TABLE.argmax(axis=1))


@pytest.mark.parametrize("k", [1, 3, 40])
def test_top_k(k: int) -> None:
    order = np.argsort(-TABLE, axis=1, kind="stable")[:, :k]
    largest = fed(TopK(k), TABLE)
    np.testing.assert_array_equal(largest.position, order)
    np.testing.assert_array_equal(largest.similarity, np.take_along_axis(TABLE, order, 1))


@pytest.mark.parametrize("k", [1, 2, 4])
def test_top_k_with_pairs_that_do_not_count(k: int) -> None:
    table = TABLE.copy()
    table[0] = -np.inf
    table[1, 2:] = -np.inf
    table[2, :25] = -np.inf
    order = np.argsort(-table, axis=1, kind="stable")[:, :k]
    largest = fed(TopK(k), table, 4)
    np.testing.assert_array_equal(largest.position, order)
    np.testing.assert_array_equal(largest.similarity, np.take_along_axis(table, order, 1))


def test_mean_leaves_out_what_does_not_count() -> None:
    table = np.array([[1.0, -np.inf, 0.5], [-np.inf] * 3], np.float32)
    np.testing.assert_array_equal(fed(Mean(), table, 2), [0.75, np.nan])
    np.testing.assert_allclose(fed(Mean(), TABLE), TABLE.mean(axis=1), atol=1e-7)


def test_wins_count_ties_for_all() -> None:
    table = np.array([[0.9, 0.5, -np.inf], [0.9, 0.1, -np.inf], [0.2, 0.4, -np.inf]], np.float32)
    np.testing.assert_array_equal(fed(Wins(), table, 2), [2, 1, 0])


def test_mean_rank_is_scaled_and_shares_ties() -> None:
    """Columns: ranks (1, 2, 3), then a tie at the top (1.5, 1.5, 3), scaled by (r − 1) / 2."""
    table = np.array([[0.9, 0.8], [0.5, 0.8], [0.1, 0.0]], np.float32)
    np.testing.assert_allclose(fed(MeanRank(), table, 1), [0.125, 0.375, 1.0])
    np.testing.assert_allclose(
        fed(MeanRank(), TABLE), ((rankdata(-TABLE, axis=0) - 1) / 5).mean(axis=1)
    )


def test_mean_rank_leaves_out_what_does_not_count() -> None:
    table = np.array([[-np.inf, 0.9, 0.2], [0.9, -np.inf, 0.1], [0.2, 0.1, -np.inf]], np.float32)
    np.testing.assert_allclose(fed(MeanRank(), table, 2), [0, 0.5, 1])


def test_matrix_keeps_everything() -> None:
    np.testing.assert_array_equal(fed(Matrix(), TABLE), TABLE)


def test_a_reduction_can_be_used_again() -> None:
    mean = Mean()
    first, second = fed(mean, TABLE), fed(mean, TABLE)
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("power", [1.0, 2.5, 6.0])
def test_power_mean_of_what_lies_above_nothing(power: float) -> None:
    table = TABLE - np.float32(0.5)
    expected = np.mean(np.maximum(table.astype(np.float64), 0) ** power, axis=1) ** (1 / power)
    groups = np.arange(table.shape[1]) % 2
    np.testing.assert_allclose(fed(PowerSums(power, groups), table).means(), expected, rtol=1e-12)


def test_power_sums_of_a_group_are_those_of_its_images_alone() -> None:
    groups = np.array([1, 0, 1])
    table = np.array([[1.0, 2.0, 3.0], [-1.0, 5.0, -np.inf]], np.float32)
    powers = fed(PowerSums(2, groups), table)
    np.testing.assert_array_equal(powers.sums, [[4, 10], [25, 0]])
    np.testing.assert_array_equal(powers.counts, [[1, 2], [1, 1]])


def test_power_mean_leaves_out_pairs_that_do_not_count() -> None:
    table = np.array([[-np.inf, 3.0, 4.0], [-np.inf, -np.inf, -np.inf]], np.float32)
    means = fed(PowerSums(2, np.zeros(3, np.intp)), table).means()
    np.testing.assert_allclose(means, [np.sqrt(12.5), np.nan])
