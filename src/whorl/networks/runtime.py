"""Where and how torch computes: device, threads, precision, random numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from whorl.compute import available_cores, current
from whorl.extras import imported
from whorl.similarity.devices import usable_device

if TYPE_CHECKING:
    import torch
    from torch import nn

EXTRA = "deep"
WHAT = "this method"


def device() -> torch.device:
    """Return the device that :func:`whorl.compute.computing` set.

    Raises
    ------
    NeedError
        If torch is not installed.
    WhorlError
        If the device is not available.
    """
    ready()
    return usable_device(current().device)


def ready() -> Any:
    """Return torch."""
    return imported("torch", EXTRA, WHAT)


@contextmanager
def torch_threads() -> Iterator[None]:
    """Let torch compute on the threads that :func:`whorl.compute.computing` set."""
    torch = ready()
    before = torch.get_num_threads()
    torch.set_num_threads(current().threads or available_cores())
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def seeded(*seeds: int) -> Iterator[np.random.Generator]:
    """Seed torch within the block, and yield a NumPy generator; what was before comes back after.

    Parameters
    ----------
    *seeds : int
        At least 0 each; the same ones give the same random numbers.

    Examples
    --------
    >>> with seeded(1, 2) as rng:
    ...     first = ready().rand(2), rng.random()
    >>> with seeded(1, 2) as rng:
    ...     second = ready().rand(2), rng.random()
    >>> bool((first[0] == second[0]).all()), first[1] == second[1]
    (True, True)
    """
    torch = ready()
    sequence = np.random.SeedSequence(seeds)
    with torch.random.fork_rng():
        torch.manual_seed(int(sequence.generate_state(1, np.uint32)[0]))
        yield np.random.default_rng(sequence)


def mixed_precision(place: torch.device) -> AbstractContextManager[Any]:
    """Compute in bfloat16 where that is safe, on a GPU; in full precision on a CPU."""
    if place.type == "cpu":
        return nullcontext()
    context: AbstractContextManager[Any] = ready().autocast(place.type, ready().bfloat16)
    return context


def arrays_of(network: nn.Module) -> dict[str, NDArray[Any]]:
    """Return copies of a network's weights and buffers by their names."""
    return {
        name: tensor.detach().cpu().numpy().copy() for name, tensor in network.state_dict().items()
    }


def load_arrays(network: nn.Module, arrays: dict[str, NDArray[Any]]) -> None:
    """Set a network's weights and buffers, all of them.

    Raises
    ------
    RuntimeError
        If names or shapes are not the network's.
    """
    torch = ready()
    network.load_state_dict({name: torch.tensor(array) for name, array in arrays.items()})


def computed_in_batches(
    network: nn.Module, inputs: NDArray[Any], *, batch: int = 64
) -> NDArray[np.float32]:
    """Return what a network makes of inputs, batch by batch, in evaluation mode.

    Parameters
    ----------
    network : torch.nn.Module
        Takes and returns one tensor; it is on any device, and stays there.
    inputs : ndarray, shape (n, …)
        At least one, of a type that the network takes; read batch by batch.
    batch : int
        Inputs computed at once: what bounds the memory.

    Returns
    -------
    ndarray of float32, shape (n, …)
    """
    torch = ready()
    place = next(network.parameters()).device
    network.eval()
    with torch_threads(), torch.inference_mode(), mixed_precision(place):
        parts = [
            network(torch.tensor(inputs[first : first + batch], device=place)).float().cpu().numpy()
            for first in range(0, len(inputs), batch)
        ]
    return np.concatenate(parts)
