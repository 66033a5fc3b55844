from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.networks.weights import SMALL, small_backbone
from whorl.cache import Cache
from whorl.compute import Compute, computing
from whorl.errors import NeedError
from whorl.features import extract
from whorl.features.embeddings import Embedding
from whorl.networks.backbones import Backbone, bare_model
from whorl.networks.weights import save_weights
from whorl.testing.worlds import image_set, smooth_images

pytest.importorskip("torch")

IMAGES = image_set(smooth_images(70, np.random.default_rng(0)), "image")


def test_embeddings_are_the_networks_outputs() -> None:
    import torch

    found = extract(Embedding(small_backbone()), IMAGES)
    with torch.inference_mode():
        expected = small_backbone().network()(torch.tensor(IMAGES.pixels)).numpy()
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_colour_reaches_the_network_and_grey_in_three_channels_is_grey() -> None:
    three = np.repeat(IMAGES.pixels[:4, ..., np.newaxis], 3, axis=3)
    feature, grey = Embedding(small_backbone()), IMAGES.take(range(4))
    same = extract(feature, replace(grey, colour=three))
    np.testing.assert_allclose(same, extract(feature, grey), rtol=1e-4, atol=1e-5)
    red = extract(feature, replace(grey, colour=three * np.array([1, 0, 0], np.uint8)))
    assert np.abs(red - same).max() > 1e-3


def test_embeddings_are_kept_by_content_and_weights(tmp_path: Path) -> None:
    feature = Embedding(small_backbone())
    other = save_weights(tmp_path / "w", bare_model(SMALL, seed=9), {})
    cache = Cache(tmp_path / "cache")
    with computing(Compute(cache=cache)):
        first = extract(feature, IMAGES)
        assert cache.usage().files == len(IMAGES)
        again = extract(feature, image_set(IMAGES.pixels, "renamed"))
        assert cache.usage().files == len(IMAGES)
        differing = extract(Embedding(replace(small_backbone(), weights=other)), IMAGES)
    np.testing.assert_array_equal(again, first)
    assert (differing != first).any()
    assert other.tag in repr(Embedding(replace(small_backbone(), weights=other)))


def test_without_weights_there_is_one_clear_sentence() -> None:
    with pytest.raises(NeedError, match="whorl pretrain IMAGES --backbone resnet50"):
        extract(Embedding(Backbone()), IMAGES)
