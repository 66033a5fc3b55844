"""What every entry of the catalogue must keep. A new entry is tested by being in the catalogue."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.metrics import roc_auc_score

from tests.worlds import image_set, null_view, planted_task, smooth_images
from whorl.decisions import conformal_p_values
from whorl.errors import WhorlError
from whorl.images import ImageSet
from whorl.runs import CATALOGUE, Entry
from whorl.tasks.view import View

CONSTANT = {"all-used", "none-used"}  # by their nature
BLIND = CONSTANT | {"random", "brightness"}  # never look at a generated image
TIED = CONSTANT | {"vcmi-3"}  # scores with many ties: p-values are valid but not uniform

every_entry = pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)


@every_entry
def test_one_finite_score_for_each_candidate(entry: Entry) -> None:
    view = planted_task(0).view
    scores, decisions = entry.run(view)
    assert scores.ids == decisions.ids == view.candidates.ids
    assert scores.values.shape == decisions.used.shape == (len(view.candidates),)
    assert scores.values.dtype == np.float64
    assert np.isfinite(scores.values).all()


@every_entry
def test_same_seed_same_scores(entry: Entry) -> None:
    view = planted_task(1).view
    first, second = (entry.method.score(view, seed=7).values for _ in range(2))
    np.testing.assert_array_equal(first, second)


@every_entry
def test_permuting_candidates_permutes_scores(entry: Entry) -> None:
    view = planted_task(2, reference=5).view
    order = np.random.default_rng(0).permutation(len(view.candidates))
    permuted = replace(view, candidates=view.candidates.take(order))
    straight, shuffled = entry.method.score(view), entry.method.score(permuted)
    np.testing.assert_allclose(shuffled.values, straight.values[order], rtol=1e-5, atol=1e-6)
    assert shuffled.null is not None
    assert straight.null is not None
    np.testing.assert_allclose(np.sort(shuffled.null), np.sort(straight.null), atol=1e-6)


@every_entry
def test_permuting_generated_changes_nothing(entry: Entry) -> None:
    view = planted_task(3).view
    order = np.random.default_rng(0).permutation(len(view.generated))
    permuted = replace(view, generated=view.generated.take(order))
    np.testing.assert_allclose(
        entry.method.score(permuted).values, entry.method.score(view).values, rtol=1e-5, atol=1e-6
    )


@every_entry
def test_names_do_not_matter(entry: Entry) -> None:
    view = planted_task(4).view
    renamed = image_set(view.candidates.pixels, "another")
    np.testing.assert_array_equal(
        entry.method.score(replace(view, candidates=renamed)).values,
        entry.method.score(view).values,
    )


@every_entry
def test_inputs_are_left_as_they_were(entry: Entry) -> None:
    view = planted_task(5).view
    before = [images.pixels.copy() for images in (view.generated, view.candidates)]
    entry.run(view)
    for images, copy in zip((view.generated, view.candidates), before, strict=True):
        np.testing.assert_array_equal(images.pixels, copy)


@pytest.mark.parametrize("name", [name for name in CATALOGUE if name not in BLIND])
def test_finds_planted_copies(name: str) -> None:
    entry = CATALOGUE[name]
    for seed in range(3):
        task = planted_task(seed)
        scores = entry.method.score(task.view)
        truth = [task.truth.used[i] for i in scores.ids]
        assert roc_auc_score(truth, scores.values) > 0.9


@every_entry
def test_scores_differ_between_candidates(entry: Entry) -> None:
    values = entry.method.score(planted_task(6).view).values
    assert (np.ptp(values) == 0) == (entry.name in CONSTANT)


@every_entry
def test_p_values_of_non_members_are_uniform(entry: Entry) -> None:
    """One p-value from each of many independent tasks, so that their count is binomial."""
    tasks, reference = 120, 9
    p_values = []
    for seed in range(tasks):
        scores = entry.method.score(null_view(seed, candidates=1, reference=reference), seed=seed)
        assert scores.null is not None
        p_values.append(conformal_p_values(scores.values, scores.null)[0])
    for level in (0.1, 0.3, 0.5, 0.7):
        low, high = binom.ppf([0.0005, 0.9995], tasks, level)
        below = np.count_nonzero(np.array(p_values) <= level + 1e-9)
        assert below <= high, f"p ≤ {level} in {below} of {tasks}"
        if entry.name not in TIED:
            assert below >= low, f"p ≤ {level} in {below} of {tasks}"


def _odd_views() -> dict[str, View]:
    """Views at the edge of what makes sense."""
    rng = np.random.default_rng(0)
    some = smooth_images(6, rng)
    black = np.zeros((4, 32, 32), np.uint8)
    return {
        "one candidate": View(image_set(some, "generated"), image_set(some[:1], "candidate")),
        "one generated": View(image_set(some[:1], "generated"), image_set(some, "candidate")),
        "all black": View(image_set(black, "generated"), image_set(black, "candidate")),
        "all the same": View(
            image_set(some[[0, 0, 0]], "generated"), image_set(some[[0, 0, 0, 0]], "candidate")
        ),
        "tiny": View(
            image_set(some[:, :3, :3], "generated"), image_set(some[:, 3:6, 3:6], "candidate")
        ),
        "not square": View(
            image_set(some[:, :9, :31], "generated"), image_set(some[:, 9:18, :31], "candidate")
        ),
    }


@every_entry
@pytest.mark.parametrize("name", _odd_views())
def test_odd_inputs_give_a_value_or_a_named_error(entry: Entry, name: str) -> None:
    view = _odd_views()[name]
    try:
        scores, decisions = entry.run(view)
    except WhorlError as error:
        message = str(error)
    else:
        message = ""
        assert np.isfinite(scores.values).all()
        assert decisions.used.dtype == np.bool_
    assert message == "" or len(message) > 20


@every_entry
def test_repr_rebuilds_the_method(entry: Entry) -> None:
    import whorl.methods.nearest as nearest
    import whorl.methods.trivial as trivial
    import whorl.methods.vcmi as vcmi
    import whorl.similarity as similarity

    names = {
        k: v for module in (nearest, trivial, vcmi, similarity) for k, v in vars(module).items()
    }
    assert eval(repr(entry.method), names) == entry.method  # noqa: S307


@every_entry
def test_entry_says_where_it_comes_from(entry: Entry) -> None:
    row = entry.to_dict()
    assert {"name", "team", "needs", "fidelity", "paper_f1", "citation"} <= row.keys()
    assert entry.summary
    assert (entry.fidelity is None) == (entry.paper_f1 is None)
    if entry.paper_f1 is not None:
        assert entry.citation
        assert entry.team != "whorl"


def test_labels_are_out_of_reach() -> None:
    assert set(View.__dataclass_fields__) == {
        "generated", "candidates", "reference", "development",
    }  # fmt: skip
    assert set(ImageSet.__dataclass_fields__) == {
        "ids", "pixels", "name", "origins", "notes", "skipped",
    }  # fmt: skip
