from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from whorl.runs.teams.picuslab.vector_net import VectorNet  # noqa: E402


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
