"""The training loop: epochs over a set of items, with early stopping, kept in the cache."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from whorl.compute import current
from whorl.extras import imported
from whorl.networks.runtime import EXTRA, arrays_of, load_arrays, ready, seeded, torch_threads
from whorl.networks.trainer import Trainer, below
from whorl.progress import track

if TYPE_CHECKING:
    import torch
    from torch import nn, optim

Rows = NDArray[np.intp]
LossOfItems = Callable[["nn.Module", Rows, np.random.Generator], "torch.Tensor"]
"""Computes the loss of the network on the items at these positions."""
HeldOut = Callable[["nn.Module"], float]
"""Computes the loss of the network on held-out items: what early stopping watches."""
Optimiser = Literal["adam", "sgd"]

SECONDS_BETWEEN_STATES = 60.0
UNFIT = "what the cache holds is not the state of this training; it begins anew"
MOST_TIMES_KEEPING = 20  # so many times as long as keeping a state took, at least, until the next


@dataclass(frozen=True)
class Plan:
    """How long, and in which steps, a network is trained.

    Attributes
    ----------
    epochs : int
        Passes over the items.
    batch : int
        Items in one step; the last step of an epoch may have fewer, though never a single one.
    learning_rate : float
        Of the optimiser.
    optimiser : {"adam", "sgd"}
        Adam, or stochastic gradient descent with momentum.
    betas : tuple of float
        Adam's.
    momentum, weight_decay : float
        Of stochastic gradient descent; the decay is Adam's as well.
    patience : int or None
        Epochs without a better held-out loss after which training stops, and the best weights
        are taken; None trains to the end.

    Raises
    ------
    ValueError
        If there is no such optimiser.
    """

    epochs: int
    batch: int = 32
    learning_rate: float = 1e-4
    optimiser: Optimiser = "adam"
    betas: tuple[float, float] = (0.9, 0.999)
    momentum: float = 0.9
    weight_decay: float = 0.0
    patience: int | None = None

    def __post_init__(self) -> None:
        if self.optimiser not in (known := get_args(Optimiser)):
            raise ValueError(f"no optimiser {self.optimiser!r}: choose {' or '.join(known)}")

    def optimiser_of(self, network: nn.Module) -> optim.Optimizer:
        """Return the optimiser of a network's trainable parameters."""
        torch = ready()
        parameters = [p for p in network.parameters() if p.requires_grad]
        rate, decay = self.learning_rate, self.weight_decay
        made: optim.Optimizer
        if self.optimiser == "adam":
            made = torch.optim.Adam(parameters, rate, self.betas, weight_decay=decay)
        else:
            made = torch.optim.SGD(parameters, rate, self.momentum, weight_decay=decay)
        return made


def trained(
    network: nn.Module,
    loss: LossOfItems,
    items: int,
    plan: Plan,
    *,
    seed: int,
    label: str,
    key: str,
    held_out: HeldOut | None = None,
) -> nn.Module:
    """Train a network in place, and return it in evaluation mode.

    Where a cache is in force, its state is kept there now and then, and when it is interrupted, so
    that it goes on; at the end only the weights are kept, so that it is not done again.

    Parameters
    ----------
    network : torch.nn.Module
        With its first weights, on its device.
    loss : callable
        ``loss(network, rows, rng)``: the loss of some items, by their positions.
    items : int
        How many there are.
    plan : Plan
        How it is trained.
    seed : int
        Seeds the order of the items and all that the loss draws.
    label : str
        What is trained, for the bar of progress.
    key : str
        All that the result depends on beside plan, seed and device: the architecture and its
        first weights, the hashes of the images, and what is done with them.
    held_out : callable or None
        ``held_out(network)``: the loss that early stopping watches; needed where the plan has
        patience.

    Returns
    -------
    torch.nn.Module
        The network.
    """
    place = next(network.parameters()).device
    whole = f"training {key} {plan!r} seed {seed} items {items} on {place.type}"
    trainer = Trainer(network, plan.optimiser_of(network), seed=seed)
    watch = _Watch(None if held_out is None else plan.patience)
    if kept := _kept(whole):
        first = arrays_of(network)
        try:
            if result := below("result.", kept):
                load_arrays(network, result)
                return network.eval()
            watch.load(kept)
            trainer.load(kept)
        except (KeyError, ValueError, TypeError, RuntimeError):
            warnings.warn(f"{label}: {UNFIT}", stacklevel=2)
            load_arrays(network, first)
            trainer = Trainer(network, plan.optimiser_of(network), seed=seed)
            watch = _Watch(watch.patience)
    try:
        _train(trainer, watch, loss, items, plan, held_out, label, whole)
    except BaseException:
        if trainer.whole:
            _keep(trainer.state() | watch.state(), whole)
        raise
    if watch.best is not None:
        load_arrays(network, watch.best)
    _keep({f"result.{name}": array for name, array in arrays_of(network).items()}, whole)
    return network.eval()


