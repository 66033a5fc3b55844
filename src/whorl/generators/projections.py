"""Images as projections on their principal components, and how these change under noise."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from whorl.generators.base import require_two_different

Field = NDArray[np.float64]

FREQUENCIES = 2.0 ** np.arange(6)


class Basis(NamedTuple):
    """Images as projections on their principal components."""

    size: tuple[int, int]
    mean: Field  # (height × width,)
    axes: Field  # (components, height × width)
    codes: Field  # (n, components), of unit variance on average

    @property
    def variances(self) -> Field:
        """Of the projections, shape (components,)."""
        return np.asarray(np.mean(self.codes**2, axis=0))


def projected(pixels: NDArray[np.uint8], components: int) -> Basis:
    """Return the images as projections on at most `components` scaled principal axes."""
    from sklearn.decomposition import PCA

    require_two_different(pixels)
    rows = pixels.reshape(len(pixels), -1) / 255.0
    pca = PCA(min(components, *rows.shape), svd_solver="full").fit(rows)
    variance = pca.explained_variance_
    axes = pca.components_[variance > 1e-9 * variance[0]]
    codes = (rows - pca.mean_) @ axes.T
    scale = np.sqrt(np.mean(codes**2))
    height, width = pixels.shape[1:]
    return Basis((height, width), pca.mean_, axes * scale, codes / scale)


def schedule(time: float | Field) -> tuple[Field, Field]:
    """Return the shares of signal and noise at `time`, 0 (all signal) to 1 (all noise)."""
    angle = np.asarray(0.5 * np.pi * time)
    return np.cos(angle), np.sin(angle)


def gaussian_velocity(noisy: Field, signal: Field, spread: Field, variances: Field) -> Field:
    """Return the mean velocity given a noisy projection, were projections Gaussian."""
    factor = signal * spread * (1.0 - variances) / (signal**2 * variances + spread**2)
    return np.asarray(noisy * factor)


def with_time(state: Field, time: Field) -> Field:
    """Append sines and cosines of the time to each noisy projection."""
    angles = 0.5 * np.pi * time[:, None] * FREQUENCIES
    return np.hstack([state, np.sin(angles), np.cos(angles)])
