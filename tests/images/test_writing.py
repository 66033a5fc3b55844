"""PNG files and contact sheets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests.images.files import RAMP
from whorl.images.writing import contact_sheet, write_png


def test_a_png_holds_the_grey_values_and_nothing_else(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", RAMP)
    with Image.open(tmp_path / "a.png") as picture:
        assert (picture.mode, picture.format, picture.info) == ("L", "PNG", {})
        np.testing.assert_array_equal(np.asarray(picture), RAMP)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_one_row_needs_no_gap_below() -> None:
    sheet = contact_sheet([RAMP, RAMP], columns=2, gap=3)
    assert sheet.shape == (8, 19)
    assert (sheet[:, 8:11] == 255).all()
