"""Whorl's own attack: by hand, in blocks, and fitted."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from whorl.images import ImageSet, load
from whorl.methods import explain
from whorl.methods.explain import ExplainAway, MeanOfLargest, PowerMeanOver, blocks_by_content
from whorl.methods.explain_fitted import FittedExplaining
from whorl.runs import entry
from whorl.similarity import Explained, MapSimilarity, similarity_matrix
from whorl.tasks.runfile import read_truth
from whorl.tasks.view import View
from whorl.testing.worlds import image_set, planted_task, smooth_images


def test_scores_are_the_statistic_of_the_shares() -> None:
    view = planted_task(0).view
    order = np.argsort(np.array(view.candidates.hashes))
    reals = view.candidates.take(order)
    shares = similarity_matrix(Explained(), reals, view.generated).astype(np.float64)
    by_power, by_largest = (
        ExplainAway(Explained(), statistic, adapt=False).score(view).values[order]
        for statistic in (PowerMeanOver(), MeanOfLargest(5))
    )
    powers = np.mean(np.maximum(shares, 0) ** 6, axis=1) ** (1 / 6)
    np.testing.assert_allclose(by_power, powers, rtol=1e-6)
    np.testing.assert_allclose(by_largest, np.sort(shares)[:, -5:].mean(axis=1), rtol=1e-6)


def test_columns_are_the_scores_that_each_statistic_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain, "MOST_REALS", 7)
    view, statistics = planted_task(0).view, (PowerMeanOver(3.0), PowerMeanOver(), MeanOfLargest(5))
    columns = ExplainAway().columns(view.candidates, view.generated, statistics)
    for column, statistic in zip(columns, statistics, strict=True):
        alone = ExplainAway(statistic=statistic).score(view).values
        np.testing.assert_array_equal(column, alone)


def test_the_evidence_is_the_generated_image_explained_best() -> None:
    reals = image_set(smooth_images(8, np.random.default_rng(1)), "real")
    made = image_set(reals.pixels[[5, 2]], "made")
    nearest = ExplainAway().score(View(made, reals)).nearest
    assert nearest is not None
    assert nearest.measure == "share explained"
    assert nearest.index[5] == 0
    assert nearest.index[2] == 1


def test_maps_are_weighted_alike_for_all_whatever_the_order_of_the_generated_images() -> None:
    view = planted_task(0, reference=6).view
    order = np.random.default_rng(0).permutation(len(view.generated))
    shuffled = replace(view, generated=view.generated.take(order))
    measures = [ExplainAway().score(each).traces.measure for each in (view, shuffled)]
    assert measures[0] == measures[1]
    assert min(measures[0].weights) > 1  # copies: the tails of all maps are heavy


def test_traces_hold_the_images_explained_best_and_the_sums_of_scores() -> None:
    view = planted_task(0, reference=6).view
    assert view.reference is not None
    scores = ExplainAway().score(view)
    assert scores.traces is not None
    assert scores.nearest is not None
    assert scores.traces.sums is not None
    np.testing.assert_array_equal(scores.traces.index[:, 0], scores.nearest.index)
    assert scores.traces.index.shape == (len(view.candidates), 5)
    together = np.concatenate([scores.values, np.asarray(scores.null)])
    whole = (scores.traces.sums.sum(axis=1) / len(view.generated)) ** (1 / 6)
    np.testing.assert_allclose(whole, together, rtol=1e-12)
    assert np.all(np.diff(scores.traces.shares, axis=1) <= 0)


def test_groups_of_generated_images_go_by_content_alone() -> None:
    made = image_set(smooth_images(70, np.random.default_rng(0), 16), "made")
    order = np.random.default_rng(1).permutation(70)
    groups = explain.groups_by_content(made)
    np.testing.assert_array_equal(explain.groups_by_content(made.take(order)), groups[order])
    assert set(np.bincount(groups)) == {2, 3}


def test_only_what_explains_by_powers_leaves_sums() -> None:
    view = planted_task(0).view
    largest = ExplainAway(statistic=MeanOfLargest(5)).score(view).traces
    assert largest is not None
    assert largest.sums is None
    assert ExplainAway(MapSimilarity(), MeanOfLargest(1)).score(view).traces is None


def test_too_many_reals_compete_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    view = planted_task(0, reference=6).view
    monkeypatch.setattr(explain, "MOST_REALS", 10)
    assert view.reference is not None
    everyone = view.candidates.joined(view.reference)
    blocks = blocks_by_content(everyone)
    sizes = [len(block) for block in blocks]
    assert max(sizes) <= 10
    assert max(sizes) - min(sizes) <= 1
    assert sorted(np.concatenate(blocks)) == list(range(len(everyone)))
    scores = ExplainAway().score(view)
    used = [planted_task(0, reference=6).truth.used[i] for i in scores.ids]
    assert roc_auc_score(used, scores.values) > 0.9


def test_fitted_finds_copies_and_keeps_its_choice_in_the_state() -> None:
    task = planted_task(1)
    assert task.view.development is not None
    fitted = FittedExplaining().fit(task.view.development)
    assert fitted.state["estimator"].n_features_in_ == 1 + 7 * 3
    scores = fitted.score(replace(task.view, development=None))
    assert roc_auc_score([task.truth.used[i] for i in scores.ids], scores.values) > 0.9


def test_fitted_keeps_patients_together_where_there_are_few() -> None:
    """With one patient on either side nothing can be held out: a middling penalty is taken."""
    development = planted_task(1).view.development
    assert development is not None
    used = development.used.with_patients(["a"] * len(development.used))
    unused = development.not_used.with_patients(["b"] * len(development.not_used))
    fitted = FittedExplaining().fit(replace(development, used=used, not_used=unused))
    assert fitted.state["estimator"][-1].get_params()["C"] == 0.01


REAL = os.environ.get("WHORL_REAL_DATA")


def _real(*parts: str) -> ImageSet:
    return load(Path(str(REAL)).joinpath("tasks", *parts))


@pytest.mark.real
@pytest.mark.skipif(not REAL, reason="WHORL_REAL_DATA names no folder with real images")
@pytest.mark.parametrize(
    ("task", "generated", "reference", "least"),
    [
        ("ct-pca-diffusion", "development/generated", "development/not_used", 0.90),
        ("ct-latent-diffusion", "test/generated_1", "reference", 0.69),
    ],
)
def test_on_real_slices_it_is_ahead(
    task: str, generated: str, reference: str, least: float
) -> None:
    candidates = _real(task, "test/real_unknown_1")
    view = View(_real(task, generated), candidates, _real(task, reference))
    truth = read_truth(Path(str(REAL)) / "tasks" / task / "truth.csv").used
    scores = entry("whorl").method.score(view)
    assert roc_auc_score([truth[i] for i in scores.ids], scores.values) >= least
