"""The networks that generators are made of: what can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch import nn

from whorl.generators import GAN
from whorl.generators.networks.adversaries import (
    Discriminator,
    GeneratorNetwork,
    augmented,
    discriminator_loss,
    generator_loss,
)
from whorl.generators.networks.folded_autoencoder import FoldedAutoencoder, reconstruction_loss
from whorl.generators.training import grey, signed
from whorl.testing.worlds import smooth_images

CPU = torch.device("cpu")
PIXELS = smooth_images(20, np.random.default_rng(0), 16)


def test_grey_values_survive_scaling() -> None:
    every = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    assert signed(every, CPU).aminmax() == (-1.0, 1.0)
    np.testing.assert_array_equal(grey(signed(every, CPU)), every)


def test_an_autoencoder_starts_as_linear_compression() -> None:
    network = FoldedAutoencoder((4, 8), latents=3, fold=2)
    images = signed(PIXELS, CPU)
    network.start_from(images)
    with torch.no_grad():
        mean, spread = network.encode(images)
        drawn = network.decode(mean)
    blocks = PIXELS.reshape(20, 4, 4, 4, 4).swapaxes(2, 3).reshape(-1, 16) / 127.5 - 1.0
    pca = PCA(3).fit(blocks)
    expected = pca.inverse_transform(pca.transform(blocks))
    expected = expected.reshape(20, 4, 4, 4, 4).swapaxes(2, 3).reshape(20, 16, 16)
    np.testing.assert_allclose(drawn[:, 0], expected, atol=1e-4)
    np.testing.assert_allclose(mean.var((0, 2, 3)).mean(), 1.0, rtol=0.01)
    shares = pca.explained_variance_ / pca.explained_variance_.mean()
    np.testing.assert_allclose(mean.var((0, 2, 3)), shares, rtol=1e-3)
    np.testing.assert_allclose(spread, np.exp(-3.0), rtol=1e-5)


def test_reconstruction_loss_by_hand() -> None:
    class Fixed(FoldedAutoencoder):
        def encode(self, _: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return torch.full((1, 1, 2, 2), 2.0), torch.ones(1, 1, 2, 2)

        def decode(self, _: torch.Tensor) -> torch.Tensor:
            drawn = torch.zeros(1, 1, 8, 8)
            drawn[..., 4:, :] = 1.0
            return drawn

    images = torch.zeros(1, 1, 8, 8)
    loss = reconstruction_loss(Fixed((8,), 1, 4), images, kl_weight=0.1, noise=0.0)
    edges = 1 / 7 + 1 / 3 + 1.0  # one row of differences in seven, in three, in one
    assert float(loss) == pytest.approx(0.5 + edges + 0.1 * 0.5 * 4.0)


def test_the_decoder_learns_to_do_without_noise_in_the_latents() -> None:
    """Its level, between 0 and what is asked, is in the latents' own standard deviations."""
    seen = []

    class Watched(FoldedAutoencoder):
        def encode(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            mean = torch.zeros(len(images), 1, 40, 40)
            mean[..., ::2] = 10.0
            return mean, torch.zeros_like(mean) + 1e-6

        def decode(self, latents: torch.Tensor) -> torch.Tensor:
            seen.append(latents - self.encode(latents)[0])
            return torch.zeros(len(latents), 1, 40, 40)

    torch.manual_seed(0)
    images = torch.zeros(200, 1, 40, 40)
    reconstruction_loss(Watched((8,), 1, 4), images, kl_weight=0.0, noise=0.4)
    levels = seen[0].std((1, 2, 3))
    assert 1.9 < float(levels.max()) < 2.1  # 0.4 of a standard deviation of 5
    assert 0.9 < float(levels.mean()) < 1.1


def test_hinge_losses_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whorl.generators.networks.adversaries.augmented", lambda images: images)
    real, drawn = torch.tensor([[0.25], [3.0]]), torch.tensor([[-0.5], [1.0]])
    assert float(discriminator_loss(nn.Identity(), real, drawn)) == pytest.approx(0.375 + 1.25)
    assert float(generator_loss(nn.Identity(), drawn)) == pytest.approx(-0.25)


def test_changes_differ_between_images_and_pass_gradients_on() -> None:
    torch.manual_seed(0)
    same = signed(np.repeat(PIXELS[:1], 4, axis=0), CPU).requires_grad_()
    other = augmented(same)
    assert other.shape == same.shape
    assert all(not torch.equal(other[0], image) for image in other[1:])
    (gradient,) = torch.autograd.grad(other.sum(), same)
    assert (gradient != 0).all()
    holes = (other == 0).float().mean((1, 2, 3))
    assert ((holes > 0.05) & (holes < 0.6)).all()


def test_a_shift_moves_by_whole_pixels_and_brings_in_grey() -> None:
    from whorl.generators.networks.adversaries import _shifted

    images = torch.arange(1.0, 10.0).reshape(1, 1, 3, 3)
    moved = _shifted(images, torch.tensor([1]), torch.tensor([-1]))
    assert moved.tolist() == [[[[0, 0, 0], [2, 3, 0], [5, 6, 0]]]]


@pytest.mark.parametrize("fold", [1, 2])
@pytest.mark.parametrize("size", [(16, 16), (64, 64), (48, 80)])
def test_generator_and_discriminator_fit_each_other(size: tuple[int, int], fold: int) -> None:
    generator, discriminator = GAN(numbers=4, width=4, widest=8, fold=fold).networks(size)
    assert isinstance(generator, GeneratorNetwork)
    assert isinstance(discriminator, Discriminator)
    images = generator(torch.randn(2, 4))
    assert images.shape == (2, 1, *size)
    assert discriminator(images).shape[:2] == (2, 1)


def test_the_discriminator_is_smooth() -> None:
    """Spectral normalisation bounds each layer, once its power iteration has settled."""
    torch.manual_seed(1)
    discriminator = Discriminator((4, 8), fold=1)
    for _ in range(50):
        discriminator(torch.randn(2, 1, 8, 8))
    discriminator.eval()
    weight = discriminator.last.weight.detach()
    assert float(torch.linalg.matrix_norm(weight.flatten(1), 2)) == pytest.approx(1.0, abs=1e-3)
