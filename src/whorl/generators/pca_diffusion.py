"""Denoising diffusion on principal components: a generator that trains in seconds on a CPU."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.generators.base import Generator, State, TrainedGenerator, Training
from whorl.generators.networks.perceptron import Adam, Network
from whorl.generators.projections import (
    FREQUENCIES,
    Basis,
    Field,
    gaussian_velocity,
    projected,
    schedule,
    with_time,
)

WARM_UP_STEPS = 100
AVERAGING = 0.995
FOR_REAL_IMAGES: Mapping[str, int] = {
    "components": 100,
    "width": 512,
    "steps": 5000,
    "batch": 64,
}


@dataclass(frozen=True)
class PCADiffusion(Generator):
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
    gaussian : bool
        Whether the network only adds to the velocity that would be best were the projections
        independent and Gaussian. With many components it then learns far faster.

    Notes
    -----
    Where the network has not learned how projections depend on each other, samples are draws from
    a Gaussian, which look streaky. So for real images it takes few components, a wide network and
    many steps: as the presets say. It computes on a CPU, whatever the device.

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
    batch: int = 128
    learning_rate: float = 1e-3
    sampling_steps: int = 50
    gaussian: bool = True

    kind: ClassVar[str] = "pca-diffusion"
    libraries: ClassVar[tuple[str, ...]] = ("scikit-learn",)
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "cpu": FOR_REAL_IMAGES,
        "gpu": FOR_REAL_IMAGES,
    }

    def start(self, pixels: NDArray[np.uint8], seed: int) -> PCATraining:
        """Prepare training on images."""
        rng = np.random.default_rng(seed)
        basis = projected(pixels, self.components)
        kept = basis.codes.shape[1]
        widths = [kept + 2 * len(FREQUENCIES), *[self.width] * self.depth, kept]
        return PCATraining(self, basis, Network.initial(widths, rng), rng)

    def resume(self, pixels: NDArray[np.uint8], state: State) -> PCATraining:  # noqa: ARG002
        """Return the training that gave `state`."""
        arrays, values = state
        layers = range(self.depth + 1)
        height, width = values["size"]
        basis = Basis((height, width), arrays["mean"], arrays["axes"], arrays["codes"])
        rng = np.random.default_rng()
        rng.bit_generator.state = values["random"]
        network = Network(tuple(arrays[f"weight_{i}"].copy() for i in layers))
        training = PCATraining(self, basis, network, rng)
        for i in layers:
            training.average.weights[i][:] = arrays[f"average_{i}"]
            training.adam.means[i][:] = arrays[f"adam_mean_{i}"]
            training.adam.squares[i][:] = arrays[f"adam_square_{i}"]
        training.adam.steps = values["steps"]
        training.losses = arrays["losses"].tolist()
        return training

    def restored(self, state: State) -> TrainedPCADiffusion:
        """Return the trained generator that gave `state`."""
        arrays, values = state
        height, width = values["size"]
        _require_shapes(arrays, height * width, self)
        return TrainedPCADiffusion(
            self,
            (height, width),
            arrays["mean"],
            arrays["axes"],
            arrays["variances"],
            Network(tuple(arrays[f"weight_{i}"] for i in range(self.depth + 1))),
            arrays["losses"],
        )


class PCATraining(Training):
    """Training of the network that takes noise from projections.

    Attributes
    ----------
    average : Network
        The running average of the network's weights, which is what is sampled.
    """

    def __init__(
        self, settings: PCADiffusion, basis: Basis, network: Network, rng: np.random.Generator
    ) -> None:
        self.settings, self.basis, self.network, self.rng = settings, basis, network, rng
        self.adam = Adam(network.weights)
        self.average = Network(tuple(weight.copy() for weight in network.weights))
        self.losses: list[float] = []
        self.total = settings.steps

    def step(self) -> None:
        """Do one step of gradient descent."""
        step = len(self.losses)
        warm_up = min(1.0, (step + 1) / WARM_UP_STEPS)
        decay = 0.5 + 0.5 * np.cos(np.pi * step / self.total)
        with _one_thread():
            inputs, velocity = self._batch()
            loss, gradients = self.network.loss_and_gradients(inputs, velocity)
            self.adam.step(gradients, self.settings.learning_rate * warm_up * decay)
        keep = min(AVERAGING, step / (step + 10))
        for mean, weight in zip(self.average.weights, self.network.weights, strict=True):
            mean += (1.0 - keep) * (weight - mean)
        self.losses.append(loss)

    def state(self) -> State:
        """Return what resuming needs."""
        parts = {
            "weight": self.network.weights,
            "average": self.average.weights,
            "adam_mean": self.adam.means,
            "adam_square": self.adam.squares,
        }
        arrays = {f"{name}_{i}": w for name, ws in parts.items() for i, w in enumerate(ws)}
        arrays |= {"mean": self.basis.mean, "axes": self.basis.axes, "codes": self.basis.codes}
        arrays["losses"] = np.array(self.losses)
        values = {
            "size": list(self.basis.size),
            "steps": self.adam.steps,
            "random": self.rng.bit_generator.state,
        }
        return State(arrays, values)

    def trained(self) -> TrainedPCADiffusion:
        """Return the generator as it stands now."""
        average = Network(tuple(weight.copy() for weight in self.average.weights))
        size, mean, axes, _ = self.basis
        variances, losses = self.basis.variances, np.array(self.losses)
        return TrainedPCADiffusion(self.settings, size, mean, axes, variances, average, losses)

    def _batch(self) -> tuple[Field, Field]:
        """Return a batch of noisy projections with their times, and the velocities to predict."""
        n, codes, rng = self.settings.batch, self.basis.codes, self.rng
        clean = codes[rng.integers(len(codes), size=n)]
        noise = rng.standard_normal(clean.shape)
        time = (np.arange(n) + rng.random(n)) / n
        signal, spread = schedule(time[:, None])
        noisy, velocity = signal * clean + spread * noise, signal * noise - spread * clean
        if self.settings.gaussian:
            velocity = velocity - gaussian_velocity(noisy, signal, spread, self.basis.variances)
        return with_time(noisy, time), velocity


@dataclass(frozen=True, eq=False)
class TrainedPCADiffusion(TrainedGenerator):
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
    variances : ndarray of float64, shape (components,)
        Of the projections.
    network : Network
        Predicts the velocity from a noisy projection and its time.
    losses : ndarray of float64, shape (steps,)
        Mean squared error of each training step.
    """

    settings: PCADiffusion
    size: tuple[int, int]
    mean: Field
    axes: Field
    variances: Field
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
        with _one_thread():
            projections = self._projections(n, np.random.default_rng(seed))
            grey = 255.0 * (self.mean + projections @ self.axes)
        return np.clip(np.rint(grey), 0.0, 255.0).astype(np.uint8).reshape(n, *self.size)

    def _projections(self, n: int, rng: np.random.Generator) -> Field:
        """Return projections of new images, made from noise step by step."""
        state = rng.standard_normal((n, len(self.axes)))
        times = np.linspace(1.0, 0.0, self.settings.sampling_steps + 1)
        for now, then in pairwise(times):
            velocity = self.network(with_time(state, np.full(n, now)))
            signal, spread = schedule(now)
            if self.settings.gaussian:
                velocity = velocity + gaussian_velocity(state, signal, spread, self.variances)
            clean, noise = signal * state - spread * velocity, spread * state + signal * velocity
            signal, spread = schedule(then)
            state = signal * clean + spread * noise
        return state

    def state(self) -> State:
        """Return what restoring needs."""
        arrays = {f"weight_{i}": weight for i, weight in enumerate(self.network.weights)}
        arrays |= {"mean": self.mean, "axes": self.axes, "variances": self.variances}
        arrays["losses"] = self.losses
        return State(arrays, {"size": list(self.size)})


