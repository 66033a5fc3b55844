from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from whorl.runs.teams.vcmi.triplets import triplet_loss  # noqa: E402


def test_triplet_loss_by_hand() -> None:
    """Squares: near 1 and 0; far 0.25 (0.25 short of the margin) and 4 (far enough)."""
    anchors = torch.zeros(2, 2)
    positives = torch.tensor([[1.0, 1.0], [0.0, 0.0]])
    negatives = torch.tensor([[0.5, 0.5], [2.0, 2.0]])
    assert float(triplet_loss(anchors, positives, negatives, 0.5)) == pytest.approx(
        (1 + 0.25 + 0 + 0) / 2
    )
