"""What more generated images would show: by hand, by simulation, and on real slices."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from whorl.decisions import patient_auc
from whorl.decisions.growth import FACTOR, Growth, growth_of_effect
from whorl.images import load
from whorl.methods.explain import ExplainAway, groups_by_content
from whorl.tasks.view import View

GROUPS = 32


def sums_of(
    rng: np.random.Generator, images: int, used: int, strength: float, rare: bool
) -> np.ndarray:
    """Draw sixth powers of 80 reals' shares in generated images; the first so many were used.

    A trace is either thin and everywhere, or strong in one of so many images.
    """
    z = rng.normal(size=(80, images))
    hit = rng.random((used, images)) < 0.01 if rare else 1.0
    z[:used] += strength * hit
    return np.maximum(z, 0) ** 6


def grouped(powers: np.ndarray) -> np.ndarray:
    group = np.arange(powers.shape[1]) * GROUPS // powers.shape[1]
    return powers @ np.eye(GROUPS)[group]


def foretold(powers: np.ndarray) -> Growth:
    return growth_of_effect(grouped(powers), np.arange(40), np.arange(40))


def test_the_whole_effect_is_that_of_the_audit() -> None:
    powers = sums_of(np.random.default_rng(0), 320, 20, 0.3, rare=False)
    patients = np.arange(40) // 2
    found = growth_of_effect(grouped(powers), patients, patients)
    scores = powers.sum(axis=1)
    whole = patient_auc(scores[:40], patients, scores[40:], patients)
    assert found.effects[-1] == pytest.approx(whole.value)
    assert found.shares == (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1)


def test_the_effect_of_a_group_is_that_of_its_images_alone() -> None:
    """Both groups' effects by hand: 1 (all above) and 0.5 (one above, one below)."""
    sums = np.zeros((3, 4))
    sums[:, 0] = [3, 4, 2]
    sums[:, 1:] = np.array([1, 3, 2])[:, np.newaxis]
    found = growth_of_effect(sums, np.arange(2), np.arange(1))
    assert found.effects[0] == pytest.approx((1 + 3 * 0.5) / 4)


@pytest.mark.parametrize("groups", [2, 6, 33])
def test_groups_must_halve_to_the_end(groups: int) -> None:
    with pytest.raises(ValueError, match=f"power of two from 4 on, not {groups}"):
        growth_of_effect(np.ones((4, groups)), np.arange(2), np.arange(2))


def test_scores_that_are_all_equal_grow_to_anything() -> None:
    found = growth_of_effect(np.ones((80, GROUPS)), np.arange(40), np.arange(40))
    assert found.effects == (0.5,) * 6
    assert found.low <= 0.5 <= found.high


def test_what_is_complete_stays_so() -> None:
    powers = sums_of(np.random.default_rng(0), 320, 40, 3.0, rare=False)
    found = foretold(powers)
    assert found.effects[-1] == 1.0
    assert found.low >= 0.9
    assert found.high == 1.0


def test_growth_is_foretold_of_simulated_generators() -> None:
    """Ten times as many images are drawn in 30 worlds: the interval holds in 95 % of them."""
    rng = np.random.default_rng(3)
    held, widths, grew = [], [], []
    for world in range(30):
        used = (0, 20, 40)[world % 3]
        strength = rng.uniform(0.05, 0.3) if world % 2 else rng.uniform(1.5, 3.0)
        powers = sums_of(rng, 1_600, used, strength, rare=world % 2 == 0)
        scores = powers.sum(axis=1)
        truth = patient_auc(scores[:40], np.arange(40), scores[40:], np.arange(40)).value
        found = foretold(powers[:, : 1_600 // FACTOR])
        held.append(found.low <= truth <= found.high)
        widths.append(found.high - found.low)
        grew.append(truth > found.effects[-1] + 0.1)
    assert np.mean(held) >= 0.95
    assert np.mean(widths) < 0.5  # an interval of all that is possible would hold as well
    assert np.mean(grew) > 0.2  # nor is it that nothing grew


REAL = os.environ.get("WHORL_REAL_DATA")


@pytest.mark.real
@pytest.mark.skipif(not REAL, reason="WHORL_REAL_DATA names no folder with real images")
def test_growth_is_foretold_of_a_latent_diffusion() -> None:
    """A tenth of 1,000 generated images foretells what all of them show."""
    there = Path(str(REAL)) / "tasks" / "ct-latent-diffusion"
    candidates, reference = load(there / "test/real_unknown_1"), load(there / "reference")
    generated = load(there / "test/generated_1")
    sides = np.arange(len(candidates)), np.arange(len(reference))
    scores = ExplainAway().score(View(generated, candidates, reference))
    truth = patient_auc(scores.values, sides[0], np.asarray(scores.null), sides[1]).value
    rng = np.random.default_rng(0)
    for tenth in rng.permutation(len(generated)).reshape(FACTOR, -1)[:2]:
        some = generated.take(tenth)
        assert np.ptp(groups_by_content(some)) == GROUPS - 1
        traces = ExplainAway().score(View(some, candidates, reference)).traces
        assert traces is not None
        assert traces.sums is not None
        found = growth_of_effect(traces.sums, *sides)
        assert found.effects[-1] < truth
        assert found.low <= truth <= found.high
