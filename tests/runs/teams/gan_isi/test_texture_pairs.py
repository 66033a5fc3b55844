"""Texture distances of pairs and what is learned from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import wasserstein_distance
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from whorl.errors import WhorlError
from whorl.features.maps import FAMILIES
from whorl.images import ImageSet
from whorl.methods.classifiers import Forest
from whorl.runs.teams.gan_isi.texture_pairs import TexturePairs, best_threshold, folds
from whorl.tasks.view import Development, View
from whorl.testing.worlds import image_set, noisy, smooth_images

EVERY_MAP = tuple(FAMILIES)
VARIANTS = [
    TexturePairs(),
    TexturePairs(("first-order", "gradient")),
    TexturePairs(EVERY_MAP),
    TexturePairs(EVERY_MAP, Forest(20, 5), pairs=200),
    TexturePairs(EVERY_MAP, Forest(20, 5), "largest", None, pairs=200),
]


def rough(n: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    return noisy(smooth_images(n, rng), rng, 25)


def texture_view(seed: int) -> tuple[View, int]:
    """Make a view whose used reals have the generated images' texture: in the development set a
    smooth one, in the test set a rough one. The first half of the candidates are used."""
    rng = np.random.default_rng(seed)
    dev = Development(
        image_set(smooth_images(12, rng), "generated"),
        image_set(smooth_images(8, rng), "used"),
        image_set(rough(8, rng), "not_used"),
    )
    candidates = np.concatenate([rough(6, rng), smooth_images(6, rng)])
    view = View(
        image_set(rough(12, rng), "generated"),
        image_set(candidates, "candidate"),
        development=dev,
    )
    return view, 6


@pytest.mark.parametrize("method", VARIANTS, ids=repr)
def test_learns_that_texture_is_shared_rather_than_which(method: TexturePairs) -> None:
    for seed in range(3):
        view, used = texture_view(seed)
        values = method.score(view).values
        assert values[:used].min() > values[used:].max()


def test_score_is_the_mean_probability_by_hand() -> None:
    view, _ = texture_view(0)
    intensity = FAMILIES["first-order"].maps

    def distances(reals: ImageSet, generated: ImageSet) -> NDArray[np.float64]:
        maps = [
            [FAMILIES["first-order"].compute(image) for image in images.pixels]
            for images in (reals, generated)
        ]
        return np.array(
            [
                [
                    _binned_distance(x, y, each.low, each.high)
                    for x, y, each in zip(real, made, intensity, strict=True)
                ]
                for real in maps[0]
                for made in maps[1]
            ]
        )

    dev = view.development
    assert dev is not None
    learned = [distances(part, dev.generated) for part in (dev.used, dev.not_used)]
    labels = np.repeat([True, False], [len(part) for part in learned])
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(np.concatenate(learned), labels)
    found = classifier.predict_proba(distances(view.candidates, view.generated))[:, 1]
    wanted = found.reshape(len(view.candidates), -1).mean(axis=1) - 0.5
    np.testing.assert_allclose(TexturePairs().score(view).values, wanted, atol=1e-3)


def _binned_distance(
    x: NDArray[np.float32], y: NDArray[np.float32], low: float, high: float
) -> float:
    at = np.arange(256) / 256
    shares = [np.histogram(v, 256, (low, high))[0] for v in (x, y)]
    return float(wasserstein_distance(at, at, *shares))


def test_pairs_are_subsampled_by_the_seed() -> None:
    view, _ = texture_view(1)
    few = TexturePairs(pairs=60)
    first, again, other = (few.score(view, seed=seed).values for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert (first != TexturePairs().score(view).values).any()


def test_blocks_of_generated_images_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    view, _ = texture_view(2)
    method = TexturePairs(statistic="largest")
    whole = method.score(view).values
    monkeypatch.setattr("whorl.runs.teams.gan_isi.texture_pairs.BLOCK", 30)
    np.testing.assert_array_equal(method.score(view).values, whole)


def test_threshold_is_taken_from_the_score() -> None:
    view, _ = texture_view(3)
    low, high = (TexturePairs(threshold=t).score(view).values for t in (0.25, 0.75))
    np.testing.assert_allclose(low - high, 0.5)


def f1(said: NDArray[np.bool_], used: NDArray[np.bool_]) -> float:
    return 2 * np.sum(said & used) / (said.sum() + used.sum())


def test_best_threshold_against_every_other() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        values, used = rng.normal(size=15).round(1), rng.random(15) < 0.5
        every = [f1(values > t, used) for t in np.arange(-4.05, 4, 0.1)]
        assert f1(values > best_threshold(values, used), used) == pytest.approx(max(every))


def test_folds_hold_each_real_once_and_both_classes() -> None:
    used = np.array([True] * 7 + [False] * 9)
    parts = list(folds(used, 0))
    assert len(parts) == 5
    np.testing.assert_array_equal(np.sort(np.concatenate([t for _, t in parts])), np.arange(16))
    for learn, test in parts:
        assert not set(learn) & set(test)
        assert 0 < used[test].sum() < len(test)


def test_too_few_reals_for_a_threshold_are_named() -> None:
    view, _ = texture_view(0)
    dev = view.development
    assert dev is not None
    one = replace(view, development=replace(dev, used=dev.used.take([0])))
    with pytest.raises(WhorlError, match="two used and two not used"):
        TexturePairs(threshold=None).score(one)
