"""The perceptual hash, written out by hand."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy.fft import dctn

from whorl.errors import NeedError
from whorl.features.hashes import PerceptualHash
from whorl.testing.worlds import smooth_images


def test_bits_say_which_frequencies_are_above_the_median() -> None:
    image = smooth_images(1, np.random.default_rng(0), size=64)  # four times the side: no resizing
    low = dctn(image[0].astype(float))[:16, :16]
    wanted = np.packbits((low > np.median(low)).ravel())
    np.testing.assert_array_equal(PerceptualHash(16).compute(image)[0], wanted)


@pytest.mark.parametrize(("side", "size"), [(8, 8), (16, 32), (5, 4)])
def test_length_in_bytes(side: int, size: int) -> None:
    found = PerceptualHash(side).compute(np.zeros((2, 8, 8), np.uint8))
    assert found.shape == (2, size)
    assert found.dtype == np.uint8


def test_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imagehash", None)
    with pytest.raises(NeedError, match=r"pip install 'whorl-audit\[classic\]'"):
        PerceptualHash().compute(np.zeros((1, 8, 8), np.uint8))
