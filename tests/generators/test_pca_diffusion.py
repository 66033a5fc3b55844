"""Diffusion on principal components: its arithmetic by hand, and that it learns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.generators import PCADiffusion, TrainedPCADiffusion
from whorl.generators.networks.perceptron import Network

SMALL = PCADiffusion(
    components=6, width=32, depth=2, steps=600, batch=64, learning_rate=5e-3, gaussian=False
)


def two_kinds(first: int, second: int) -> NDArray[np.uint8]:
    """Noisy images bright on their left (`first` of them) or on their right (`second`)."""
    rng = np.random.default_rng(3)
    images = rng.normal(60.0, 4.0, (first + second, 8, 10))
    images[:first, :, :5] += 120.0
    images[first:, :, 5:] += 120.0
    return np.asarray(np.rint(images), np.uint8)


def left_minus_right(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """About 120 for the first kind, -120 for the second."""
    return images[:, :, :5].mean(axis=(1, 2)) - images[:, :, 5:].mean(axis=(1, 2))


@pytest.fixture(scope="module")
def trained() -> TrainedPCADiffusion:
    return SMALL.train(two_kinds(20, 20), seed=1)


def test_samples_are_images_like_those_trained_on(trained: TrainedPCADiffusion) -> None:
    samples = trained.sample(7, seed=2)
    assert (samples.dtype, samples.shape) == (np.uint8, (7, 8, 10))
    assert trained.size == (8, 10)


def test_samples_lie_near_both_kinds_and_not_between(trained: TrainedPCADiffusion) -> None:
    contrast = left_minus_right(trained.sample(200, seed=2))
    assert np.mean(np.abs(np.abs(contrast) - 120.0) < 25.0) > 0.9
    assert 0.25 < np.mean(contrast > 0) < 0.75


def test_images_that_stand_there_often_weigh_more() -> None:
    rare = SMALL.train(two_kinds(36, 4), seed=1).sample(200, seed=2)
    assert np.mean(left_minus_right(rare) > 0) > 0.75


def test_loss_falls_below_half_of_its_start(trained: TrainedPCADiffusion) -> None:
    assert trained.losses.shape == (600,)
    assert trained.losses[-100:].mean() < trained.losses[:5].mean() / 2.0


def test_a_seed_fixes_training_and_sampling(trained: TrainedPCADiffusion) -> None:
    short = replace(SMALL, steps=30)
    first, again, other = (
        short.train(two_kinds(5, 5), seed=s).sample(4, seed=9) for s in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert (trained.sample(4, seed=0) != trained.sample(4, seed=1)).any()


def test_without_training_noise_only_shrinks() -> None:
    untrained = replace(SMALL, steps=0, sampling_steps=10).train(two_kinds(5, 5), seed=1)
    noise = np.random.default_rng(4).standard_normal((3, len(untrained.axes)))
    shrunk = noise * np.cos(np.pi / 20.0) ** 10  # a velocity of 0 turns each step by π/20
    expected = np.clip(np.rint(255.0 * (untrained.mean + shrunk @ untrained.axes)), 0, 255)
    np.testing.assert_array_equal(untrained.sample(3, seed=4).reshape(3, -1), expected)


def test_the_exact_velocity_leads_to_the_only_image_there_is(trained: TrainedPCADiffusion) -> None:
    target = np.linspace(-1.0, 1.0, len(trained.axes))

    class OnlyOneImage(Network):
        def __call__(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
            state, sine, cosine = (inputs[:, :6], inputs[:, 6:7], inputs[:, 12:13])
            return np.asarray((cosine * state - target) / sine)

    samples = replace(trained, network=OnlyOneImage(())).sample(3, seed=5)
    expected = np.clip(np.rint(255.0 * (trained.mean + target @ trained.axes)), 0, 255)
    np.testing.assert_array_equal(samples.reshape(3, -1), np.tile(expected, (3, 1)))


def test_components_that_hold_nothing_are_left_out() -> None:
    three_different = np.repeat(two_kinds(2, 1), 4, axis=0)
    short = replace(SMALL, components=50, steps=1).train(three_different, seed=0)
    assert len(short.axes) == 2
    codes = (three_different.reshape(12, -1) / 255.0 - short.mean) @ np.linalg.pinv(short.axes)
    assert np.mean(codes**2) == pytest.approx(1.0)


@pytest.mark.parametrize("copies", [1, 5])
def test_one_image_is_too_few(copies: int) -> None:
    with pytest.raises(ImageError, match="at least two different images"):
        SMALL.train(np.repeat(two_kinds(1, 0), copies, axis=0))


def test_gaussian_projections_need_no_network() -> None:
    """Untrained, it samples the Gaussian whose mean and variances the training images have."""
    rng = np.random.default_rng(0)
    spread = np.repeat([30.0, 10.0, 3.0], [8, 8, 64])
    images = 128.0 + (rng.normal(size=(200, 80)) * spread).reshape(200, 8, 10)
    generator = replace(SMALL, components=80, steps=0, gaussian=True, sampling_steps=100)
    training = np.clip(np.rint(images), 0, 255).astype(np.uint8)
    samples = generator.train(training).sample(2000, seed=1).reshape(2000, -1)
    np.testing.assert_allclose(samples.std(axis=0), spread, rtol=0.25)
    assert abs(samples.mean() - 128.0) < 1.0
