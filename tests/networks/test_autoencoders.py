from __future__ import annotations

import numpy as np
import pytest

from whorl.networks.pictures import pictures_of
from whorl.networks.runtime import computed_in_batches
from whorl.networks.training import Plan
from whorl.runs.teams.vcmi.latents import AutoencoderTraining
from whorl.testing.worlds import image_set, smooth_images

torch = pytest.importorskip("torch")

from whorl.networks.autoencoders import (  # noqa: E402
    Autoencoder,
    Centred,
    Encoder,
    Errors,
    PatchErrors,
    encoding,
)

PIXELS = smooth_images(6, np.random.default_rng(0))


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("size", [(32, 32), (40, 23), (3, 3)])
def test_reconstructions_have_the_images_shape_and_range(
    size: tuple[int, int], residual: bool
) -> None:
    network = Autoencoder(size, 4, 16, residual=residual).eval()
    images = Centred()(torch.from_numpy(np.ascontiguousarray(PIXELS[:, : size[0], :23])))
    images = torch.nn.functional.interpolate(images, size)
    made = network(images)
    assert made.shape == (6, 1, *size)
    assert made.abs().max() <= 1
    assert network.encoder(images).shape == (6, 16)


def test_the_layers_are_those_of_the_team() -> None:
    """At 256 × 256: maps of 128, 64, 32, 16, 8; the decoder begins with 16 · 16 · 256 values."""
    network = Autoencoder((256, 256), 16, 128, residual=False)
    shapes: list[tuple[int, ...]] = []
    for layer in network.encoder.maps:
        layer.register_forward_hook(lambda *call: shapes.append(tuple(call[2].shape[1:])))
    network.encoder(torch.zeros(2, 1, 256, 256))
    expected = [(16, 128, 128)] * 2 + [(32, 64, 64), (64, 32, 32), (128, 16, 16), (256, 8, 8)]
    assert shapes == expected
    assert network.decoder.dense.out_features == 16 * 16 * 256
    assert [block.layers[0].out_channels for block in network.decoder.blocks] == [128, 64, 32, 16]


@pytest.mark.parametrize("residual", [False, True])
def test_a_handful_of_images_is_learned_by_heart(residual: bool) -> None:
    pictures = pictures_of(image_set(PIXELS, "images"))
    training = AutoencoderTraining(residual, 8, 32, plan=Plan(120, 6, 3e-3))
    network = training.trained(pictures, np.arange(6), seed=0)
    errors = computed_in_batches(Errors(network), pictures.pixels)
    spread = Centred()(torch.from_numpy(pictures.pixels)).numpy().var(axis=0).mean()
    assert errors.mean() < spread / 5


def test_errors_are_mean_squares() -> None:
    network = Autoencoder((32, 32), 2, 8, residual=False).eval()
    images = Centred()(torch.from_numpy(PIXELS))
    expected = (network(images) - images).square().mean(dim=(1, 2, 3)).detach().numpy()
    np.testing.assert_allclose(computed_in_batches(Errors(network), PIXELS), expected, rtol=1e-5)


def test_errors_with_a_patch_are_against_the_image_as_it_was() -> None:
    network = Autoencoder((32, 32), 2, 8, residual=False).eval()
    rows, columns = slice(16, 32), slice(8, 24)
    errors = computed_in_batches(
        PatchErrors(network, PIXELS[0], rows, columns), PIXELS[:, rows, columns]
    )
    for k in range(6):
        patched = PIXELS[0].copy()
        patched[rows, columns] = PIXELS[k][rows, columns]
        made = network(Centred()(torch.from_numpy(patched[None]))).detach().numpy()[0, 0]
        original = (PIXELS[0].astype(np.float64) - 127.5) / 127.5
        assert errors[k] == pytest.approx(np.square(made - original).mean(), rel=1e-5)


def test_codes_of_grey_values() -> None:
    encoder = Encoder(2, 8, residual=True).eval()
    codes = computed_in_batches(encoding(encoder), PIXELS, batch=4)
    expected = encoder(torch.from_numpy((PIXELS[:, None] - 127.5).astype(np.float32) / 127.5))
    np.testing.assert_allclose(codes, expected.detach().numpy(), atol=1e-6)
