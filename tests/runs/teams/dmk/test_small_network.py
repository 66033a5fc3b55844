from __future__ import annotations

import numpy as np
import pytest

from whorl.networks.training import Plan
from whorl.runs.teams.dmk.small_network import SmallNetwork
from whorl.tasks.view import Development, View
from whorl.testing.worlds import image_set, smooth_images

torch = pytest.importorskip("torch")

from whorl.runs.teams.dmk.three_layers import ThreeLayers  # noqa: E402


@pytest.mark.parametrize(("size", "values"), [((256, 256), 65536), ((9, 31), 512), ((3, 3), 64)])
def test_the_dense_layer_takes_the_maps_of_any_size(size: tuple[int, int], values: int) -> None:
    network = ThreeLayers(size, (16, 32, 64), 8)
    assert network(torch.rand(2, 1, *size)).shape == (2,)
    dense = [layer for layer in network.layers if isinstance(layer, torch.nn.Linear)]
    assert [layer.in_features for layer in dense] == [values, 8]


def test_it_learns_what_sets_the_used_apart() -> None:
    """Used images grow brighter from left to right, the others darker; few are used."""
    rng = np.random.default_rng(0)
    ramp = np.linspace(-60, 60, 32)

    def images(n: int, sign: int, name: str) -> object:
        pixels = np.clip(smooth_images(n, rng) + sign * ramp, 0, 255).astype(np.uint8)
        return image_set(pixels, name)

    development = Development(images(4, 1, "g"), images(5, 1, "u"), images(15, -1, "n"))  # type: ignore[arg-type]
    candidates = images(10, 1, "a").joined(images(10, -1, "b"))  # type: ignore[attr-defined]
    method = SmallNetwork((4, 4, 4), 8, plan=Plan(15, 10, 3e-3))
    values = method.score(View(development.generated, candidates, None, development)).values
    assert np.mean((values > 0) == np.repeat([True, False], 10)) > 0.9
