from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from whorl.networks.training import Plan
from whorl.runs.teams.picuslab.vectors import DeformingCodes
from whorl.tasks.view import Development
from whorl.testing.worlds import image_set, smooth_images

torch = pytest.importorskip("torch")

from whorl.runs.teams.picuslab.deforming import (  # noqa: E402
    DeformingAutoencoder,
    Unit,
    deforming_loss,
    warp_grid,
    warped,
)

PIXELS = smooth_images(8, np.random.default_rng(0), 16)
IMAGES = Unit()(torch.from_numpy(PIXELS))


def network(side: int = 16) -> DeformingAutoencoder:
    return DeformingAutoencoder(side, 4, 16, 4, 8)


@pytest.mark.parametrize("side", [16, 20, 64])
def test_shapes(side: int) -> None:
    net = network(side)
    images = torch.rand(3, 1, side, side)
    made, residual = net(images)
    assert made.shape == images.shape
    assert residual.shape == (3, side, side, 2)
    assert net.encoder(images).shape == (3, 16)
    assert made.min() >= 0
    assert made.max() <= 1


def test_no_increment_is_the_identity() -> None:
    made, residual = warped(IMAGES, torch.zeros(8, 2, 16, 16))
    torch.testing.assert_close(made, IMAGES, atol=1e-5, rtol=0)
    assert residual.abs().max() == 0


def test_the_first_warp_is_the_identity() -> None:
    assert network()(IMAGES)[1].abs().max() < 1e-6


def test_the_warp_is_monotone() -> None:
    increments = 5 * torch.randn(4, 2, 12, 9, generator=torch.Generator().manual_seed(0))
    grid = warp_grid(increments)
    assert (grid[..., 0].diff(dim=2) > 0).all()
    assert (grid[..., 1].diff(dim=1) > 0).all()


def test_a_warp_worked_out_by_hand() -> None:
    """Steps of 1, 1.5, 1 and 1 pixels along a row: x = 0, 1.5, 2.5, 3.5 of 0 … 3."""
    increments = torch.zeros(1, 2, 1, 4)
    increments[0, 0, 0, 1] = np.log(3)  # 2 · logistic(log 3) = 1.5
    texture = torch.tensor([[[[0.0, 10.0, 20.0, 30.0]]]])
    made, residual = warped(texture, increments)
    torch.testing.assert_close(made, torch.tensor([[[[0.0, 15.0, 25.0, 30.0]]]]))
    torch.testing.assert_close(residual[0, 0, :, 0], torch.tensor([0, 1, 1, 1]) / 3)


class Given(torch.nn.Module):
    """Stands for an autoencoder whose outputs are known."""

    def __init__(self, made: Any, residual: Any) -> None:
        super().__init__()
        self.outputs = made, residual

    def forward(self, images: Any) -> Any:  # noqa: ARG002
        return self.outputs


def test_the_loss_worked_out_by_hand() -> None:
    """Error 0.5; the residual of one image in x jumps by 2 between 2 columns of 2 rows."""
    residual = torch.zeros(2, 2, 2, 2)
    residual[0, :, 1, 0] = 2.0
    loss = deforming_loss(Given(torch.full((2, 1, 2, 2), 0.5), residual), torch.zeros(2, 1, 2, 2))
    variation = (2 + 2) / 2
    centring = (1 + 1) / 8  # the mean of both images is 1 at 2 of 8 places
    assert float(loss) == pytest.approx(0.5 + 1e-6 * variation + 1e-2 * centring, abs=1e-7)


def test_a_handful_of_images_is_learned_by_heart() -> None:
    parts = (image_set(PIXELS[:4], "a"), image_set(PIXELS[4:6], "b"), image_set(PIXELS[6:], "c"))
    codes = DeformingCodes(
        ("generated", "used", "not_used"), 8, 16, 8, 8, side=16, plan=Plan(150, 8, 3e-3)
    )
    net = codes._network()
    before = (net.eval()(IMAGES)[0] - IMAGES).abs().mean()
    learned = codes.learned(Development(*parts), seed=0)[0]
    net.load_state_dict({name: torch.tensor(array) for name, array in learned.items()})
    made, residual = net.eval()(IMAGES)
    assert (made - IMAGES).abs().mean() < before / 3
    assert residual.abs().max() > 0
