"""Rows that any attack must beat: they look at nothing, or at the candidate alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.methods.base import Method, Scores
from whorl.tasks.view import View


@dataclass(frozen=True)
class Constant(Method):
    """The same score for every candidate.

    Attributes
    ----------
    value : float
        The score.
    """

    value: float

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        return Scores(view.candidates.ids, np.full(len(view.candidates), float(self.value)))


@dataclass(frozen=True)
class Random(Method):
    """Score = a uniform random number plus the share of members among the development reals.

    Above 1 with a probability of that share; of one half where there is no development set. The
    number is drawn from the seed and the image's content hash, so that it belongs to the image.
    """

    def _score(self, view: View, seed: int) -> Scores:
        draws = [
            np.random.default_rng([seed, int(content, 16)]).random()
            for content in view.candidates.hashes
        ]
        return Scores(view.candidates.ids, np.array(draws) + _share_of_members(view))


@dataclass(frozen=True)
class Brightness(Method):
    """Score = mean grey value, 0 to 255: it never looks at a generated image."""

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        return Scores(view.candidates.ids, view.candidates.pixels.mean(axis=(1, 2)))


def _share_of_members(view: View) -> float:
    """Return the share of used images among the development reals, one half without them."""
    if view.development is None:
        return 0.5
    used, not_used = len(view.development.used), len(view.development.not_used)
    return used / (used + not_used)
