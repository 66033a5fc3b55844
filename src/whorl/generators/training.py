"""What the generators made of neural networks share: training them, keeping them, sampling them."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from whorl.errors import ImageError, WhorlError
from whorl.extras import imported
from whorl.generators.base import (
    Generator,
    Pixels,
    State,
    TrainedGenerator,
    Training,
    require_two_different,
)
from whorl.networks.runtime import (
    arrays_of,
    device,
    load_arrays,
    mixed_precision,
    ready,
    torch_threads,
)
from whorl.networks.trainer import below

if TYPE_CHECKING:
    import torch
    from torch import nn

    from whorl.networks.trainer import Trainer

WARM_UP_STEPS = 100
EXTRA = "generate"


@dataclass(frozen=True)
class NetworkGenerator(Generator):
    """A kind of generator that is made of neural networks."""

    libraries: ClassVar[tuple[str, ...]] = ("torch",)

    @abstractmethod
    def multiple(self, size: tuple[int, int]) -> int:
        """Return what the sides of images of about this size must be multiples of, in pixels."""

    @abstractmethod
    def restored(self, state: State) -> TrainedNetworks:
        """Return the trained generator that gave `state`."""

    def require_usable(self, pixels: Pixels) -> None:
        """Raise an error unless the networks can be trained on these images.

        Raises
        ------
        NeedError
            If a library is not installed.
        ImageError
            If no two images differ, or a side is not the multiple that the networks need.
        """
        for library in self.libraries:
            imported(library, EXTRA, self.kind)
        require_two_different(pixels)
        height, width = pixels.shape[1:]
        multiple = self.multiple((height, width))
        if height % multiple or width % multiple:
            near = max(round(max(height, width) / multiple), 1) * multiple
            raise ImageError(
                f"{self.kind}: with these settings the sides of its images must be multiples of "
                f"{multiple} pixels, and these are {width}×{height}: --size {near} resizes them"
            )

    def resume(self, pixels: Pixels, state: State) -> Training:
        """Return the training that gave `state`, on the same images."""
        training = self.start(pixels, int(state.values["seed"]))
        assert isinstance(training, NetworkTraining)  # noqa: S101
        training.load(state)
        return training


class NetworkTraining(Training):
    """Training of one network or more, each in the hands of a trainer.

    Parameters
    ----------
    settings : NetworkGenerator
        The hyper-parameters.
    pixels : ndarray of uint8, shape (n, height, width)
        The training images.
    seed : int
        Seeds the first weights, the batches and their noise.

    Attributes
    ----------
    trainers : mapping of str to Trainer
        By the name of what each trains.
    """

    trainers: Mapping[str, Trainer]

    def __init__(self, settings: NetworkGenerator, pixels: Pixels, seed: int) -> None:
        settings.require_usable(pixels)
        self.settings, self.pixels, self.seed = settings, pixels, seed
        self.place = device()
        self.device = str(self.place)
        self.losses = []
        self.total = settings.steps

    @abstractmethod
    def advance(self) -> float:
        """Let the trainers do a step, and return its loss."""

    @abstractmethod
    def outcome(self) -> tuple[Mapping[str, nn.Module], dict[str, Any]]:
        """Return the networks that are sampled, and what else sampling needs to know."""

    def step(self) -> None:
        """Do one step of training."""
        with torch_threads(), memory_explained(self.place):
            self.losses.append(self.advance())

    def batch(self, rng: np.random.Generator) -> torch.Tensor:
        """Return training images drawn at random, with replacement, as :func:`signed` does."""
        rows = rng.integers(len(self.pixels), size=self.settings.batch)
        return signed(self.pixels[rows], self.place)

    def state(self) -> State:
        """Return what resuming needs; random numbers are drawn anew in every step."""
        arrays = {
            f"{name}/{key}": array
            for name, trainer in self.trainers.items()
            for key, array in trainer.state().items()
        }
        return State(arrays | {"losses": np.array(self.losses)}, {"seed": self.seed})

    def load(self, state: State) -> None:
        """Go on from what :meth:`state` returned."""
        for name, trainer in self.trainers.items():
            trainer.load(below(f"{name}/", state.arrays))
        self.losses = state.arrays["losses"].tolist()

    def trained(self) -> TrainedNetworks:
        """Return the generator as it stands now."""
        networks, values = self.outcome()
        arrays = {
            f"{name}/{key}": array
            for name, network in networks.items()
            for key, array in arrays_of(network).items()
        }
        return self.settings.restored(State(arrays, {**values, "size": [*self.pixels.shape[1:]]}))


class TrainedNetworks(TrainedGenerator):
    """A trained generator that is made of neural networks.

    Parameters
    ----------
    settings : NetworkGenerator
        The hyper-parameters it was trained with.
    build : callable
        Returns networks by name, with any weights: those of `state` are put in.
    state : State
        What :meth:`state` returned, of this or another object.

    Raises
    ------
    ValueError
        If `state` holds arrays of other names, shapes or types than the networks', which are then
        not made.
    """

    def __init__(
        self,
        settings: NetworkGenerator,
        build: Callable[[], Mapping[str, nn.Module]],
        state: State,
    ) -> None:
        height, width = state.values["size"]
        multiple = settings.multiple((height, width))
        if height % multiple or width % multiple:
            raise ValueError(f"images of {width}×{height} are none that its networks make")
        _require_shapes(build, state)
        self.settings, self.size = settings, (height, width)
        self.values, self.place = dict(state.values), device()
        self.networks = {}
        for name, network in build().items():
            load_arrays(network, below(f"{name}/", state.arrays))
            self.networks[name] = network.to(self.place).eval().requires_grad_(False)

    @abstractmethod
    def draw(self, n: int, rng: np.random.Generator) -> torch.Tensor:
        """Return n images as :func:`signed` does, all that is random drawn from `rng`."""

    def sample(self, n: int, *, seed: int = 0) -> Pixels:
        """Generate images; the same seed gives the same ones."""
        rng = np.random.default_rng(seed)
        with (
            torch_threads(),
            memory_explained(self.place),
            ready().inference_mode(),
            mixed_precision(self.place),
        ):
            return grey(self.draw(n, rng))

    def noise(self, rng: np.random.Generator, *shape: int) -> torch.Tensor:
        """Return standard normal numbers, the same on every device."""
        drawn = rng.standard_normal(shape, dtype=np.float32)
        return ready().from_numpy(drawn).to(self.place)  # type: ignore[no-any-return]

    def state(self) -> State:
        """Return what restoring needs."""
        arrays = {
            f"{name}/{key}": array
            for name, network in self.networks.items()
            for key, array in arrays_of(network).items()
        }
        return State(arrays, self.values)


def _require_shapes(build: Callable[[], Mapping[str, nn.Module]], state: State) -> None:
    """Raise an error unless a state's arrays are the networks', without making these in memory.

    Raises
    ------
    ValueError
        Naming an array at fault.
    """
    with ready().device("meta"):  # shapes alone
        wanted = {
            f"{name}/{key}": (tuple(tensor.shape), str(tensor.dtype).removeprefix("torch."))
            for name, network in build().items()
            for key, tensor in network.state_dict().items()
        }
    found = {name: (array.shape, array.dtype.name) for name, array in state.arrays.items()}
    if found != wanted:
        other = sorted(name for name, _ in found.items() ^ wanted.items())
        raise ValueError(f"{other[0]} is another array than its networks have")


def signed(pixels: Pixels, place: torch.device) -> torch.Tensor:
    """Return images as float32 between -1 and 1, shape (n, 1, height, width), on a device."""
    tensor = ready().from_numpy(np.asarray(pixels, np.float32)[:, None] / 127.5 - 1.0)
    return tensor.to(place)  # type: ignore[no-any-return]


def grey(images: torch.Tensor) -> Pixels:
    """Return what :func:`signed` made of images, or networks like it, as grey values."""
    values = images[:, 0].float().cpu().numpy()
    return np.asarray(np.clip(np.rint((values + 1.0) * 127.5), 0.0, 255.0), np.uint8)


def rising_then_falling(highest: float, steps: int) -> Callable[[int], float]:
    """Return the learning rate of each step: up in a line, then down as a cosine.

    Examples
    --------
    >>> rate = rising_then_falling(0.1, 1000)
    >>> f"{rate(0):.3f} {rate(99):.3f} {rate(500):.3f} {rate(999):.3f}"
    '0.001 0.098 0.050 0.000'
    """
    return lambda step: (
        highest
        * min(1.0, (step + 1) / WARM_UP_STEPS)
        * (0.5 + 0.5 * math.cos(math.pi * step / steps))
    )


def stage_seed(seed: int, stage: int) -> int:
    """Return the seed of a stage of training: other random numbers than the other stages'."""
    return int(np.random.SeedSequence((seed, stage)).generate_state(1, np.uint32)[0])


@contextmanager
def memory_explained(place: torch.device) -> Iterator[None]:
    """Say what to do where memory runs out within the block.

    Raises
    ------
    WhorlError
        Naming the options that need less memory.
    """
    try:
        yield
    except (MemoryError, ready().OutOfMemoryError) as error:
        raise out_of_memory(place) from error
    except RuntimeError as error:
        if "DefaultCPUAllocator" not in str(error):
            raise
        raise out_of_memory(place) from error


def out_of_memory(place: torch.device) -> WhorlError:
    """Return the error that names the options that need less memory."""
    return WhorlError(
        f"the memory of {place} is too small for this generator: choose smaller networks with "
        "--preset cpu, smaller images with --size, or fewer images in a step with --batch"
    )
