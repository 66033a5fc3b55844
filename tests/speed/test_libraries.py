"""Every library of the benchmark agrees with scikit-image, as far as its borders and variances do.

Nothing is timed here.
"""

from __future__ import annotations

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from speed.libraries import LIBRARIES, WINDOWS, Library, Window
from whorl.testing.worlds import smooth_images

IMAGES = smooth_images(5, np.random.default_rng(0), 32)
A, B = IMAGES[:2], IMAGES[2:]
TOLERANCES = {"population variance": 0.02, "mirrored borders count": 0.1}


def settings(window: Window) -> dict[str, object]:
    if window == "uniform":
        return {}
    return {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.name)
def test_values_are_scikit_image_s(library: Library, window: Window) -> None:
    if library.version() is None:
        pytest.skip(f"{library.package} is not installed")
    expected = [[structural_similarity(x, y, **settings(window)) for y in B] for x in A]
    note = library.notes.get(window, "")
    tolerance = sum(TOLERANCES[part] for part in note.split("; ") if part) or 1e-4
    ways = library.ways(window)
    assert ways
    for way, compare in ways.items():
        np.testing.assert_allclose(compare(A, B), expected, atol=tolerance, err_msg=way)


def test_noted_differences_are_there() -> None:
    """A note that no longer holds would hide a fault of ours behind a tolerance."""
    for library in LIBRARIES:
        for window in WINDOWS:
            if library.version() is None or not library.notes.get(window):
                continue
            compare = next(iter(library.ways(window).values()))
            expected = [[structural_similarity(x, y, **settings(window)) for y in B] for x in A]
            assert np.abs(compare(A, B) - expected).max() > 1e-4


def test_what_is_not_installed_has_no_version() -> None:
    assert LIBRARIES[0]._replace(package="no-such-distribution").version() is None
