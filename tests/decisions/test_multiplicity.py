"""Benjamini–Hochberg and Storey, against independent implementations."""

from __future__ import annotations

import numpy as np
import pytest

from tests.decisions.worlds import world
from whorl.decisions import benjamini_hochberg, conformal_p_values, hierarchical_p_values, storey
from whorl.decisions.multiplicity import holm, middle_of_grid, share_of_nulls


def brute_force_storey(p_values: np.ndarray, level: float, lam: float, block: int) -> np.ndarray:
    """Try every p-value at or below λ as the cut, and keep the largest whose estimated FDR fits."""
    above = sum(p > lam + 1e-12 for p in p_values)
    nulls = (block + above) / (1 - lam)
    cut = -1.0
    for t in p_values:
        flagged = sum(p <= t for p in p_values)
        if t <= lam + 1e-12 and nulls * t / flagged <= level + 1e-12:
            cut = max(cut, t)
    return np.array([p <= cut for p in p_values])


def some_p_values(seed: int, members: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    scores = np.r_[rng.normal(size=40 - members), rng.normal(2, 1, members)]
    return conformal_p_values(scores, rng.normal(size=79))


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("members", [0, 20, 40])
def test_benjamini_hochberg_flags_as_statsmodels_does(seed: int, members: int) -> None:
    from statsmodels.stats.multitest import multipletests

    p_values = some_p_values(seed, members)
    np.testing.assert_array_equal(
        benjamini_hochberg(p_values, 0.2), multipletests(p_values, 0.2, method="fdr_bh")[0]
    )


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("members", "block"), [(0, 1), (20, 1), (40, 1), (40, 4)])
def test_storey_flags_as_trying_every_cut_does(seed: int, members: int, block: int) -> None:
    p_values = some_p_values(seed, members)
    owners = np.arange(40) // block
    lam = middle_of_grid(79)
    np.testing.assert_array_equal(
        storey(p_values, 0.2, lam, owners), brute_force_storey(p_values, 0.2, lam, block)
    )


def test_share_of_nulls_by_hand() -> None:
    """Three of ten above λ = 1/2: (1 + 3)/5; counting a patient of four images: (4 + 3)/5."""
    p_values = np.array([0.1] * 6 + [0.5] + [0.6, 0.7, 0.8])
    assert share_of_nulls(p_values, 0.5) == pytest.approx(0.8)
    assert share_of_nulls(p_values, 0.5, largest=4) == pytest.approx(1.4)


def test_storey_sees_a_set_that_was_used_as_a_whole() -> None:
    """200 members against 200 references, 1.5 standard deviations apart: 16 % by BH, 81 %."""
    rng = np.random.default_rng(0)
    bh, adaptive = [], []
    for _ in range(50):
        p_values = conformal_p_values(rng.normal(1.5, 1, 200), rng.normal(size=200))
        bh.append(benjamini_hochberg(p_values, 0.05).mean())
        adaptive.append(storey(p_values, 0.05, middle_of_grid(200)).mean())
    assert np.mean(bh) == pytest.approx(0.16, abs=0.06)
    assert np.mean(adaptive) == pytest.approx(0.81, abs=0.04)


@pytest.mark.parametrize("members", [0, 4, 20, 36])
def test_storey_holds_the_rate_asked_for(members: int) -> None:
    rng = np.random.default_rng(1)
    unused = np.arange(40) >= members
    shares = []
    for _ in range(400):
        values = rng.normal(size=40) + 2.5 * ~unused
        p_values = conformal_p_values(values, rng.normal(size=79))
        flagged = storey(p_values, 0.2, middle_of_grid(79))
        shares.append((flagged & unused).sum() / max(flagged.sum(), 1))
    assert np.mean(shares) <= 0.2 + 3 * np.std(shares) / 20


def test_images_of_one_large_patient_do_not_break_the_rate() -> None:
    """Ten used patients of one image, one unused of 80 nearly equal ones: plain Storey fails."""
    rng = np.random.default_rng(2)
    plain, by_patient = [], []
    for _ in range(400):
        made = world(rng, np.r_[np.ones(10, int), 80], np.ones(60, int), used=10, shift=2.5)
        p_values = hierarchical_p_values(made.values, made.null, made.null_patients)
        for found, owners in ((plain, None), (by_patient, made.patients)):
            flagged = storey(p_values, 0.1, middle_of_grid(60), owners)
            found.append((flagged & ~made.used).sum() / max(flagged.sum(), 1))
    assert np.mean(plain) > 0.2
    assert np.mean(by_patient) <= 0.1 + 3 * np.std(by_patient) / 20


def test_holm_agrees_with_statsmodels() -> None:
    from statsmodels.stats.multitest import multipletests

    p_values = np.random.default_rng(0).random(50) ** 3
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])
    assert len(holm(np.array([]))) == 0
