from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from whorl.networks.runtime import seeded
from whorl.runs.teams.clef_cse_gan.relation import Relation, mean_relation
from whorl.testing.worlds import image_set, smooth_images

torch = pytest.importorskip("torch")

SMALL = Relation("test_resnet", 32, 8)
PIXELS = smooth_images(12, np.random.default_rng(0))


def network(seed: int = 0) -> Any:
    return SMALL._network(seed).eval()


def test_shapes_and_that_maps_are_not_pooled() -> None:
    net = network()
    left, right = torch.tensor(PIXELS[:5]), torch.tensor(PIXELS[5:10])
    with torch.inference_mode():
        assert net(left, right).shape == (5,)
        maps = net.left(left)
    assert maps.shape[:2] == (5, 8)
    assert maps.shape[2] > 1


def test_the_sum_of_two_convolutions_is_the_convolution_of_both_maps() -> None:
    """What the relation module is specified to begin with: a conv3×3 over concatenated maps."""
    net = network()
    a, b = torch.tensor(PIXELS[:3]), torch.tensor(PIXELS[3:6])
    both = torch.nn.Conv2d(2 * net.left[1].in_channels, 8, 3, padding=1)
    with torch.inference_mode():
        both.weight.copy_(torch.cat([net.left[1].weight, net.right[1].weight], dim=1))
        both.bias.copy_(net.left[1].bias)
        concatenated = both(torch.cat([net.left[0](a), net.right[0](b)], dim=1))
        np.testing.assert_allclose(net.left(a) + net.right(b), concatenated, atol=1e-4)


def test_the_relation_has_sides_and_is_symmetric_only_if_they_share_all_weights() -> None:
    net = network()
    a, b = torch.tensor(PIXELS[:4]), torch.tensor(PIXELS[4:8])
    with torch.inference_mode():
        assert float((net(a, b) - net(b, a)).abs().max()) > 1e-5
        net.right[0] = net.left[0]
        assert float((net(a, b) - net(b, a)).abs().max()) > 1e-5
        net.left[1].bias.zero_()
        net.right[1].weight.copy_(net.left[1].weight)
        np.testing.assert_allclose(net(a, b), net(b, a), atol=1e-6)


def test_every_pair_is_related_as_on_its_own() -> None:
    net = network()
    a, b = torch.tensor(PIXELS[:3]), torch.tensor(PIXELS[3:7])
    with torch.inference_mode():
        table = net.every_pair(net.left(a), net.right(b))
        single = [[float(net(a[[i]], b[[j]])) for j in range(4)] for i in range(3)]
    np.testing.assert_allclose(table, single, atol=1e-5)


def test_the_mean_over_generated_images_whatever_the_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    net = network()
    reals, generated = image_set(PIXELS[:5], "real"), image_set(PIXELS[5:], "generated")
    whole = mean_relation(net, reals, generated)
    monkeypatch.setattr("whorl.runs.teams.clef_cse_gan.relation.BATCH", 2)
    np.testing.assert_allclose(mean_relation(net, reals, generated), whole, rtol=1e-5)
    with torch.inference_mode():
        first = [
            float(net(torch.tensor(PIXELS[[0]]), torch.tensor(PIXELS[[j]])).sigmoid())
            for j in range(5, 12)
        ]
    assert whole[0] == pytest.approx(np.mean(first), rel=1e-4)


def test_a_handful_of_pairs_is_learned() -> None:
    net = network()
    a, b = torch.tensor(PIXELS[:6]), torch.tensor(PIXELS[6:])
    wanted = torch.tensor([1.0, 0, 1, 0, 1, 0])
    optimiser = torch.optim.Adam(net.parameters(), 3e-3)
    with seeded(0):
        for _ in range(60):
            optimiser.zero_grad()
            loss = torch.nn.functional.binary_cross_entropy_with_logits(net(a, b), wanted)
            loss.backward()
            optimiser.step()
    assert float(loss.detach()) < 0.1
