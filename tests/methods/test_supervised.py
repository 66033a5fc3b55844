"""Fitting gives a new method, which needs no development set."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from whorl.errors import ImageError, NeedError
from whorl.images import ImageSet
from whorl.methods.base import Scores
from whorl.methods.supervised import State, SupervisedMethod
from whorl.tasks.view import Development, View
from whorl.testing.worlds import image_set, planted_task, smooth_images

TASK = planted_task(0, reference=5)


def brightness(images: ImageSet) -> np.ndarray:
    return images.pixels.mean(axis=(1, 2), dtype=np.float64)


@dataclass(frozen=True)
class Brighter(SupervisedMethod):
    """Score = how much brighter than the used development images, times a factor."""

    factor: float = 1.0

    def _fit(self, development: Development, seed: int) -> State:  # noqa: ARG002
        return {"first": development.used.pixels[0], "mean": brightness(development.used).mean()}

    def _apply(self, state: State, view: View, seed: int) -> Scores:  # noqa: ARG002
        assert view.development is None
        values = self.factor * (brightness(view.candidates) - state["mean"])
        return Scores(view.candidates.ids, values)


def dev() -> Development:
    assert TASK.view.development is not None
    return TASK.view.development


def test_fitting_leaves_the_method_as_it_was() -> None:
    method = Brighter(2.0)
    fitted = method.fit(dev(), seed=3)
    assert method == Brighter(2.0)
    assert (fitted.method, fitted.seed, fitted.size) == (method, 3, (32, 32))
    assert fitted.needs == frozenset()
    expected = 2.0 * (brightness(TASK.view.candidates) - brightness(dev().used).mean())
    scores = fitted.score(replace(TASK.view, development=None, reference=None))
    np.testing.assert_allclose(scores.values, expected)


def test_unfitted_scores_as_fitted_on_the_views_development_set() -> None:
    fitted = Brighter().fit(dev(), seed=1)
    straight, by_fitted = (m.score(TASK.view, seed=1) for m in (Brighter(), fitted))
    np.testing.assert_array_equal(straight.values, by_fitted.values)
    assert straight.null is not None
    assert len(straight.null) == 5
    np.testing.assert_array_equal(straight.null, by_fitted.null)


def test_unfitted_needs_a_development_set() -> None:
    with pytest.raises(NeedError, match="--development"):
        Brighter().score(replace(TASK.view, development=None))


def test_order_and_names_of_the_development_set_do_not_matter() -> None:
    used = dev().used
    renamed = image_set(used.pixels[::-1], "another")
    first, second = Brighter().fit(dev()), Brighter().fit(replace(dev(), used=renamed))
    np.testing.assert_array_equal(first.state["first"], second.state["first"])
    assert first.development == second.development
    other = Brighter().fit(replace(dev(), used=used.take([0, 1])))
    assert other.development["used"] != first.development["used"]
    assert other.development["generated"] == first.development["generated"]


def test_images_of_another_size_are_refused() -> None:
    small = image_set(smooth_images(3, np.random.default_rng(0), 16), "small")
    with pytest.raises(ImageError, match=r"small: 16×16 .* 32×32.*--resize"):
        Brighter().fit(dev()).score(View(small, small))
