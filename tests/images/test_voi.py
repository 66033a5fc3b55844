from __future__ import annotations

import numpy as np
import pytest

from whorl.errors import ImageError
from whorl.images.voi import windowed


def test_linear_as_the_standard_has_it() -> None:
    # x <= 39.5 - 199.5 → 0; x > 39.5 + 199.5 → 255; else ((x - 39.5) / 399 + 0.5) · 255
    assert windowed(np.array([-161, -160, 40, 239, 240]), 40, 400).tolist() == [
        0, 0, 128, 255, 255,
    ]  # fmt: skip


@pytest.mark.parametrize("centre", [1.5, 1.0, 0.6])
def test_width_1_is_a_threshold(centre: float) -> None:
    values = np.array([0, 0.5, 1, 2])
    assert windowed(values, centre, 1).tolist() == np.where(values > centre - 0.5, 255, 0).tolist()


def test_sigmoid_is_half_at_its_centre() -> None:
    # 255 / (1 + e^-4) = 250.4 and 255 / (1 + e^4) = 4.6
    assert windowed(np.array([0, 50, 100]), 50, 50, "SIGMOID").tolist() == [5, 128, 250]


@pytest.mark.parametrize(
    ("width", "function"), [(0.5, "LINEAR"), (0, "LINEAR_EXACT"), (-1, "SIGMOID")]
)
def test_width_that_the_function_does_not_allow(width: float, function: str) -> None:
    with pytest.raises(ImageError, match=f"width {width:g}, which {function} does not allow"):
        windowed(np.zeros(1), 0, width, function)


def test_unknown_function() -> None:
    with pytest.raises(ImageError, match="unknown kind 'CUBIC'"):
        windowed(np.zeros(1), 0, 1, "CUBIC")
