"""Denoising diffusion on principal components: a generator that trains in seconds on a CPU."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.generators.network import Adam, Network
from whorl.progress import track

Field = NDArray[np.float64]

FREQUENCIES = 2.0 ** np.arange(6)
WARM_UP_STEPS = 100
AVERAGING = 0.995


@dataclass(frozen=True)
class PCADiffusion:
    """Hyper-parameters of a denoising diffusion model on principal components.

    Images are projected on their leading principal components; a small network learns, by
    gradient descent, to take noise from such projections; sampling starts from pure noise. The
    process is variance-preserving with a cosine schedule (Nichol and Dhariwal 2021), the network
    predicts the velocity v, and sampling is deterministic DDIM (Salimans and Ho 2022, section 4
    and appendix D).

    Attributes
    ----------
    components : int
        Principal components kept; fewer where the images span fewer.
    width, depth : int
        Width and number of the network's hidden layers.
    steps : int
        Gradient steps.
    batch : int
        Noisy projections seen in each step.
    learning_rate : float
        Adam's highest rate; it rises over the first 100 steps and then falls as a cosine.
    sampling_steps : int
        Steps from pure noise to an image.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 256, (6, 8, 8), dtype=np.uint8)
    >>> generator = PCADiffusion(components=4, width=16, steps=20).train(images, seed=1)
    >>> generator.sample(3, seed=2).shape
    (3, 8, 8)
    """

    components: int = 256
    width: int = 256
    depth: int = 3
    steps: int = 4000
    batch: int = 128
    learning_rate: float = 1e-3
    sampling_steps: int = 50

    def train(self, pixels: NDArray[np.uint8], *, seed: int = 0) -> TrainedPCADiffusion:
        """Train on images; those that stand there several times weigh as much more.

        Parameters
        ----------
        pixels : ndarray of uint8, shape (n, height, width)
            Training images.
        seed : int
            Seeds the first weights, the batches and their noise.

        Returns
        -------
        TrainedPCADiffusion
            A generator to be sampled.

        Raises
        ------
        ImageError
            If there are no two different training images.
        """
        rng = np.random.default_rng(seed)
        mean, axes, codes = _project(pixels, self.components)
        time_inputs = 2 * len(FREQUENCIES)
        kept = codes.shape[1]
        network = Network.initial([kept + time_inputs, *[self.width] * self.depth, kept], rng)
        network, losses = self._fit(network, codes, rng)
        height, width = pixels.shape[1:]
        return TrainedPCADiffusion(self, (height, width), mean, axes, network, losses)

    def _fit(
        self, network: Network, codes: Field, rng: np.random.Generator
    ) -> tuple[Network, Field]:
        """Return the running average of the network's weights over training, and the losses."""
        adam = Adam(network.weights)
        average = Network(tuple(weight.copy() for weight in network.weights))
        losses = np.empty(self.steps)
        with track("training the generator", self.steps) as advance:
            for step in range(self.steps):
                inputs, velocity = self._batch(codes, rng)
                losses[step], gradients = network.loss_and_gradients(inputs, velocity)
                warm_up = min(1.0, (step + 1) / WARM_UP_STEPS)
                decay = 0.5 + 0.5 * np.cos(np.pi * step / self.steps)
                adam.step(gradients, self.learning_rate * warm_up * decay)
                keep = min(AVERAGING, step / (step + 10))
                for mean, weight in zip(average.weights, network.weights, strict=True):
                    mean += (1.0 - keep) * (weight - mean)
                advance(1)
        return average, losses

    def _batch(self, codes: Field, rng: np.random.Generator) -> tuple[Field, Field]:
        """Return a batch of noisy projections with their times, and the velocities to predict."""
        clean = codes[rng.integers(len(codes), size=self.batch)]
        noise = rng.standard_normal(clean.shape)
        time = (np.arange(self.batch) + rng.random(self.batch)) / self.batch
        signal, spread = _schedule(time[:, None])
        return _with_time(signal * clean + spread * noise, time), signal * noise - spread * clean


@dataclass(frozen=True, eq=False)
class TrainedPCADiffusion:
    """A trained generator: everything that sampling needs.

    Attributes
    ----------
    settings : PCADiffusion
        The hyper-parameters it was trained with.
    size : tuple of int
        Height and width in pixels.
    mean : ndarray of float64, shape (height × width,)
        Mean training image, black 0 to white 1.
    axes : ndarray of float64, shape (components, height × width)
        Principal axes, scaled so that the projections have unit variance on average.
    network : Network
        Predicts the velocity from a noisy projection and its time.
    losses : ndarray of float64, shape (steps,)
        Mean squared error of each training step.
    """

    settings: PCADiffusion
    size: tuple[int, int]
    mean: Field
    axes: Field
    network: Network
    losses: Field

    def sample(self, n: int, *, seed: int = 0) -> NDArray[np.uint8]:
        """Generate images.

        Parameters
        ----------
        n : int
            How many.
        seed : int
            Seeds the noise that the images are made from.

        Returns
        -------
        ndarray of uint8, shape (n, height, width)
            Grey values 0 to 255.
        """
        state = np.random.default_rng(seed).standard_normal((n, len(self.axes)))
        times = np.linspace(1.0, 0.0, self.settings.sampling_steps + 1)
        for now, then in pairwise(times):
            velocity = self.network(_with_time(state, np.full(n, now)))
            signal, spread = _schedule(now)
            clean, noise = signal * state - spread * velocity, spread * state + signal * velocity
            signal, spread = _schedule(then)
            state = signal * clean + spread * noise
        grey = 255.0 * (self.mean + state @ self.axes)
        return np.clip(np.rint(grey), 0.0, 255.0).astype(np.uint8).reshape(n, *self.size)


def _project(pixels: NDArray[np.uint8], components: int) -> tuple[Field, Field, Field]:
    """Return mean image, scaled principal axes, and the images' projections on them."""
    from sklearn.decomposition import PCA

    rows = pixels.reshape(len(pixels), -1) / 255.0
    if len(rows) < 2 or np.all(rows == rows[0]):
        raise ImageError("a generator is trained on at least two different images")
    pca = PCA(min(components, *rows.shape), svd_solver="full").fit(rows)
    variance = pca.explained_variance_
    axes = pca.components_[variance > 1e-9 * variance[0]]
    codes = (rows - pca.mean_) @ axes.T
    scale = np.sqrt(np.mean(codes**2))
    return pca.mean_, axes * scale, codes / scale


def _schedule(time: float | Field) -> tuple[Field, Field]:
    """Return the shares of signal and noise at `time`, 0 (all signal) to 1 (all noise)."""
    angle = np.asarray(0.5 * np.pi * time)
    return np.cos(angle), np.sin(angle)


def _with_time(state: Field, time: Field) -> Field:
    """Append sines and cosines of the time to each noisy projection."""
    angles = 0.5 * np.pi * time[:, None] * FREQUENCIES
    return np.hstack([state, np.sin(angles), np.cos(angles)])
