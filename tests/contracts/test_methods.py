"""What every entry of the catalogue must keep. A new entry is tested by being in the catalogue."""

from __future__ import annotations

import pkgutil
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom
from sklearn.metrics import roc_auc_score

import whorl.features
import whorl.generators
import whorl.methods
import whorl.networks
import whorl.runs.teams
import whorl.similarity
from tests.fast import FAST_CATALOGUE
from tests.worlds import development, image_set, null_view, planted_task, smooth_images
from whorl.decisions import conformal_p_values
from whorl.errors import WhorlError
from whorl.images import ImageSet
from whorl.methods.parts import parts_of
from whorl.methods.supervised import SupervisedMethod
from whorl.networks.training import Plan
from whorl.runs import CATALOGUE, Entry, load_model, save_model
from whorl.tasks.view import Development, View

BLIND = {
    "all-used": "constant",
    "none-used": "constant",
    "random": "never looks at an image",
    "brightness": "never looks at a generated image",
    "blind": "never looks at a generated image",
    "dmk-1": "never looks at a generated image",
    "dmk-2": "compares the candidate with development reals, in words of generated images",
    "aimultimedia-2": "tells by its embedding whose generator an image may come from",
    "clef-cse-gan-1": "a mean over all generated images, which a few copies hardly move",
    "clef-cse-gan-2": "clusters candidates; it looks at no generated image",
    "clef-cse-gan-3": "what it learned does not depend on the generated image of a pair",
    **{f"kde-lab-{n}": "never looks at a generated image" for n in range(1, 6)},
    "aimultimedia-1": "tells by its texture whose generator an image may come from",
    "gan-isi-1": "a mean over all generated images, which a few copies hardly move",
    "gan-isi-2": "a mean over all generated images, which a few copies hardly move",
    "gan-isi-3": "a mean over all generated images, which a few copies hardly move",
    "gan-isi-4": "a mean over all generated images, which a few copies hardly move",
    "gan-isi-5": "compares the texture of images, which a noisy copy does not share",
    **{f"picuslab-{n}": "never looks at the view's generated images" for n in range(1, 11)},
    "vcmi-4": "tells how well an image is reconstructed, and noisy copies teach no more than that",
    "vcmi-10": "compares reconstructions, for which the autoencoder is too little trained here",
}
"""Entries that need not find planted copies, and why."""

CONSTANT = {name for name, reason in BLIND.items() if reason == "constant"}

TIED = {
    "all-used": "constant",
    "none-used": "constant",
    "clef-cse-gan-3": "a share of votes, most often none or all",
    "vcmi-3": "a count of generated images",
    "dmk-2": "a share of five neighbours",
    "dmk-phash": "a count of bits",
    "vcmi-5": "many candidates that no generated image retrieves tie at zero",
    "vcmi-6": "many candidates that no generated image retrieves tie at zero",
    "vcmi-7": "many candidates that no generated image retrieves tie at zero",
    "vcmi-dbscan": "two candidates that are nearest to each other tie",
    "picuslab-10": "a count of votes",
    "gan-isi-5": "the largest of probabilities of which a forest has few",
}
"""Entries whose scores have many ties, and why: p-values are valid but not uniform."""

every_entry = pytest.mark.parametrize("entry", FAST_CATALOGUE.values(), ids=FAST_CATALOGUE)
every_supervised = pytest.mark.parametrize(
    "entry",
    [e for e in FAST_CATALOGUE.values() if isinstance(e.method, SupervisedMethod)],
    ids=lambda e: e.name,
)


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


@pytest.mark.parametrize("name", [name for name in FAST_CATALOGUE if name not in BLIND])
def test_finds_planted_copies(name: str) -> None:
    entry = FAST_CATALOGUE[name]
    for seed in range(3):
        task = planted_task(seed)
        scores = entry.method.score(task.view)
        truth = [task.truth.used[i] for i in scores.ids]
        assert roc_auc_score(truth, scores.values) > 0.9


@every_entry
def test_finds_nothing_where_nothing_is(entry: Entry) -> None:
    """Labels drawn at random: the mean AUC of three tasks lies within its interval of 99.9 %."""
    candidates, tasks = 40, 3
    aucs = []
    for seed in range(tasks):
        view = null_view(seed, candidates=candidates, reference=0)
        truth = np.random.default_rng(seed).permutation(candidates) < candidates // 2
        aucs.append(roc_auc_score(truth, entry.method.score(view, seed=seed).values))
    deviation = np.sqrt((candidates + 1) / (3 * candidates**2) / tasks)  # of Mann and Whitney's U
    assert abs(np.mean(aucs) - 0.5) < 3.3 * deviation


