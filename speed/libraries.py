"""The table of libraries that are measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import metadata
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

Window = Literal["uniform", "gaussian"]
WINDOWS: tuple[Window, ...] = get_args(Window)
Compare = Callable[[NDArray[np.uint8], NDArray[np.uint8]], NDArray[Any]]
"""Takes two stacks, uint8 of shape (n, height, width), returns the SSIM of every pair."""

BATCHES = (1, 8, 32)  # pairs at a time, for the libraries that take batches


class Library(NamedTuple):
    """A library that computes SSIM.

    Attributes
    ----------
    name : str
        What the table calls it.
    package : str
        What it is installed as.
    ways : callable
        Takes a window, returns the ways to compare that are tried, by name; the fastest counts.
    notes : mapping of str to str
        For each window, why its values differ from scikit-image's.
    """

    name: str
    package: str
    ways: Callable[[Window], Mapping[str, Compare]]
    notes: Mapping[Window, str]

    def version(self) -> str | None:
        """Return the version that is installed; None if none is."""
        try:
            return metadata.version(self.package)
        except metadata.PackageNotFoundError:
            return None


def _whorl(window: Window) -> Mapping[str, Compare]:
    """Return whorl's engine."""
    from whorl.similarity import SSIM, similarity_matrix

    return {"": lambda a, b: similarity_matrix(SSIM(window), a, b)}


def _scikit_image(window: Window) -> Mapping[str, Compare]:
    """Return a loop over scikit-image's function."""
    from skimage.metrics import structural_similarity

    paper = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    settings = paper if window == "gaussian" else {}

    def compare(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.float64]:
        return np.array([[structural_similarity(x, y, **settings) for y in b] for x in a])

    return {"": compare}


def _opencv(window: Window) -> Mapping[str, Compare]:
    """Return a loop over OpenCV's filters with cached moments."""
    from speed import opencv

    return {"": lambda a, b: opencv.ssim_of_all_pairs(a, b, opencv.WINDOWS[window])}


def _on_torch(name: str) -> Callable[[Window], Mapping[str, Compare]]:
    """Return what gives the ways of a library on torch: batches of several sizes."""

    def ways(window: Window) -> Mapping[str, Compare]:
        from speed import torch_peers

        ssim = getattr(torch_peers, name)(window)
        return {f"batch {n}": torch_peers.of_all_pairs(ssim, n) for n in BATCHES}

    return ways


_POPULATION = "population variance"  # divides by 49, where a sample's is divided by 48
_BORDER = "mirrored borders count"

LIBRARIES = (
    Library("whorl", "whorl-audit", _whorl, {}),
    Library("scikit-image", "scikit-image", _scikit_image, {}),
    Library(
        "OpenCV, cached moments",
        "opencv-python-headless",
        _opencv,
        {},
    ),
    Library(
        "pytorch-msssim",
        "pytorch-msssim",
        _on_torch("pytorch_msssim"),
        {"uniform": _POPULATION},
    ),
    Library(
        "torchmetrics",
        "torchmetrics",
        _on_torch("torchmetrics"),
        {"uniform": f"{_POPULATION}; {_BORDER}", "gaussian": _BORDER},
    ),
    Library("piqa", "piqa", _on_torch("piqa"), {"uniform": _POPULATION}),
)
