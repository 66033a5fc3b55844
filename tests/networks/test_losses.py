from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from whorl.networks.losses import balanced_loss  # noqa: E402


def test_both_groups_weigh_the_same() -> None:
    """Nine of the first group with loss log 2 each, one of the second with log(1 + e)."""
    logits = torch.tensor([0.0] * 9 + [-1.0])
    second = torch.tensor([False] * 9 + [True])
    expected = (np.log(2) + np.log(1 + np.e)) / 2
    assert float(balanced_loss(logits, second, 0.1)) == pytest.approx(expected, rel=1e-5)