def _train(
    trainer: Trainer,
    watch: _Watch,
    loss: LossOfItems,
    items: int,
    plan: Plan,
    held_out: HeldOut | None,
    label: str,
    key: str,
) -> None:
    """Do the steps that are left, and keep the state now and then."""
    network = trainer.network
    with torch_threads(), track(label, plan.epochs * len(_bounds(items, plan.batch))) as advance:
        advance(len(trainer.losses))
        due = time.monotonic() + SECONDS_BETWEEN_STATES
        for rows in _batches(trainer, watch, items, plan, held_out):
            trainer.step(lambda rng, rows=rows: loss(network, rows, rng))  # type: ignore[misc]
            advance(1, f"loss {np.mean(trainer.losses[-50:]):.4g}")
            if (started := time.monotonic()) > due:
                _keep(trainer.state() | watch.state(), key)
                taken = time.monotonic() - started
                due = started + max(SECONDS_BETWEEN_STATES, MOST_TIMES_KEEPING * taken)


class _Watch:
    """The best weights so far, and whether they have been the best for too long."""

    def __init__(self, patience: int | None) -> None:
        self.patience = patience
        self.losses: list[float] = []
        self.best: dict[str, NDArray[Any]] | None = None

    @property
    def over(self) -> bool:
        """Whether training is to stop."""
        if self.patience is None or not self.losses:
            return False
        return len(self.losses) - 1 - int(np.argmin(self.losses)) >= self.patience

    def see(self, loss: float, network: nn.Module) -> None:
        """Take note of the loss after an epoch."""
        if self.patience is not None and (not self.losses or loss < min(self.losses)):
            self.best = arrays_of(network)
        self.losses.append(loss)

    def state(self) -> dict[str, NDArray[Any]]:
        """Return all that resuming needs."""
        arrays = {f"best.{name}": array for name, array in (self.best or {}).items()}
        return arrays | {"watched": np.array(self.losses, np.float64)}

    def load(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Go on from what :meth:`state` returned."""
        self.losses = arrays["watched"].tolist()
        self.best = below("best.", arrays) or None


def _batches(
    trainer: Trainer, watch: _Watch, items: int, plan: Plan, held_out: HeldOut | None
) -> Iterator[Rows]:
    """Yield the positions of each step left; after each epoch, look at the held-out items."""
    bounds = _bounds(items, plan.batch)
    while True:
        epoch, step = divmod(len(trainer.losses), len(bounds))
        if held_out is not None and len(watch.losses) < epoch:
            watch.see(_quietly(held_out, trainer.network), trainer.network)
        if epoch >= plan.epochs or watch.over:
            return
        order = np.random.default_rng((trainer.seed, epoch)).permutation(items)
        for first, stop in bounds[step:]:
            yield order[first:stop]


def _bounds(items: int, batch: int) -> list[tuple[int, int]]:
    """Return where batches begin and end; a last item on its own joins the batch before."""
    starts = list(range(0, items, batch))
    if len(starts) > 1 and items - starts[-1] == 1:
        starts.pop()
    return list(zip(starts, [*starts[1:], items], strict=True))


def _quietly(held_out: HeldOut, network: nn.Module) -> float:
    """Return the held-out loss: in evaluation mode, without gradients."""
    network.eval()
    with ready().no_grad(), seeded(0):
        return held_out(network)


def _keep(arrays: dict[str, NDArray[Any]], key: str) -> None:
    """Put arrays into the cache in force, if there is one."""
    if (cache := current().cache) is not None:
        cache.put(key, np.frombuffer(_safetensors().save(arrays), np.uint8))


def _kept(key: str) -> dict[str, NDArray[Any]]:
    """Return the arrays that the cache in force holds; none if there is nothing."""
    cache = current().cache
    found = None if cache is None else cache.get(key, dtype=np.uint8)
    if found is None:
        return {}
    try:
        return dict(_safetensors().load(found.tobytes()))
    except imported("safetensors", EXTRA, "a training's state").SafetensorError:
        warnings.warn(UNFIT, stacklevel=2)
        return {}


def _safetensors() -> Any:
    """Return the flavour of safetensors that takes NumPy arrays."""
    return imported("safetensors.numpy", EXTRA, "a training's state")
