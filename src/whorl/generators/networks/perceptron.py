"""A small fully connected network, its gradients and its optimiser, in plain NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Network:
    """Fully connected layers, SiLU between them; a layer that keeps the width adds to its input.

    Attributes
    ----------
    weights : tuple of ndarray of float64
        One matrix of shape (inputs + 1, outputs) for each layer; its last row is the bias.

    Examples
    --------
    >>> network = Network.initial([3, 8, 8, 2], np.random.default_rng(0))
    >>> network(np.ones((5, 3))).shape
    (5, 2)
    """

    weights: tuple[Field, ...]

    @classmethod
    def initial(cls, widths: Sequence[int], rng: np.random.Generator) -> Network:
        """Return an untrained network: He's normal weights, the last layer zero."""
        weights = [
            rng.normal(0.0, np.sqrt(2.0 / (inputs + 1)), (inputs + 1, outputs))
            for inputs, outputs in pairwise(widths)
        ]
        weights[-1][:] = 0.0
        return cls(tuple(weights))

    def __call__(self, inputs: Field) -> Field:
        """Return the outputs, shape (n, outputs), for `inputs` of shape (n, inputs)."""
        return self._forward(inputs)[0]

    def loss_and_gradients(self, inputs: Field, targets: Field) -> tuple[float, tuple[Field, ...]]:
        """Return the mean squared error against `targets`, and its gradient for each matrix."""
        outputs, entering, before = self._forward(inputs)
        error = outputs - targets
        flow = 2.0 * error / error.size
        gradients = [entering[-1].T @ flow]
        flow = flow @ self.weights[-1][:-1].T
        hidden = zip(self.weights[:-1], entering[:-1], before, strict=True)
        for weight, inward, linear in reversed(list(hidden)):
            gate = _sigmoid(linear)
            local = flow * gate * (1.0 + linear * (1.0 - gate))
            gradients.append(inward.T @ local)
            flow = local @ weight[:-1].T + (flow if _keeps_width(weight) else 0.0)
        return float(np.mean(error**2)), tuple(reversed(gradients))

    def _forward(self, inputs: Field) -> tuple[Field, list[Field], list[Field]]:
        """Return the outputs, what entered each layer, and the hidden layers' linear parts."""
        ones = np.ones((len(inputs), 1))
        values, entering, before = inputs, [np.hstack([inputs, ones])], []
        for weight in self.weights[:-1]:
            linear = entering[-1] @ weight
            silu = linear * _sigmoid(linear)
            values = values + silu if _keeps_width(weight) else silu
            before.append(linear)
            entering.append(np.hstack([values, ones]))
        return entering[-1] @ self.weights[-1], entering, before


class Adam:
    """Adam (Kingma and Ba 2015, algorithm 1), changing the weights in place.

    Parameters
    ----------
    weights : tuple of ndarray of float64
        The arrays to be trained.
    """

    def __init__(self, weights: tuple[Field, ...]) -> None:
        self.weights = weights
        self.means = [np.zeros_like(w) for w in weights]
        self.squares = [np.zeros_like(w) for w in weights]
        self.steps = 0

    def step(self, gradients: tuple[Field, ...], rate: float) -> None:
        """Take one step of learning rate `rate` against the gradients."""
        self.steps += 1
        first, second = 1.0 - 0.9**self.steps, 1.0 - 0.999**self.steps
        states = zip(self.weights, self.means, self.squares, gradients, strict=True)
        for weight, mean, square, gradient in states:
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient**2 - square)
            weight -= rate * (mean / first) / (np.sqrt(square / second) + 1e-8)


def _keeps_width(weight: Field) -> bool:
    """Say whether a layer gives as many values as it takes."""
    inputs, outputs = weight.shape
    return bool(inputs == outputs + 1)


def _sigmoid(values: Field) -> Field:
    """Return the logistic function of `values`."""
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * values))
