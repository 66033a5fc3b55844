"""Checks of the form: what comes out for what goes in, whatever an attack looks for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from whorl.methods.parts import parts_of
from whorl.runs import Entry
from whorl.testing.check import Check, planted_view, require
from whorl.testing.worlds import image_set, planted_task


def _one_score_each(entry: Entry) -> None:
    """Run a planted task and look at types and shapes."""
    view = planted_view(entry, 0)
    scores, decisions = entry.run(view)
    ids = view.candidates.ids
    require(scores.ids == ids, "the scores' ids are not the candidates' ids in their order")
    require(decisions.ids == ids, "the decisions' ids are not the candidates' ids in their order")
    for name, values in (("scores", scores.values), ("decisions", decisions.used)):
        require(values.shape == (len(ids),), f"{len(ids)} candidates, but {name} of {values.shape}")
    require(scores.values.dtype == np.float64, f"scores are {scores.values.dtype}, not float64")
    require(np.isfinite(scores.values).all(), "not every score is finite")


def _same_seed(entry: Entry) -> None:
    """Score a planted task twice."""
    view = planted_view(entry, 1)
    first, second = (entry.method.score(view, seed=7).values for _ in range(2))
    np.testing.assert_array_equal(first, second)


def _permuted_candidates(entry: Entry) -> None:
    """Score a task with a reference, and again with its candidates in another order."""
    view = planted_task(2, reference=5).view
    order = np.random.default_rng(0).permutation(len(view.candidates))
    permuted = replace(view, candidates=view.candidates.take(order))
    straight, shuffled = entry.method.score(view), entry.method.score(permuted)
    np.testing.assert_allclose(shuffled.values, straight.values[order], rtol=1e-5, atol=1e-6)
    if straight.null is None or shuffled.null is None:
        raise AssertionError("a view with a reference gave no null scores")
    np.testing.assert_allclose(np.sort(shuffled.null), np.sort(straight.null), atol=1e-6)


def _permuted_generated(entry: Entry) -> None:
    """Score a task, and again with its generated images in another order."""
    view = planted_view(entry, 3)
    order = np.random.default_rng(0).permutation(len(view.generated))
    permuted = replace(view, generated=view.generated.take(order))
    np.testing.assert_allclose(
        entry.method.score(permuted).values, entry.method.score(view).values, rtol=1e-5, atol=1e-6
    )


def _renamed(entry: Entry) -> None:
    """Score a task, and again with its candidates under other ids."""
    view = planted_view(entry, 4)
    renamed = image_set(view.candidates.pixels, "another")
    np.testing.assert_array_equal(
        entry.method.score(replace(view, candidates=renamed)).values,
        entry.method.score(view).values,
    )


def _inputs_untouched(entry: Entry) -> None:
    """Keep a copy of the pixels beside those that are given."""
    view = planted_view(entry, 5)
    before = [images.pixels.copy() for images in (view.generated, view.candidates)]
    entry.run(view)
    for images, copy in zip((view.generated, view.candidates), before, strict=True):
        np.testing.assert_array_equal(images.pixels, copy)


def _repr_rebuilds(entry: Entry) -> None:
    """Evaluate the repr among the names of the classes that the method is made of."""
    names = {type(part).__name__: type(part) for part in parts_of(entry.method)}
    written = repr(entry.method)
    try:
        rebuilt = eval(written, names)  # noqa: S307  # it is the attack's own, which has run anyway
    except (SyntaxError, NameError, TypeError, ValueError, AttributeError) as error:
        raise AssertionError(f"{written} cannot be evaluated: {error}") from error
    require(rebuilt == entry.method, f"{written} is evaluated to another method")


FORM = (
    Check(
        "one_finite_score_for_each_candidate",
        "Every candidate gets one finite score and one decision, in the view's order.",
        _one_score_each,
    ),
    Check("same_seed_same_scores", "The same seed gives the same scores, bit for bit.", _same_seed),
    Check(
        "permuting_candidates_permutes_scores",
        "The candidates' order does not matter, and a reference gives null scores.",
        _permuted_candidates,
    ),
    Check(
        "permuting_generated_changes_nothing",
        "The order of the generated images does not matter.",
        _permuted_generated,
    ),
    Check("names_do_not_matter", "The candidates' ids do not matter.", _renamed),
    Check("inputs_are_left_as_they_were", "The images are not written to.", _inputs_untouched),
    Check(
        "repr_rebuilds_the_method",
        "The method is a dataclass whose repr, evaluated, is an equal method: records rest on it.",
        _repr_rebuilds,
    ),
)
"""What every attack promises about its form."""
