"""SIFT as OpenCV computes it."""

from __future__ import annotations

import sys

import cv2
import numpy as np
import pytest

from whorl.errors import NeedError
from whorl.features import SIFT, extract_each
from whorl.testing.worlds import image_set, smooth_images


def test_descriptors_are_opencvs() -> None:
    images = smooth_images(2, np.random.default_rng(0), 256)
    found = extract_each(SIFT(), image_set(images, "image"))
    for image, descriptors in zip(images, found, strict=True):
        _, expected = cv2.SIFT_create().detectAndCompute(image, None)
        np.testing.assert_array_equal(descriptors, expected)
        assert descriptors.dtype == np.uint8
        assert len(descriptors) > 10


@pytest.mark.parametrize("side", [32, 300])
def test_images_of_any_size_are_brought_to_one(side: int) -> None:
    images = smooth_images(1, np.random.default_rng(1), side)
    (descriptors,) = SIFT().compute(images)
    assert descriptors.shape[1] == 128


def test_an_image_without_a_keypoint_has_no_descriptor() -> None:
    (descriptors,) = SIFT().compute(np.full((1, 64, 64), 9, np.uint8))
    assert descriptors.shape == (0, 128)


def test_without_opencv_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(NeedError, match=r"SIFT needs cv2: pip install 'whorl-audit\[classic\]'"):
        SIFT().compute(np.zeros((1, 64, 64), np.uint8))
