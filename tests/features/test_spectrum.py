import numpy as np
import pytest

from whorl.features import RadialSpectrum


def wave(frequency, amplitude, side=32):
    """Draw a plane wave around mid grey."""
    x = np.arange(side)
    return np.tile(128 + amplitude * np.cos(2 * np.pi * frequency * x / side), (side, 1))


def test_a_wave_has_its_power_at_its_frequency():
    images = np.stack([wave(5, 100), wave(9, 100)]).round().astype(np.uint8)
    found = RadialSpectrum().compute(images)
    assert found.shape == (2, 16)
    assert found.dtype == np.float32
    assert (found.argmax(axis=1) + 1).tolist() == [5, 9]


def test_twice_the_amplitude_is_six_decibels_more_and_brightness_is_none():
    noise = np.random.default_rng(0).integers(0, 60, (32, 32))
    one, two, bright = RadialSpectrum().compute(
        np.stack([noise, 2 * noise, noise + 100]).astype(np.uint8)
    )
    assert two - one == pytest.approx(20 * np.log10(2), abs=1e-3)
    assert bright == pytest.approx(one, abs=1e-4)


def test_white_noise_has_its_variance_at_every_frequency():
    noise = np.random.default_rng(1).integers(0, 256, (400, 16, 24)).astype(np.uint8)
    power = 10 ** (RadialSpectrum().compute(noise) / 10)
    assert power.mean(axis=0)[1:] == pytest.approx((256**2 - 1) / 12, rel=0.05)
