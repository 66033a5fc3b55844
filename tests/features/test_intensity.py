"""Grey values, by hand."""

from __future__ import annotations

import numpy as np

from whorl.features import GreyLevels


def test_grey_levels_by_hand() -> None:
    ramp = np.arange(101, dtype=np.uint8).reshape(1, 1, 101)
    flat = np.full((1, 1, 101), 7, np.uint8)
    values = GreyLevels((0.0, 0.25, 1.0)).compute(np.concatenate([ramp, flat]))
    np.testing.assert_allclose(values[0], [50, np.sqrt((101**2 - 1) / 12), 0, 25, 100], rtol=1e-6)
    np.testing.assert_array_equal(values[1], [7, 0, 7, 7, 7])
    assert values.dtype == np.float32
