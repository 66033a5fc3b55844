"""Checks of attacks that learn from a development set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from whorl.runs import Entry, load_model, save_model
from whorl.tasks.view import Development, View
from whorl.testing.check import Check, planted_view
from whorl.testing.worlds import planted_task


def _known(view: View) -> Development:
    """Return the development set that every planted task has."""
    if view.development is None:
        raise ValueError("the view has no development set")
    return view.development


def _fitted_as_unfitted(entry: Entry) -> None:
    """Fit first and score without the development set; score another view in between."""
    view = planted_task(7, reference=4).view
    fitted = entry.fitted(_known(view), seed=2)
    bare = replace(view, development=None)
    before, straight = fitted.method.score(bare), entry.method.score(view, seed=2)
    np.testing.assert_array_equal(before.values, straight.values)
    fitted.method.score(planted_view(fitted, 8))
    np.testing.assert_array_equal(fitted.method.score(bare).values, before.values)


def _shuffled_development(entry: Entry) -> None:
    """Score a task, and again with its development images in another order."""
    view = planted_view(entry, 9)
    known, rng = _known(view), np.random.default_rng(0)
    parts = (known.generated, known.used, known.not_used)
    shuffled = Development(*(images.take(rng.permutation(len(images))) for images in parts))
    first, second = (
        entry.method.score(replace(view, development=d)).values for d in (known, shuffled)
    )
    np.testing.assert_array_equal(first, second)


def _saved_and_loaded(entry: Entry) -> None:
    """Save a fitted entry to a folder that is deleted afterwards, and load it."""
    view = planted_view(entry, 10)
    fitted, bare = entry.fitted(_known(view), seed=3), replace(view, development=None)
    with TemporaryDirectory() as folder:
        save_model(Path(folder) / "model", fitted)
        loaded = load_model(Path(folder) / "model", {entry.name: entry})
    (straight, decided), (again, redecided) = fitted.run(bare), loaded.entry.run(bare)
    np.testing.assert_array_equal(again.values, straight.values)
    np.testing.assert_array_equal(redecided.used, decided.used)


LEARNING = (
    Check(
        "fitted_scores_as_the_unfitted_one",
        "Fitting once and for all gives the scores that fitting on the view gives, view by view.",
        _fitted_as_unfitted,
    ),
    Check(
        "order_of_the_development_set_does_not_matter",
        "The order of the development images does not matter.",
        _shuffled_development,
    ),
    Check(
        "a_saved_model_scores_as_before",
        "What was learned is saved without pickle, and scores the same after loading.",
        _saved_and_loaded,
    ),
)
"""What an attack promises beside, if it learns from a development set."""
