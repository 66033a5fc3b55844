"""A small backbone's weights in a file of their own: drawn at random, made once in a process."""

from __future__ import annotations

import atexit
import tempfile
from functools import cache
from pathlib import Path

from whorl.networks.backbones import Backbone, bare_model
from whorl.networks.weights import Weights, save_weights

SMALL = "test_resnet"  # timm's architecture for tests


@cache
def small_weights(name: str = SMALL) -> Weights:
    """Weights of a small architecture, drawn with seed 0."""
    folder = tempfile.TemporaryDirectory(prefix="whorl-weights-")
    atexit.register(folder.cleanup)
    return save_weights(Path(folder.name) / f"{name}.safetensors", bare_model(name), {})


@cache
def small_backbone() -> Backbone:
    """A backbone that sees images of 32 × 32 pixels, with weights."""
    return Backbone(SMALL, small_weights(), size=32)
