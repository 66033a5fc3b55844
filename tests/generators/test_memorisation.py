"""Shares of memorised and of copied samples, by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.generators import copied_share, memorisation, memorised_share


def dots(*places: tuple[int, int]) -> NDArray[np.uint8]:
    """Images of two pixels: points in a plane, whose distances can be seen."""
    return np.array(places, np.uint8)[:, None, :]


TRAINING = dots((0, 0), (0, 100), (200, 0))  # nearest others at 100, 100 and 200


def test_a_sample_counts_when_nearer_than_training_images_are_to_each_other() -> None:
    samples = dots((0, 45), (99, 0), (101, 0), (200, 250))  # at 45, 99, 99 and 245 or 250
    assert memorised_share(samples, TRAINING) == 0.75


def test_only_samples_close_to_one_training_image_count_as_copies() -> None:
    samples = dots((0, 0), (0, 24), (0, 26), (0, 50))  # ratios 0, 24/76, 26/74 and 1
    assert copied_share(samples, TRAINING) == 0.5


def test_repeated_training_images_count_once() -> None:
    repeated = np.repeat(TRAINING, 3, axis=0)
    samples = dots((0, 10), (0, 40))
    assert memorised_share(samples, repeated) == memorised_share(samples, TRAINING) == 1.0
    assert copied_share(samples, repeated) == copied_share(samples, TRAINING) == 0.5


@pytest.mark.parametrize("share", [memorised_share, copied_share])
def test_one_training_image_is_too_few(share: Callable[..., float]) -> None:
    with pytest.raises(ImageError, match="at least two different"):
        share(TRAINING, np.repeat(TRAINING[:1], 2, axis=0))


def test_a_few_images_at_a_time_give_the_same_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    training = rng.integers(0, 256, (23, 3, 3), dtype=np.uint8)
    samples = rng.integers(0, 256, (40, 3, 3), dtype=np.uint8)
    at_once = memorised_share(samples, training), copied_share(samples, training)
    assert 0.0 < at_once[0] < 1.0
    monkeypatch.setattr(memorisation, "VALUES_AT_ONCE", 4 * 9)
    assert (memorised_share(samples, training), copied_share(samples, training)) == at_once
