"""Descriptors of an image's keypoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.extras import imported
from whorl.features.base import Feature

WIDTH = 128  # numbers in a descriptor


@dataclass(frozen=True)
class SIFT(Feature):
    """SIFT descriptors of all keypoints, by OpenCV with its defaults (extra ``classic``).

    Lowe, Distinctive image features from scale-invariant keypoints, 2004. For each image a uint8
    array of shape (keypoints, 128), 0 to 255; an image without a keypoint has 0 rows.

    Attributes
    ----------
    side : int
        Images are first resized to this height and width in pixels.

    Examples
    --------
    >>> [len(found) for found in SIFT().compute(np.zeros((2, 32, 32), np.uint8))]
    [0, 0]
    """

    side: int = 256

    name: ClassVar[str] = "SIFT"

    def compute(self, pixels: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
        """Describe images."""
        cv2 = imported("cv2", "classic", "SIFT")
        detector = cv2.SIFT_create()
        found = []
        for image in pixels:
            shrinking = max(image.shape) > self.side
            method = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
            resized = cv2.resize(image, (self.side, self.side), interpolation=method)
            _, descriptors = detector.detectAndCompute(resized, None)
            found.append(np.zeros((0, WIDTH)) if descriptors is None else descriptors)
        return [descriptors.astype(np.uint8) for descriptors in found]  # OpenCV gives whole numbers
