"""Blank images are left out on all sides alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from whorl.auditing.blanks import blank_finding, without_blanks
from whorl.errors import ImageError
from whorl.images import ImageSet
from whorl.tasks.view import View
from whorl.testing.worlds import image_set, smooth_images

PIXELS = smooth_images(12, np.random.default_rng(0))


def with_blanks(name: str, *places: int) -> ImageSet:
    pixels = PIXELS.copy()
    pixels[list(places)] = 0
    return image_set(pixels, name)


def test_blank_images_are_left_out_and_named() -> None:
    candidates = replace(
        with_blanks("candidates", 0, 5),
        patients=tuple("abcdefghijkl"),
        skipped=("broken.png",),
        notes=("all images resized",),
    )
    view = View(with_blanks("generated", 3), candidates, with_blanks("reference"))
    kept, left_out = without_blanks(view)
    assert left_out == {
        "generated": ("generated_003",),
        "candidates": ("candidates_000", "candidates_005"),
        "reference": (),
    }
    assert kept.candidates.patients == tuple("bcdeghijkl")
    assert (kept.candidates.skipped, kept.candidates.notes) == (
        ("broken.png",), ("all images resized",),
    )  # fmt: skip
    np.testing.assert_array_equal(kept.candidates.pixels, np.delete(PIXELS, [0, 5], axis=0))
    assert kept.reference is view.reference
    found = blank_finding(kept, left_out)
    assert found is not None
    assert found.left_out == {"generated": 1, "candidates": 2, "reference": 0}
    assert found.of == {"generated": 12, "candidates": 12, "reference": 12}


def test_where_nothing_is_blank_nothing_changes() -> None:
    view = View(with_blanks("generated"), with_blanks("candidates"))
    kept, left_out = without_blanks(view)
    assert kept.candidates is view.candidates
    assert left_out == {"generated": (), "candidates": ()}
    assert blank_finding(kept, left_out) is None


@pytest.mark.parametrize("name", ["generated", "candidates", "reference"])
def test_a_set_of_nothing_but_blank_images_is_an_error(name: str) -> None:
    sets = {role: with_blanks(role) for role in ("generated", "candidates", "reference")}
    sets[name] = with_blanks(name, *range(12))
    with pytest.raises(ImageError, match=f"{name}: all 12 images are blank or nearly blank"):
        without_blanks(View(**sets))
    sets[name] = sets[name].take([0])
    with pytest.raises(ImageError, match=f"{name}: the only image is blank or nearly blank"):
        without_blanks(View(**sets))
