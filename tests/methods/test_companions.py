"""Several images of fewer patients, found where nobody says whose they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.methods.pool import ct_patients
from whorl.cache import Cache
from whorl.compute import Compute, computing
from whorl.images import load
from whorl.methods import companions
from whorl.methods.companions import Companions, companions_of, find_companions
from whorl.similarity import SSIM, similarity_matrix
from whorl.tasks.sample import sample_task
from whorl.testing.worlds import image_set, noisy, smooth_images

PATIENTS, EACH = 12, 8  # of either set


def looks(rng: np.random.Generator, patients: np.ndarray, alike: float = 3.0) -> np.ndarray:
    """Draw vectors; patients differ `alike` times as much as images of one of them do."""
    shared = alike * rng.normal(size=(patients.max() + 1, 20))[patients]
    return shared + rng.normal(size=(len(patients), 20))


def dealt_by_patient() -> tuple[np.ndarray, np.ndarray]:
    patients = np.repeat(np.arange(2 * PATIENTS), EACH)
    return patients, patients < PATIENTS


def pairs(codes: np.ndarray) -> np.ndarray:
    return np.triu(codes[:, None] == codes[None, :], 1)


def test_patients_dealt_out_with_all_their_images_are_found() -> None:
    patients, sides = dealt_by_patient()
    found = companions_of(looks(np.random.default_rng(0), patients), sides)
    true, joined = pairs(patients), pairs(found.codes)
    assert (found.same_set, found.p) == (1.0, 0.005)
    assert (true & joined).sum() / true.sum() > 0.95
    assert PATIENTS <= found.groups <= 3 * PATIENTS
    assert found.same_set_groups < found.groups_by_chance + 0.1


def test_no_group_spans_both_sets_and_not_all_is_joined() -> None:
    patients, sides = dealt_by_patient()
    for alike in (0.5, 1.0, 20.0):
        found = companions_of(looks(np.random.default_rng(1), patients, alike), sides)
        own, other = set(found.codes[sides]), set(found.codes[~sides])
        assert not own & other
        assert min(len(own), len(other)) >= 5


def test_images_dealt_out_one_by_one_count_one_by_one() -> None:
    """The same patients, but their images go either way: the test of images holds as it is."""
    alarms = 0
    for k in range(40):
        rng = np.random.default_rng(k)
        patients, sides = dealt_by_patient()
        found = companions_of(looks(rng, patients), rng.permuted(sides), seed=k)
        alarms += found.p <= companions.LEVEL
        assert found.groups == len(sides) or found.p <= companions.LEVEL
    assert alarms <= 3  # 1 % of 40, and three standard deviations


def test_images_that_come_alone_stay_alone() -> None:
    found = [
        companions_of(np.random.default_rng(k).normal(size=(80, 20)), np.arange(80) < 40, seed=k)
        for k in range(40)
    ]
    assert sum(f.groups == 80 for f in found) >= 37


def test_another_scanner_makes_no_companions() -> None:
    vectors = np.random.default_rng(0).normal(size=(200, 20))
    vectors[:100] += 1.5
    found = companions_of(vectors, np.arange(200) < 100)
    assert found.same_set > 0.95
    assert found.groups > 100


def test_large_sets_are_gathered_first(monkeypatch: pytest.MonkeyPatch) -> None:
    patients, sides = dealt_by_patient()
    vectors = looks(np.random.default_rng(0), patients)
    monkeypatch.setattr(companions, "MOST_UNITS", 40)
    found = companions_of(vectors, sides)
    true = pairs(patients)
    assert (true & pairs(found.codes)).sum() / true.sum() > 0.9


def test_companions_among_pictures() -> None:
    rng = np.random.default_rng(0)
    patients = smooth_images(20, rng, 24)
    pixels = noisy(np.repeat(patients, 6, axis=0), rng, 8)
    found = find_companions(image_set(pixels[:60], "candidates"), image_set(pixels[60:], "r"))
    true = pairs(np.repeat(np.arange(20), 6))
    assert (true & pairs(found.codes)).sum() / true.sum() > 0.9
    assert found.groups < 60


def test_the_sample_s_phantoms_are_of_one_image_each() -> None:
    view = sample_task().view
    assert view.reference is not None
    found = find_companions(view.candidates, view.reference)
    assert found.groups == len(view.candidates) + len(view.reference)


def test_too_few_images_stay_alone() -> None:
    images = image_set(smooth_images(8, np.random.default_rng(0)), "reals")
    found = find_companions(images.take(range(6)), images.take([6, 7]))
    assert found.codes.tolist() == list(range(8))


@pytest.mark.real
def test_nodules_of_as_many_patients_stay_alone(real_data: Path) -> None:
    images = load(real_data / "data" / "nodule_crops" / "images")
    alarms = 0
    for k in range(10):
        drawn = np.random.default_rng(k).permutation(len(images))[:200]
        found = find_companions(images.take(drawn[:100]), images.take(drawn[100:]), seed=k)
        alarms += found.p <= companions.LEVEL
        assert found.groups == 200 or found.p <= companions.LEVEL
    assert alarms <= 1


@pytest.mark.real
@pytest.mark.slow
def test_a_test_over_found_groups_of_chest_ct_holds_its_level(
    real_data: Path, tmp_path: Path
) -> None:
    """Nothing leaked, patients on one side each, nobody says whose slices they are."""
    images, patients = ct_patients(real_data)
    small = load([origin.path for origin in images.origins or ()], resize=64)
    alike = similarity_matrix(SSIM(), small, small)
    by_slices = by_groups = 0
    for k in range(100):
        rng = np.random.default_rng(k)
        first, second, rest = np.split(rng.permutation(patients.max() + 1), [13, 26])
        a, b, others = (np.flatnonzero(np.isin(patients, p)) for p in (first, second, rest[:10]))
        with computing(Compute(cache=Cache(tmp_path))):  # features are computed once an image
            found = find_companions(images.take(a), images.take(b), seed=k)
        scores = alike[np.ix_(np.concatenate([a, b]), others)].max(axis=1)
        sides = np.arange(len(scores)) < len(a)
        by_slices += permutation_p(scores, np.arange(len(scores)), sides, rng) <= 0.05
        by_groups += permutation_p(scores, found.codes, sides, rng) <= 0.05
    assert by_slices > 20
    assert by_groups <= 5 + 3 * np.sqrt(100 * 0.05 * 0.95)


def permutation_p(
    scores: np.ndarray, codes: np.ndarray, sides: np.ndarray, rng: np.random.Generator
) -> float:
    """Test groups' means, each counting once, with the sets' names dealt out anew."""
    means = np.bincount(codes, scores) / np.bincount(codes)
    side = np.zeros(len(means), bool)
    side[codes] = sides
    deals = rng.permuted(np.tile(side, (499, 1)), axis=1)
    dealt = (deals * means).sum(axis=1)
    return float((1 + np.count_nonzero(dealt >= means[side].sum())) / 500)


def test_groups_are_counted() -> None:
    assert Companions(np.array([0, 1, 1]), 1.0, 0.5, 0.01, 0.5, 0.5).groups == 2
