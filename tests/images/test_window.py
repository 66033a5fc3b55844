from __future__ import annotations

import numpy as np
import pytest

from whorl.errors import ImageError
from whorl.images import Window


def test_shows_the_range_linearly_and_clips_what_lies_outside() -> None:
    # From -160 to 240: the value -60 lies a quarter up, and 255 / 4 = 63.75.
    assert Window(40, 400).apply([-1000, -160, -60, 40, 240, 3000]).tolist() == [
        0, 0, 64, 128, 255, 255,
    ]  # fmt: skip


def test_spanning_scales_16_bits_as_division_by_257_rounded() -> None:
    values = np.arange(65536, dtype=np.uint16)
    expected = (values.astype(int) * 2 + 257) // 514
    assert np.array_equal(Window.spanning(0, 65535).apply(values), expected)


@pytest.mark.parametrize("text", ["-600,1500", " -600 , 1500.0 ", "-6e2,1500"])
def test_parses_centre_and_width(text: str) -> None:
    assert Window.parse(text) == Window(-600, 1500)


@pytest.mark.parametrize("text", ["", "40", "40;400", "40,400,1", "lung", "40,wide"])
def test_text_that_is_no_window_is_named(text: str) -> None:
    with pytest.raises(ImageError, match="is no window: give CENTRE,WIDTH"):
        Window.parse(text)


@pytest.mark.parametrize("text", ["40,0", "40,-1", "nan,400", "40,inf"])
def test_window_that_shows_nothing_is_refused(text: str) -> None:
    with pytest.raises(ImageError, match="a finite centre and a width above 0"):
        Window.parse(text)


def test_is_written_as_it_is_parsed() -> None:
    assert str(Window(-600, 1500)) == "-600,1500"
