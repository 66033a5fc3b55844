"""SSIM of all pairs by libraries on torch, one image against a batch at a time."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from whorl.compute import available_cores

torch.set_num_threads(available_cores())

Compare = Callable[[NDArray[np.uint8], NDArray[np.uint8]], NDArray[np.float32]]
BatchSSIM = Callable[[Any, Any], Any]
"""The SSIMs of two batches of shape (n, 1, height, width)."""


def pytorch_msssim(window: str) -> BatchSSIM:
    """Return pytorch-msssim's."""
    from pytorch_msssim import ssim

    win = None if window == "gaussian" else torch.full((1, 1, 1, 7), 1 / 7)
    return lambda x, y: ssim(x, y, data_range=255, size_average=False, win=win)


def torchmetrics(window: str) -> BatchSSIM:
    """Return torchmetrics'."""
    _mend_torchvision()
    from torchmetrics.functional.image import structural_similarity_index_measure

    gaussian = window == "gaussian"
    settings = {"gaussian_kernel": gaussian, "sigma": 1.5, "kernel_size": 11 if gaussian else 7}
    return lambda x, y: structural_similarity_index_measure(
        x, y, data_range=255.0, reduction="none", **settings
    )


def piqa(window: str) -> BatchSSIM:
    """Return piqa's."""
    _mend_torchvision()
    from piqa.ssim import ssim
    from piqa.utils.functional import gaussian_kernel

    kernel = gaussian_kernel(11, 1.5) if window == "gaussian" else torch.full((7,), 1 / 7)
    return lambda x, y: ssim(x, y, kernel.reshape(1, 1, -1), value_range=255.0)[0]


def of_all_pairs(ssim: BatchSSIM, batch: int) -> Compare:
    """Return a function that compares all pairs of two stacks, `batch` pairs at a time."""

    @torch.inference_mode()
    def compare(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.float32]:
        rows, columns = (torch.from_numpy(stack).unsqueeze(1).float() for stack in (a, b))
        values = [
            torch.cat([ssim(row.expand_as(part), part) for part in columns.split(batch)])
            for row in rows.split(1)
        ]
        return torch.stack(values).numpy()

    return compare


def _mend_torchvision() -> None:
    """Let torchvision be imported where it lacks its compiled operators (builds without torch's).

    It asks for two of them when imported; nothing here calls them.
    """
    try:
        importlib.import_module("torchvision")
    except RuntimeError:
        library = torch.library.Library("torchvision", "FRAGMENT")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        importlib.import_module("torchvision")
