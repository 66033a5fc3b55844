"""How much the subsets' reals explain."""

from __future__ import annotations

import numpy as np
import pytest

from tests.attribution.worlds import copied_view
from whorl.attribution.explained import SubsetExplained, shares_explained
from whorl.methods import explain


def test_the_power_mean_of_positive_shares() -> None:
    view, _ = copied_view(0, sizes=(3, 2), copies=2)
    method = SubsetExplained(power=3.0)
    shares = shares_explained(method.measure, view.reals.images, view.generated)
    by_hand = np.maximum(shares, 0).astype(float) ** 3
    expected = [(of.sum(axis=0) / len(of)) ** (1 / 3) for of in (by_hand[:3], by_hand[3:])]
    np.testing.assert_allclose(method.score(view).values, np.transpose(expected))


def test_shares_are_standard_over_all_reals() -> None:
    view, _ = copied_view(0)
    shares = shares_explained(SubsetExplained().measure, view.reals.images, view.generated)
    np.testing.assert_allclose(shares.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(shares.std(axis=0), 1, atol=1e-4)


def test_a_copied_real_explains_its_copy_most() -> None:
    view, truth = copied_view(0)
    shares = shares_explained(SubsetExplained().measure, view.reals.images, view.generated)
    assert [view.reals.subsets[k] for k in shares.argmax(axis=0)] == truth


def test_many_reals_compete_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    view, truth = copied_view(0)
    monkeypatch.setattr(explain, "MOST_REALS", 12)
    assert list(SubsetExplained().score(view).answers) == truth
