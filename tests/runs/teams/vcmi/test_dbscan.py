"""The radius up to which DBSCAN calls an image an outlier."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.cluster import DBSCAN

from whorl.errors import ScoreError
from whorl.runs import entry
from whorl.runs.teams.vcmi.dbscan import DensityClustering, drawn_by_content, outlier_radii
from whorl.similarity import SSIM, similarity_matrix
from whorl.testing.worlds import planted_task


def distances(seed: int, n: int = 40) -> NDArray[np.float64]:
    at = np.random.default_rng(seed).normal(size=(n, 2))
    return np.linalg.norm(at[:, None] - at, axis=2)


@pytest.mark.parametrize("min_samples", [1, 2, 3, 5, 40])
def test_radii_say_what_scikit_learn_labels(min_samples: int) -> None:
    for seed in range(3):
        every = distances(seed)
        radii = outlier_radii(every, min_samples)
        pairs = every[np.triu_indices(len(every), 1)]
        ties = pairs[::40]  # a radius is itself one of the distances
        for eps in [*np.quantile(pairs, [0.01, 0.03, 0.1, 0.3]), *ties, pairs.max()]:
            labels = DBSCAN(eps=eps, min_samples=min_samples, metric="precomputed").fit(every)
            np.testing.assert_array_equal(radii < eps, labels.labels_ >= 0)


def test_radii_by_hand() -> None:
    at = np.array([0.0, 1.0, 3.0, 9.0])
    radii = outlier_radii(np.abs(at - at[:, None]), 2)
    np.testing.assert_allclose(radii, [1, 1, 2, 6])


def test_decisions_are_scikit_learn_s_on_both_sets_together() -> None:
    view = planted_task(0).view
    together = np.concatenate([view.candidates.pixels, view.generated.pixels])
    every = np.clip(1 - similarity_matrix(SSIM(), together, together), 0, None)
    for eps in (0.2, 0.35, 0.5):
        method = DensityClustering(min_samples=3, eps=eps)
        labels = DBSCAN(eps=eps, min_samples=3, metric="precomputed").fit(every).labels_
        _, decisions = replace(entry("vcmi-dbscan"), method=method).run(view)
        np.testing.assert_array_equal(decisions.used, labels[: len(view.candidates)] >= 0)


def test_by_default_used_where_any_similarity_passes_the_teams_threshold() -> None:
    for seed in range(3):
        view = planted_task(seed).view
        together = np.concatenate([view.candidates.pixels, view.generated.pixels])
        every = similarity_matrix(SSIM(), together, together).astype(float)
        pairs = every[~np.eye(len(every), dtype=bool)]
        np.fill_diagonal(every, -1)
        wanted = every.max(axis=1) >= pairs.mean() + 3 * pairs.std()
        _, decisions = entry("vcmi-dbscan").run(view)
        np.testing.assert_array_equal(decisions.used, wanted[: len(view.candidates)])
        assert 0 < decisions.used.sum() < len(view.candidates)


def test_generated_images_are_drawn_whatever_their_order() -> None:
    view = planted_task(2).view
    few = DensityClustering(generated=10)
    turned = replace(view, generated=view.generated.take(np.arange(len(view.generated))[::-1]))
    np.testing.assert_allclose(few.score(view).values, few.score(turned).values, atol=1e-9)
    assert (few.score(view).values != few.score(view, seed=1).values).any()
    assert len(drawn_by_content(view.generated, 10, 0)) == 10


def test_fewer_images_than_a_cluster_needs_are_named() -> None:
    view = planted_task(3).view
    with pytest.raises(ScoreError, match="smaller min_samples"):
        DensityClustering(min_samples=1000).score(view)
