"""VCMI's runs with networks: their bounds worked out by hand, and planted copies found."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from whorl.cache import Cache
from whorl.compute import Compute, computing
from whorl.decisions import Above
from whorl.errors import ImageError, ScoreError
from whorl.methods.parts import parts_of
from whorl.networks.pictures import pictures_of
from whorl.networks.training import Plan
from whorl.progress import shown
from whorl.runs import CATALOGUE
from whorl.runs.teams.vcmi import replacing
from whorl.runs.teams.vcmi.latents import (
    AutoencoderTraining,
    Latents,
    ReconstructionError,
)
from whorl.runs.teams.vcmi.matching import MatchingPatches, random_crops
from whorl.runs.teams.vcmi.replacing import ReplacingPatches, smallest_errors
from whorl.tasks.view import View
from whorl.testing.worlds import image_set, planted_task, smooth_images

pytest.importorskip("torch")

QUICK = AutoencoderTraining(width=4, latent=16, side=16, plan=Plan(2, 16, 3e-3))


def auc(method: ReplacingPatches | MatchingPatches, seed: int) -> float:
    task = planted_task(seed)
    scores = method.score(task.view)
    return float(roc_auc_score([task.truth.used[i] for i in scores.ids], scores.values))


@pytest.mark.parametrize("number", [4, 5, 6, 7, 9, 10])
def test_the_small_budget_is_of_smaller_images_and_fewer_epochs(number: int) -> None:
    method = CATALOGUE[f"vcmi-{number}"].method
    parts, fast_parts = (list(parts_of(m)) for m in (method, method.fast()))
    full, fast = (next(p for p in some if isinstance(p, Plan)) for some in (parts, fast_parts))
    assert full.epochs == (800 if number == 9 else 200)
    assert fast.epochs <= 40
    assert any(getattr(part, "side", None) in (32, 64) for part in fast_parts)


def test_latents_are_rows_in_the_views_order() -> None:
    view = planted_task(0).view
    candidates, generated = Latents(QUICK).items(view, seed=0)
    assert isinstance(candidates, np.ndarray)
    assert isinstance(generated, np.ndarray)
    assert (candidates.shape, generated.shape) == ((24, 16), (36, 16))
    flipped = replace(view, candidates=view.candidates.take(np.arange(24)[::-1]))
    np.testing.assert_array_equal(Latents(QUICK).items(flipped, seed=0)[0], candidates[::-1])


def test_an_autoencoder_of_some_generated_images_differs() -> None:
    view = planted_task(0).view
    whole, some = (Latents(QUICK, n).items(view, seed=0)[0] for n in (None, 10))
    assert not np.array_equal(np.asarray(whole), np.asarray(some))


def test_an_autoencoder_is_trained_once_and_shared(tmp_path: Path) -> None:
    """What vcmi-5 trained, vcmi-10 finds in the cache."""
    view = planted_task(0).view
    with computing(Compute(cache=Cache(tmp_path))):
        Latents(QUICK).items(view, seed=0)
        ReplacingPatches(QUICK).score(view)
    assert Cache(tmp_path).usage().files == 1


def test_reconstruction_is_bounded_by_held_out_images() -> None:
    """An image unlike all generated ones lies above the bound; one of their kind below it."""
    rng = np.random.default_rng(0)
    pixels = smooth_images(40, rng)
    strange = rng.integers(0, 256, (2, 32, 32), np.uint8)
    view = View(
        image_set(pixels[:36], "generated"),
        image_set(np.concatenate([pixels[36:], strange]), "candidate"),
    )
    method = ReconstructionError(replace(QUICK, side=None, plan=Plan(20, 16, 3e-3)), held_out=0.25)
    used = Above(0).decide(method.score(view)).used
    np.testing.assert_array_equal(used, [True] * 4 + [False] * 2)


def test_reconstruction_needs_some_generated_images() -> None:
    view = planted_task(0).view
    with pytest.raises(ImageError, match="too few generated images"):
        ReconstructionError(QUICK).score(replace(view, generated=view.generated.take([0, 1, 2])))


def test_matching_finds_crops_of_copies() -> None:
    assert auc(MatchingPatches(4, 16, plan=Plan(20, 12, 3e-3)), seed=3) > 0.9


def test_matching_names_the_generated_image_it_found() -> None:
    view = planted_task(1).view
    one = replace(view, candidates=view.candidates.joined(view.generated.take([7])))
    nearest = MatchingPatches(4, 16, plan=Plan(4, 12, 3e-3)).score(one).nearest
    assert nearest is not None
    assert nearest.index[-1] == 7
    assert nearest.similarity[-1] == pytest.approx(1)


def test_crops_have_half_the_sides() -> None:
    pixels = np.arange(2 * 5 * 8, dtype=np.uint8).reshape(2, 5, 8)
    crops = random_crops(pixels, np.random.default_rng(0))
    assert crops.shape == (2, 3, 4)
    for image, crop in zip(pixels, crops, strict=True):
        top, left = np.argwhere(image == crop[0, 0])[0]
        np.testing.assert_array_equal(crop, image[top : top + 3, left : left + 4])


def test_replacing_takes_the_smallest_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each candidate's errors: with the other two, then with the two generated images."""
    tables = iter(
        np.array(rows, np.float32)
        for rows in ([9, 4, 6, 3, 2], [5, 9, 5, 1, 2], [6, 4, 9, 7, 8])
    )  # fmt: skip
    monkeypatch.setattr(replacing, "computed_in_batches", lambda *_: next(tables))
    rng = np.random.default_rng(0)
    sets = (image_set(smooth_images(3, rng), "candidate"), image_set(smooth_images(2, rng), "g"))
    view = View(sets[1], sets[0])
    training = replace(QUICK, side=None)
    scores = ReplacingPatches(training).score(view)
    among = np.array([4, 6, 5, 5, 6, 4])
    bound = among.mean() - 2 * among.std()  # 5 − 2 · 0.8165 = 3.367
    np.testing.assert_allclose(scores.values, (bound - np.array([2, 1, 7])) / among.std())
    np.testing.assert_array_equal(Above(0).decide(scores).used, [True, True, False])


