"""All pairs of methods at once."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.benchmarking.pairs import all_pairs
from whorl.benchmarking.resampling import Answers, Drawn, Said, figures


def test_a_single_pair_is_the_plain_two_sided_bootstrap() -> None:
    rng = np.random.default_rng(0)
    drift = rng.normal(size=1000)
    value = np.array([0.0, 2.0])
    resampled = np.stack([np.zeros(1000), 2 + drift])
    expected = (np.sum(np.abs(drift) >= 2) + 1) / 1001
    assert all_pairs(Drawn(value, resampled))[0, 1] == pytest.approx(expected, abs=2e-3)


def test_equal_methods_do_not_differ_and_fixed_ones_do() -> None:
    value = np.array([0.5, 0.5, 0.7])
    p_values = all_pairs(Drawn(value, np.tile(value[:, None], 99)))
    assert p_values[0, 1] == 1.0
    assert p_values[0, 2] == pytest.approx(0.01)
    assert (p_values == p_values.T).all()


def test_more_methods_make_it_harder() -> None:
    rng = np.random.default_rng(1)
    drifts = rng.normal(size=(12, 4000))
    value = np.r_[0.0, 3.5, np.zeros(10)]
    few = all_pairs(Drawn(value[:2], value[:2, None] + drifts[:2]))[0, 1]
    many = all_pairs(Drawn(value, value[:, None] + drifts))[0, 1]
    assert few < 0.03 < many


def test_methods_that_are_all_luck_seldom_differ() -> None:
    rng = np.random.default_rng(2)
    truth = np.repeat([True, False], 60)
    found = 0
    for seed in range(40):
        said = [Said(rng.random(120) < 0.5) for _ in range(6)]
        drawn = figures(said, Answers(truth), seed=seed, resamples=400)["accuracy"]
        found += bool((all_pairs(drawn) <= 0.05).any())
    assert found <= 6  # 2 of 40 are expected
