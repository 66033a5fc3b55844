"""The network's gradients against finite differences, and Adam's steps by hand."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.generators.networks.perceptron import Adam, Network


def test_gradients_agree_with_finite_differences() -> None:
    rng = np.random.default_rng(0)
    network = Network.initial([3, 5, 5, 2], rng)  # the middle layer is residual
    network.weights[-1][:] = rng.normal(size=network.weights[-1].shape)
    inputs, targets = rng.normal(size=(7, 3)), rng.normal(size=(7, 2))
    _, gradients = network.loss_and_gradients(inputs, targets)
    for weight, gradient in zip(network.weights, gradients, strict=True):
        measured = np.empty_like(weight)
        for place in np.ndindex(weight.shape):
            kept, losses = weight[place], []
            for step in (1e-6, -1e-6):
                weight[place] = kept + step
                losses.append(network.loss_and_gradients(inputs, targets)[0])
            weight[place] = kept
            measured[place] = (losses[0] - losses[1]) / 2e-6
        np.testing.assert_allclose(gradient, measured, atol=1e-8)


def test_loss_is_the_mean_squared_error() -> None:
    network = Network((np.array([[1.0, 0.0], [0.0, 2.0], [0.5, 0.0]]),))
    loss, _ = network.loss_and_gradients(np.array([[1.0, 3.0]]), np.array([[0.5, 4.0]]))
    assert loss == pytest.approx((1.0**2 + 2.0**2) / 2)  # outputs 1.5 and 6


def test_an_untrained_network_says_zero() -> None:
    network = Network.initial([4, 6, 6, 3], np.random.default_rng(1))
    assert not network(np.ones((2, 4))).any()


def test_adam_takes_the_steps_of_its_paper() -> None:
    weight = np.array([1.0])
    adam = Adam((weight,))
    adam.step((np.array([2.0]),), 0.1)
    assert weight[0] == pytest.approx(0.9)  # corrected means 2 and 4: a step of the rate itself
    adam.step((np.array([0.0]),), 0.1)
    mean, square = 0.9 * 0.2 / (1 - 0.81), 0.999 * 0.004 / (1 - 0.999**2)
    assert weight[0] == pytest.approx(0.9 - 0.1 * mean / np.sqrt(square))
