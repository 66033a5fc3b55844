"""What scoring by whorl takes in memory: the formula of docs/explain-away.md."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from whorl.methods.explain import MOST_REALS, ExplainAway
from whorl.tasks.view import View
from whorl.testing.worlds import image_set


@pytest.mark.parametrize(("candidates", "generated"), [(100, 20), (400, 20), (60, 1500)])
def test_scoring_takes_no_more_than_the_formula_says(candidates: int, generated: int) -> None:
    rng = np.random.default_rng(0)
    shape = (32, 32)
    view = View(
        image_set(rng.integers(0, 256, (generated, *shape), dtype=np.uint8), "g"),
        image_set(rng.integers(0, 256, (candidates, *shape), dtype=np.uint8), "c"),
    )
    method = ExplainAway()
    reals = min(candidates, MOST_REALS)
    maps = method.measure.prepared_bytes(shape)
    tracemalloc.start()
    method.score(view)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 150e6 + 2 * reals * maps + 40 * reals**2
