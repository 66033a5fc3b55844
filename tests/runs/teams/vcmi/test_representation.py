"""The ensemble on what describes images is that on the images, wherever similarities are equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whorl.features import Feature
from whorl.runs.teams.vcmi.representation import Described
from whorl.runs.teams.vcmi.retrieval import Ensemble
from whorl.similarity import Correlation
from whorl.similarity.vectors import Cosine
from whorl.testing.worlds import planted_task


@dataclass(frozen=True)
class Centred(Feature):
    """Grey values less their mean: their cosine is the images' correlation."""

    name: ClassVar[str] = "centred"

    def compute(self, pixels: np.ndarray) -> np.ndarray:
        return (pixels - pixels.mean(axis=(1, 2), keepdims=True)).astype(np.float32)


def test_cosine_of_centred_grey_values_is_correlation() -> None:
    view = planted_task(0).view
    pixels = Ensemble(Correlation()).score(view)
    rows = Ensemble(Cosine(), Described(Centred())).score(view)
    np.testing.assert_allclose(rows.values, pixels.values, atol=1e-4)
    assert rows.nearest is not None
    assert pixels.nearest is not None
    np.testing.assert_array_equal(rows.nearest.index, pixels.nearest.index)
