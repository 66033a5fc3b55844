"""Candidates and reference that differ otherwise than by use."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.methods.pool import ct_patients
from whorl.features import extract
from whorl.images import Window, load
from whorl.methods.blind import APPEARANCE
from whorl.methods.shift import find_shift, tell_apart
from whorl.testing.worlds import image_set, noisy, smooth_images


def patients_vectors(rng: np.random.Generator, patients: int = 26) -> np.ndarray:
    """Draw what patients look like: 30 numbers, their images' means."""
    return rng.normal(size=(patients, 30)) + rng.normal(size=(patients, 1))


def test_another_scanner_is_seen() -> None:
    rng = np.random.default_rng(0)
    pixels = smooth_images(60, rng)
    grainy = image_set(noisy(pixels[:30], rng, 6), "candidates")
    plain = image_set(pixels[30:], "reference")
    found = find_shift(grainy, plain, np.arange(60) // 2)
    assert found.auc > 0.9
    assert (found.p, found.candidates, found.reference) == (0.001, 15, 15)


def test_alike_sets_raise_an_alarm_at_the_level() -> None:
    found = [tell_apart(patients_vectors(np.random.default_rng(k)), np.arange(26) < 13,
                    permutations=99, seed=k).p for k in range(120)]  # fmt: skip
    p = np.array(found)
    assert np.mean(p <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 120)
    assert 0.4 < np.mean(p) < 0.6


def test_many_images_of_few_patients_are_no_shift() -> None:
    """Each patient is brighter or darker as a whole; 20 images of each repeat that."""
    alarms = 0
    for k in range(10):
        rng = np.random.default_rng(k)
        patients = np.repeat(np.arange(16), 20)
        pixels = np.clip(
            100 + 20 * rng.normal(size=16)[patients, None, None] + rng.normal(0, 9, (320, 12, 12)),
            0, 255,
        ).astype(np.uint8)  # fmt: skip
        sets = image_set(pixels[:160], "candidates"), image_set(pixels[160:], "reference")
        alarms += find_shift(*sets, patients, permutations=99, seed=k).p <= 0.05
    assert alarms <= 3


def test_unequal_sets_and_more_deals_than_fit_at_once() -> None:
    vectors = patients_vectors(np.random.default_rng(1), 12)
    vectors[:3] += 6
    found = tell_apart(vectors, np.arange(12) < 3, permutations=450)
    assert found.auc == 1.0
    assert found.p < 0.02  # one of 220 deals


def test_the_order_of_equal_features_does_not_matter_beyond_the_folds() -> None:
    vectors = patients_vectors(np.random.default_rng(2))
    first = tell_apart(vectors, np.arange(26) < 13, seed=5)
    assert first == tell_apart(vectors, np.arange(26) < 13, seed=5)


def test_a_patient_on_both_sides_is_refused() -> None:
    images = image_set(smooth_images(4, np.random.default_rng(0)), "reals")
    halves = images.take([0, 1]), images.take([2, 3])
    with pytest.raises(ValueError, match="in both candidates and reference"):
        find_shift(*halves, np.array([0, 1, 1, 2]))
    with pytest.raises(ValueError, match="3 patients for 4 images"):
        find_shift(*halves, np.arange(3))


@pytest.mark.real
def test_chest_ct_of_another_hospital_is_told_apart_and_of_the_same_is_not(
    real_data: Path,
) -> None:
    images, patients = ct_patients(real_data, most=4)
    other = load(real_data / "data" / "chest_dicom", resize=256, window=Window(-600, 1500))
    assert other.patients is not None
    _, of = np.unique(other.patients, return_inverse=True)
    vectors = means(extract(APPEARANCE, images).reshape(len(images), -1), patients)
    foreign = means(extract(APPEARANCE, other).reshape(len(other), -1), of)
    seen = alarms = 0
    for k in range(100):
        drawn = np.random.default_rng(k).permutation(len(vectors))[:26]
        same = tell_apart(vectors[drawn], np.arange(26) < 13, permutations=199, seed=k)
        both = np.concatenate([vectors[drawn[:13]], foreign])
        differ = tell_apart(both, np.arange(len(both)) < 13, permutations=199, seed=k)
        alarms += same.p <= 0.01
        seen += differ.p <= 0.01
    assert alarms <= 4
    assert seen >= 95


def means(vectors: np.ndarray, code: np.ndarray) -> np.ndarray:
    return np.stack([vectors[code == k].mean(axis=0) for k in np.unique(code)])
