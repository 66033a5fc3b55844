"""VCMI's rules on a table worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

from whorl.decisions import Above, AboveMaximum
from whorl.errors import ScoreError
from whorl.images import ImageSet
from whorl.methods.nearest import NearestSimilarity
from whorl.runs.teams.vcmi.retrieval import Ensemble, Retrieval
from whorl.similarity import Measure
from whorl.tasks.view import View


@dataclass(frozen=True)
class Table(Measure):
    """A similarity read off a table; an image's single grey value is its name in it."""

    name: ClassVar[str] = "table"
    values: tuple[tuple[float, ...], ...] = ()

    def prepared_bytes(self, size: tuple[int, int]) -> int:  # noqa: ARG002
        return 1

    def prepare(self, pixels: np.ndarray) -> Any:
        return pixels[:, 0, 0]

    def compare(self, a: Any, b: Any) -> np.ndarray:
        return np.array(self.values, np.float32)[np.ix_(a, b)]


#          x    y    z    w  | g    h    i
TABLE = (
    (1.0, 0.6, 0.1, 0.2, 0.9, 0.3, 0.7),  # x
    (0.6, 1.0, 0.3, 0.4, 0.5, 0.5, 0.4),  # y
    (0.1, 0.3, 1.0, 0.5, 0.2, 0.6, 0.1),  # z
    (0.2, 0.4, 0.5, 1.0, 0.1, 0.1, 0.0),  # w
    *([0.0] * 7 for _ in range(3)),
)
MEASURE = Table(tuple(tuple(row) for row in TABLE))


def view() -> View:
    def named(first: int, ids: str) -> ImageSet:
        grey = np.arange(first, first + len(ids), dtype=np.uint8)
        return ImageSet(tuple(ids), np.broadcast_to(grey[:, None, None], (len(ids), 8, 8)).copy())

    return View(named(4, "ghi"), named(0, "xyzw"))


def test_retrieval_counts_the_images_that_retrieve() -> None:
    """Image g retrieves x, h retrieves z, i retrieves x."""
    scores = Retrieval(MEASURE).score(view())
    np.testing.assert_array_equal(scores.values, [2, 0, 1, 0])
    np.testing.assert_array_equal(Above(0).decide(scores).used, [True, False, True, False])


def test_threshold_max_is_the_largest_similarity_of_two_reals() -> None:
    """It is 0.6, of x and y: x with 0.9 is above, z with 0.6 is not."""
    decisions = AboveMaximum().decide(NearestSimilarity(MEASURE).score(view()))
    assert decisions.threshold == pytest.approx(0.6)
    np.testing.assert_array_equal(decisions.used, [True, False, False, False])


def test_ensemble_is_retrieval_and_ranking_or_threshold() -> None:
    """Ranks over g, h, i (scaled): x (0, 2, 0)/3, y (1, 1, 1)/3, z (2, 0, 2)/3, w (3, 3, 3)/3.

    Over reals as queries (each other than itself): x (y 0, z 2, w 2), y (x 0, z 1, w 1),
    z (x 2, y 2, w 0), w (x 1, y 1, z 0), all over 2.
    """
    by_generated = np.array([2, 3, 4, 9]) / 9
    by_real = np.array([4, 2, 4, 2]) / 6
    ranking = by_real - by_generated
    threshold = np.array([0.9, 0.5, 0.6, 0.1]) - 0.6
    retrieval = np.array([2, 0, 1, 0])
    scaled = [m / m.std() for m in (retrieval, ranking, threshold)]
    expected = np.minimum(scaled[0], np.maximum(scaled[1], scaled[2]))
    scores = Ensemble(MEASURE).score(view())
    np.testing.assert_allclose(scores.values, expected, atol=1e-5)
    used = Above(0).decide(scores).used
    np.testing.assert_array_equal(used, (retrieval > 0) & ((ranking > 0) | (threshold > 0)))
    np.testing.assert_array_equal(used, [True, False, True, False])


def test_ensemble_needs_two_candidates() -> None:
    whole = view()
    with pytest.raises(ScoreError, match="at least two"):
        Ensemble(MEASURE).score(View(whole.generated, whole.candidates.take([0])))
