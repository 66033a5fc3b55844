from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from whorl.networks.convolutional import VectorNet, balanced_loss, triplet_loss  # noqa: E402


@pytest.mark.parametrize("size", [(256, 256), (31, 9), (3, 3)])
def test_vector_net_takes_any_size(size: tuple[int, int]) -> None:
    network = VectorNet(4, 16).eval()
    images = torch.rand(2, 1, *size)
    assert network(images).shape == (2,)
    assert network.vectors(images).shape == (2, 16)


def test_vector_net_has_five_blocks_that_halve_and_double() -> None:
    shapes: list[tuple[int, ...]] = []
    network = VectorNet(16, 128)
    for layer in network.vectors:
        if isinstance(layer, torch.nn.Conv2d):
            layer.register_forward_hook(lambda *call: shapes.append(tuple(call[2].shape[1:])))
    network(torch.rand(2, 1, 64, 64))
    assert shapes == [(16, 32, 32), (32, 16, 16), (64, 8, 8), (128, 4, 4), (256, 2, 2)]


def test_both_groups_weigh_the_same() -> None:
    """Nine of the first group with loss log 2 each, one of the second with log(1 + e)."""
    logits = torch.tensor([0.0] * 9 + [-1.0])
    second = torch.tensor([False] * 9 + [True])
    expected = (np.log(2) + np.log(1 + np.e)) / 2
    assert float(balanced_loss(logits, second, 0.1)) == pytest.approx(expected, rel=1e-5)


def test_triplet_loss_by_hand() -> None:
    """Squares: near 1 and 0; far 0.25 (0.25 short of the margin) and 4 (far enough)."""
    anchors = torch.zeros(2, 2)
    positives = torch.tensor([[1.0, 1.0], [0.0, 0.0]])
    negatives = torch.tensor([[0.5, 0.5], [2.0, 2.0]])
    assert float(triplet_loss(anchors, positives, negatives, 0.5)) == pytest.approx(
        (1 + 0.25 + 0 + 0) / 2
    )
