"""Attacks each of which breaks the contract in a way of its own, and two that keep it."""

# ruff: noqa: ARG002  # what the slip of one attack leaves unused is its slip

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.methods import Method, Need, Scores
from whorl.methods.supervised import FittedMethod, State, SupervisedMethod, digests_of
from whorl.tasks.view import Development, View

CALLS = count()


def distances(view: View) -> NDArray[np.float64]:
    """Mean absolute differences of candidates from generated images."""
    a, b = (images.pixels.astype(float) for images in (view.candidates, view.generated))
    return np.abs(a[:, None] - b[None]).mean(axis=(2, 3))


@dataclass(frozen=True)
class Sound(Method):
    """Score = minus the distance from the nearest generated image: keeps the contract."""

    def _score(self, view: View, seed: int) -> Scores:
        return Scores(view.candidates.ids, self.values(view, seed))

    def values(self, view: View, seed: int) -> NDArray[np.float64]:
        return -distances(view).min(axis=1)


@dataclass(frozen=True)
class NeedsReference(Sound):
    """Keeps the contract, and needs a reference."""

    own_needs: ClassVar[frozenset[Need]] = frozenset({Need.REFERENCE})


@dataclass(frozen=True)
class Blind(Sound):
    def values(self, view: View, seed: int) -> NDArray[np.float64]:
        return view.candidates.pixels.mean(axis=(1, 2))


@dataclass(frozen=True)
class Constant(Sound):
    def values(self, view: View, seed: int) -> NDArray[np.float64]:
        return np.zeros(len(view.candidates))


@dataclass(frozen=True)
class Rounded(Sound):
    def values(self, view: View, seed: int) -> NDArray[np.float64]:
        return np.sign(super().values(view, seed) + 18)


@dataclass(frozen=True)
class OtherEachTime(Sound):
    def values(self, view: View, seed: int) -> NDArray[np.float64]:
        noise = np.random.default_rng(next(CALLS)).normal(size=len(view.candidates))
        return super().values(view, seed) + 0.01 * noise


@dataclass(frozen=True)
class FirstGenerated(Sound):
    def values(self, view: View, seed: int) -> NDArray[np.float64]:
        return super().values(view, seed) - 0.01 * distances(view)[:, 0]


@dataclass(frozen=True)
class ByName(Sound):
    def values(self, view: View, seed: int) -> NDArray[np.float64]:
        named = [0.001 * int(i.startswith("another")) for i in view.candidates.ids]
        return super().values(view, seed) + named


@dataclass(frozen=True)
class EarlierIsHigher(Sound):
    step: float = 100.0

    def values(self, view: View, seed: int) -> NDArray[np.float64]:
        return super().values(view, seed) - self.step * np.arange(len(view.candidates))


@dataclass(frozen=True)
class KnowsTheLabels(Sound):
    """Draws what the check draws where there are 40 candidates."""

    def values(self, view: View, seed: int) -> NDArray[np.float64]:
        n = len(view.candidates)
        drawn = np.random.default_rng(seed).permutation(n) < n // 2
        return super().values(view, seed) + 100.0 * drawn * (n == 40)


@dataclass(frozen=True)
class WithoutNull(Sound):
    def score(self, view: View, *, seed: int = 0) -> Scores:
        return replace(super().score(view, seed=seed), null=None)


@dataclass(frozen=True)
class SecondNearest(Sound):
    def values(self, view: View, seed: int) -> NDArray[np.float64]:
        return -np.sort(distances(view), axis=1)[:, 1]


@dataclass(frozen=True)
class Raises(Sound):
    def values(self, view: View, seed: int) -> NDArray[np.float64]:
        raise ZeroDivisionError("a slip")


@dataclass(frozen=True)
class OtherIds(Sound):
    def _score(self, view: View, seed: int) -> Scores:
        return Scores(view.candidates.ids[::-1], self.values(view, seed))


@dataclass(frozen=True)
class NoRepr(Sound):
    """Holds a function, whose repr is no Python."""

    smallest: Callable[[NDArray[np.float64]], float] = np.min


@dataclass(frozen=True)
class Writes(Sound):
    def values(self, view: View, seed: int) -> NDArray[np.float64]:
        values = super().values(view, seed)
        view.candidates.pixels.setflags(write=True)
        view.candidates.pixels[0, 0, 0] += 1
        return values


@dataclass(frozen=True)
class Learns(SupervisedMethod):
    """Minus the distance from the nearest generated image, less the mean used image's grey."""

    def _fit(self, development: Development, seed: int) -> State:
        return {"grey": development.used.pixels.mean(), "scored": []}

    def _apply(self, state: State, view: View, seed: int) -> Scores:
        return Scores(view.candidates.ids, state["grey"] - distances(view).min(axis=1))


@dataclass(frozen=True)
class Remembers(Learns):
    def _apply(self, state: State, view: View, seed: int) -> Scores:
        state["scored"].append(view.candidates.ids)
        values = super()._apply(state, view, seed).values
        return Scores(view.candidates.ids, values - len(state["scored"]))


@dataclass(frozen=True)
class FirstUsed(Learns):
    def fit(self, development: Development, *, seed: int = 0) -> FittedMethod:
        state = {"grey": development.used.pixels[0].mean()}
        return FittedMethod(self, state, development.used.size, seed, digests_of(development))


class Grey:
    """Something that is not to be saved."""


@dataclass(frozen=True)
class Unsavable(Learns):
    def _fit(self, development: Development, seed: int) -> State:
        return {**super()._fit(development, seed), "what": Grey()}
