"""A table of similarities, and how reductions are fed it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.similarity import Reduction

RNG = np.random.default_rng(0)
TABLE = (RNG.integers(0, 20, (6, 30)) / 20).astype(np.float32)  # coarse, so that there are ties


def fed(reduction: Reduction, table: NDArray[np.float32], width: int = 7) -> Any:
    reduction.begin(*table.shape)
    for first in range(0, table.shape[1], width):
        reduction.add(table[:, first : first + width], first)
    return reduction.result()
