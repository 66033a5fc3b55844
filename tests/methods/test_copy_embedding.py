"""Copies among embeddings, against the cosine written out."""

from __future__ import annotations

import numpy as np
import pytest

from tests.networks.weights import small_backbone
from whorl.errors import NeedError
from whorl.features import extract
from whorl.features.embeddings import Embedding
from whorl.methods import Need
from whorl.methods.copy_embedding import CopyEmbedding
from whorl.testing.worlds import planted_task

pytest.importorskip("torch")


def test_score_is_the_largest_cosine_about_the_mean() -> None:
    view = planted_task(0).view
    sets = (view.candidates, view.generated)
    vectors = [extract(Embedding(small_backbone()), images).astype(float) for images in sets]
    mean = np.concatenate(vectors).mean(axis=0)
    x, g = ((rows - mean) / np.linalg.norm(rows - mean, axis=1)[:, None] for rows in vectors)
    found = CopyEmbedding(small_backbone()).score(view)
    np.testing.assert_allclose(found.values, (x @ g.T).max(axis=1), atol=1e-5)
    assert found.nearest is not None
    np.testing.assert_array_equal(found.nearest.index, (x @ g.T).argmax(axis=1))


def test_it_needs_weights_and_names_the_package() -> None:
    assert CopyEmbedding().needs == {Need.WEIGHTS}
    with pytest.raises(NeedError, match="--weights package for those of efficientnet-lite0"):
        CopyEmbedding().score(planted_task(0).view)