def test_replacing_finds_copies_once_the_autoencoder_knows_them() -> None:
    assert auc(ReplacingPatches(replace(QUICK, width=4, plan=Plan(40, 16, 3e-3))), seed=1) > 0.9


def test_replacing_tries_at_most_so_many() -> None:
    view = planted_task(2).view
    nearest = ReplacingPatches(QUICK, generated_at_most=5).score(view).nearest
    assert nearest is not None
    assert len(np.unique(nearest.index)) <= 5


def test_replacing_says_beforehand_how_long_it_will_take(
    capsys: pytest.CaptureFixture[str],
) -> None:
    view = planted_task(2).view
    with shown():
        ReplacingPatches(QUICK, generated_at_most=5).score(view)
    said = capsys.readouterr().err
    assert re.search(r"replacing 696 patches will take about \d+ \w+ here", said)  # 24 · (24 + 5)


def test_replacing_needs_two_candidates() -> None:
    view = planted_task(0).view
    with pytest.raises(ScoreError, match="at least two"):
        ReplacingPatches(QUICK).score(replace(view, candidates=view.candidates.take([0])))


def test_an_images_own_patch_changes_nothing() -> None:
    view = planted_task(0).view
    own = replace(view, generated=view.candidates.take([4]))
    pictures = pictures_of(own.candidates, own.generated, side=16)
    network = QUICK.trained(pictures, np.arange(len(pictures)), seed=0)
    nearest, _, among = smallest_errors(network, pictures, pictures.within(1))
    assert among.shape == (24 * 23,)
    np.testing.assert_array_equal(pictures.own(1, nearest), np.zeros(24))
