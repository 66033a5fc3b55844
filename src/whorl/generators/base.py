"""What a generator is: hyper-parameters that train on images, and what they become."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.progress import track

Pixels = NDArray[np.uint8]


class State(NamedTuple):
    """All that must be kept of a training or of a trained generator.

    Attributes
    ----------
    arrays : mapping of str to ndarray
        Weights and other arrays.
    values : mapping of str to object
        The rest, as plain values for JSON.
    """

    arrays: Mapping[str, NDArray[Any]]
    values: Mapping[str, Any]


class TrainedGenerator(ABC):
    """A generator that can be sampled.

    Attributes
    ----------
    settings : Generator
        The hyper-parameters it was trained with.
    size : tuple of int
        Height and width in pixels of what it makes.
    """

    settings: Generator
    size: tuple[int, int]

    @abstractmethod
    def sample(self, n: int, *, seed: int = 0) -> Pixels:
        """Generate images; the same seed gives the same ones.

        Parameters
        ----------
        n : int
            How many.
        seed : int
            Seeds every random draw.

        Returns
        -------
        ndarray of uint8, shape (n, height, width)
            Grey values 0 to 255.
        """

    @abstractmethod
    def state(self) -> State:
        """Return what :meth:`Generator.restored` needs to make this generator again."""


class Training(ABC):
    """A generator in the course of training.

    Attributes
    ----------
    losses : list of float
        The loss of each step done.
    total : int
        Steps in all.
    stages : tuple of (str, int)
        What is trained one after the other, each with its steps; empty where it is one thing.
    device : str
        Where it computes, as torch names it.
    """

    losses: list[float]
    total: int
    stages: tuple[tuple[str, int], ...] = ()
    device: str = "cpu"

    @abstractmethod
    def step(self) -> None:
        """Do one step of training and add its loss to `losses`."""

    @abstractmethod
    def state(self) -> State:
        """Return what :meth:`Generator.resume` needs to go on as if never interrupted.

        Weights, their running average, the optimiser's state and that of the random numbers.
        """

    @abstractmethod
    def trained(self) -> TrainedGenerator:
        """Return the generator as it stands now; further steps do not change it."""

    def preview(self, n: int) -> Pixels:
        """Return n images that show how far the training is: samples, if it can be sampled."""
        return self.trained().sample(n, seed=0)


@dataclass(frozen=True)
class Generator(ABC):
    """A kind of generator. Subclasses are frozen dataclasses of plain hyper-parameters.

    Attributes
    ----------
    kind : str
        Its name on the command line.
    libraries : tuple of str
        What it computes with, beside NumPy: the card tells their versions.
    presets : mapping of str to mapping
        Hyper-parameters that differ from the defaults, for a "cpu" and for a "gpu".
    steps : int
        Steps of training.
    batch : int
        Images in a step.
    """

    steps: int = 4000
    batch: int = 128

    kind: ClassVar[str]
    libraries: ClassVar[tuple[str, ...]]
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"cpu": {}, "gpu": {}}

    @classmethod
    def preset(cls, name: str) -> Self:
        """Return the hyper-parameters for a "cpu" or a "gpu"."""
        return cls(**cls.presets[name])

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Self:
        """Return the hyper-parameters that :meth:`to_dict` gave.

        Raises
        ------
        TypeError
            If they are not this kind's.
        """
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in settings.items()
        }
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return the hyper-parameters as plain values for JSON."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}

    @abstractmethod
    def start(self, pixels: Pixels, seed: int) -> Training:
        """Prepare training on images, shape (n, height, width)."""

    @abstractmethod
    def resume(self, pixels: Pixels, state: State) -> Training:
        """Return the training that gave `state`, on the same images."""

    @abstractmethod
    def restored(self, state: State) -> TrainedGenerator:
        """Return the trained generator that gave `state`."""

    def train(self, pixels: Pixels, *, seed: int = 0) -> TrainedGenerator:
        """Train on images; those that stand there several times weigh as much more.

        Parameters
        ----------
        pixels : ndarray of uint8, shape (n, height, width)
            Training images.
        seed : int
            Seeds the first weights, the batches and their noise.

        Returns
        -------
        TrainedGenerator
            A generator to be sampled.

        Raises
        ------
        ImageError
            If there are no two different training images.
        """
        training = self.start(pixels, seed)
        for _ in steps_of(training):
            pass
        return training.trained()


def steps_of(training: Training) -> Iterator[int]:
    """Do the steps that are left, one by one; yield how many are done.

    Every stage has a progress bar of its own, as its steps take their own time.
    """
    last = 0
    for stage, steps in training.stages or (("", training.total),):
        first, last = max(last, len(training.losses)) + 1, last + steps
        if first > last:
            continue
        label = f"training the generator: {stage}" if stage else "training the generator"
        with track(label, last + 1 - first) as advance:
            for number in range(first, last + 1):
                training.step()
                advance(1, f"loss {np.mean(training.losses[-50:]):.4g}")
                yield number


def require_two_different(pixels: Pixels) -> None:
    """Raise an error if there are no two different images.

    Raises
    ------
    ImageError
        If all are the same, or there is but one.
    """
    if len(pixels) < 2 or all(np.array_equal(image, pixels[0]) for image in pixels[1:]):
        raise ImageError("a generator is trained on at least two different images")
