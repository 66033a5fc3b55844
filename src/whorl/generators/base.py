"""What a generator is: hyper-parameters that train on images, and what they become."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    """

    losses: list[float]
    total: int

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


@dataclass(frozen=True)
class Generator(ABC):
    """A kind of generator. Subclasses are frozen dataclasses of plain hyper-parameters.

    Attributes
    ----------
    kind : str
        Its name on the command line.
    steps : int
        Steps of training.
    """

    steps: int = 4000

    kind: ClassVar[str]

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
    """Do the steps that are left, one by one, under a progress bar; yield how many are done."""
    done = len(training.losses)
    with track("training the generator", training.total - done) as advance:
        for number in range(done + 1, training.total + 1):
            training.step()
            advance(1, f"loss {np.mean(training.losses[-50:]):.4f}")
            yield number