def _require_shapes(
    arrays: Mapping[str, NDArray[Any]], pixels: int, settings: PCADiffusion
) -> None:
    """Raise an error unless arrays have the shapes and the type of a trained generator's.

    Raises
    ------
    KeyError, ValueError
        Naming the array at fault.
    """
    if len(arrays) != settings.depth + 5:
        raise ValueError(f"{len(arrays)} arrays are not those of {settings.depth} hidden layers")
    kept = len(arrays["variances"]) if arrays["variances"].ndim == 1 else 0
    widths = [kept + 2 * len(FREQUENCIES), *[settings.width] * settings.depth, kept]
    layers = [(before + 1, after) for before, after in pairwise(widths)]
    wanted: dict[str, tuple[int, ...]] = {f"weight_{i}": layer for i, layer in enumerate(layers)}
    wanted |= {"mean": (pixels,), "axes": (kept, pixels), "variances": (kept,)}
    wanted |= {"losses": (settings.steps,)}
    if set(arrays) != set(wanted):
        raise ValueError(f"expected the arrays {', '.join(sorted(wanted))}")
    for name, shape in wanted.items():
        if arrays[name].shape != shape or arrays[name].dtype != np.float64 or 0 in shape:
            raise ValueError(f"{name} is {arrays[name].dtype} of shape {arrays[name].shape}")


def _one_thread() -> AbstractContextManager[Any]:
    """Keep matrix products on one thread within the block.

    They are small, threads that wait for a busy core cost more than they give, and the last digits
    are then the same whatever the machine.
    """
    limit: AbstractContextManager[Any] = _libraries().limit(limits=1, user_api="blas")
    return limit


@cache
def _libraries() -> Any:
    """Return what sets the threads of the libraries that NumPy computes with."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