@every_entry
def test_scores_differ_between_candidates(entry: Entry) -> None:
    values = entry.method.score(planted_task(6).view).values
    assert (np.ptp(values) == 0) == (entry.name in CONSTANT)


@every_entry
def test_p_values_of_non_members_are_uniform(entry: Entry) -> None:
    """One p-value from each of many independent tasks, so that their count is binomial."""
    reference, method = 9, entry.method
    trains = any(isinstance(part, Plan) for part in parts_of(method))
    tasks = 40 if trains and not isinstance(method, SupervisedMethod) else 120
    if isinstance(method, SupervisedMethod):  # once for all: what was learned is no chance here
        method = method.fit(development(np.random.default_rng(tasks)))
    p_values = []
    for seed in range(tasks):
        scores = method.score(null_view(seed, candidates=1, reference=reference), seed=seed)
        assert scores.null is not None
        p_values.append(conformal_p_values(scores.values, scores.null)[0])
    for level in (0.1, 0.3, 0.5, 0.7):
        low, high = binom.ppf([0.0005, 0.9995], tasks, level)
        below = np.count_nonzero(np.array(p_values) <= level + 1e-9)
        assert below <= high, f"p ≤ {level} in {below} of {tasks}"
        if entry.name not in TIED:
            assert below >= low, f"p ≤ {level} in {below} of {tasks}"


def _labelled(*parts: NDArray[np.uint8]) -> View:
    """View whose development set holds these generated, used and not used images."""
    rng = np.random.default_rng(1)
    labelled = Development(*(image_set(pixels, "part") for pixels in parts))
    candidates = image_set(smooth_images(4, rng), "candidate")
    return View(image_set(smooth_images(4, rng), "generated"), candidates, None, labelled)


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
        "one development image of each kind": _labelled(some[:1], some[1:2], some[2:3]),
        "two equal development images": _labelled(some[[0, 0]], some[[0, 0]], some[[0, 0]]),
        "black development set": _labelled(black, black, black),
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


def _names(package: ModuleType) -> dict[str, object]:
    """Return all that a package's modules define."""
    modules = pkgutil.walk_packages(package.__path__, package.__name__ + ".")
    parts = [vars(import_module(module.name)) for module in modules]
    return {name: value for part in parts for name, value in part.items()}


@every_entry
def test_repr_rebuilds_the_method(entry: Entry) -> None:
    names: dict[str, object] = {}
    for package in (
        whorl.similarity,
        whorl.networks,
        whorl.features,
        whorl.generators,
        whorl.methods,
        whorl.runs.teams,
    ):
        names |= _names(package)
    for method in (entry.method, CATALOGUE[entry.name].method):
        assert eval(repr(method), names) == method  # noqa: S307


@every_entry
def test_fast_arguments_are_of_the_catalogues_method(entry: Entry) -> None:
    assert type(entry.method) is type(CATALOGUE[entry.name].method)


@every_supervised
def test_fitted_scores_as_the_unfitted_one(entry: Entry) -> None:
    view = planted_task(7, reference=4).view
    assert view.development is not None
    fitted = entry.fitted(view.development, seed=2)
    bare = replace(view, development=None)
    before, straight = fitted.method.score(bare), entry.method.score(view, seed=2)
    np.testing.assert_array_equal(before.values, straight.values)
    fitted.method.score(planted_task(8).view)
    np.testing.assert_array_equal(fitted.method.score(bare).values, before.values)


@every_supervised
def test_order_of_the_development_set_does_not_matter(entry: Entry) -> None:
    view = planted_task(9).view
    known = view.development
    assert known is not None
    rng = np.random.default_rng(0)
    parts = (known.generated, known.used, known.not_used)
    shuffled = Development(*(images.take(rng.permutation(len(images))) for images in parts))
    first, second = (
        entry.method.score(replace(view, development=d)).values for d in (known, shuffled)
    )
    np.testing.assert_array_equal(first, second)


@every_supervised
def test_a_saved_model_scores_as_before(entry: Entry, tmp_path: Path) -> None:
    view = planted_task(10).view
    assert view.development is not None
    fitted = entry.fitted(view.development, seed=3)
    save_model(tmp_path / "model", fitted)
    loaded = load_model(tmp_path / "model", FAST_CATALOGUE)
    bare = replace(view, development=None)
    (straight, decided), (again, redecided) = fitted.run(bare), loaded.entry.run(bare)
    np.testing.assert_array_equal(again.values, straight.values)
    np.testing.assert_array_equal(redecided.used, decided.used)


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
        "ids", "pixels", "name", "origins", "notes", "skipped", "patients", "patients_confidential",
    }  # fmt: skip
