"""One step of gradient descent after the other, so that a training can stop and go on anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from whorl.networks.runtime import arrays_of, load_arrays, mixed_precision, ready, seeded

if TYPE_CHECKING:
    import torch
    from torch import nn, optim

Loss = Callable[[np.random.Generator], "torch.Tensor"]
"""Computes the loss of one step; what is random in it is drawn from the generator, or by torch."""


class Trainer:
    """A network, its optimiser and, if wanted, the running average of its weights.

    Random numbers are seeded anew for each step from the seed and the step's number. So nothing
    but weights, optimiser and losses need be kept, and a training that is resumed from them ends,
    bit for bit on a CPU with as many threads, as one without interruption.

    Parameters
    ----------
    network : torch.nn.Module
        What is trained; it is on the device where it is to be trained.
    optimiser : optim.Optimizer
        Of the network's parameters.
    seed : int
        Seeds every step.
    averaging : float or None
        How much of the running average stays in each step; None keeps no average.
    rate : callable or None
        ``rate(step)``: the learning rate of each step, from 0; None leaves the optimiser's own.

    Attributes
    ----------
    losses : list of float
        The loss of each step done.
    whole : bool
        False while the weights are being changed: a state taken then would be of no use.
    """

    def __init__(
        self,
        network: nn.Module,
        optimiser: optim.Optimizer,
        *,
        seed: int,
        averaging: float | None = None,
        rate: Callable[[int], float] | None = None,
    ) -> None:
        self.network, self.optimiser = network, optimiser
        self.seed, self.averaging, self.rate = seed, averaging, rate
        self.average = None if averaging is None else deepcopy(network).requires_grad_(False)
        self.losses: list[float] = []
        self.whole = True

    def step(self, loss: Loss) -> float:
        """Do one step against the gradient of a loss, and return the loss."""
        self.network.train()
        step = len(self.losses)
        if self.rate is not None:
            for group in self.optimiser.param_groups:
                group["lr"] = self.rate(step)
        place = next(self.network.parameters()).device
        with seeded(self.seed, step) as rng:
            self.optimiser.zero_grad(set_to_none=True)
            with mixed_precision(place):
                value = loss(rng)
            value.backward()  # type: ignore[no-untyped-call]
        self.whole = False
        self.optimiser.step()
        self._follow(step)
        self.losses.append(float(value.detach()))
        self.whole = True
        return self.losses[-1]

    def state(self) -> dict[str, NDArray[Any]]:
        """Return copies of all that resuming needs."""
        arrays = {f"network.{name}": array for name, array in arrays_of(self.network).items()}
        if self.average is not None:
            arrays |= {f"average.{name}": array for name, array in arrays_of(self.average).items()}
        for number, values in self.optimiser.state_dict()["state"].items():
            for name, tensor in values.items():
                arrays[f"optimiser.{number}.{name}"] = tensor.cpu().numpy().copy()
        return arrays | {"losses": np.array(self.losses, np.float64)}

    def load(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Go on from what :meth:`state` returned of a trainer made in the same way.

        Raises
        ------
        KeyError, ValueError, TypeError, RuntimeError
            If it is the state of another trainer.
        """
        torch = ready()
        load_arrays(self.network, below("network.", arrays))
        if self.average is not None:
            load_arrays(self.average, below("average.", arrays))
        slots: dict[int, dict[str, Any]] = {}
        for name, array in below("optimiser.", arrays).items():
            number, of = name.split(".", 1)
            slots.setdefault(int(number), {})[of] = torch.tensor(array)
        whole = self.optimiser.state_dict()
        self.optimiser.load_state_dict({"state": slots, "param_groups": whole["param_groups"]})
        for parameter, values in self.optimiser.state.items():
            if any(v.ndim and v.shape != parameter.shape for v in values.values()):
                raise ValueError("the optimiser's state is of another shape")
        self.losses = arrays["losses"].tolist()

    def _follow(self, step: int) -> None:
        """Draw the running average towards the weights; faster in the first steps."""
        if self.average is None or self.averaging is None:
            return
        keep = min(self.averaging, (step + 1) / (step + 11))
        tensors = zip(
            self.average.state_dict().values(), self.network.state_dict().values(), strict=True
        )
        for mean, tensor in tensors:
            if mean.is_floating_point():
                mean.lerp_(tensor.detach(), 1.0 - keep)
            else:
                mean.copy_(tensor)


def below(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the arrays whose names begin so, without that beginning."""
    return {
        name.removeprefix(prefix): array
        for name, array in arrays.items()
        if name.startswith(prefix)
    }
