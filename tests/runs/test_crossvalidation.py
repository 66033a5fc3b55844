"""Cross-validation: every real held out once, groups whole, nothing learned from held-out reals."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from whorl.decisions import Above
from whorl.errors import WhorlError
from whorl.images import ImageSet
from whorl.methods.base import Scores
from whorl.methods.supervised import State, SupervisedMethod
from whorl.runs import Entry, cross_validate
from whorl.tasks.view import Development, View
from whorl.testing.worlds import image_set, smooth_images

seen: list[tuple[set[str], set[str]]] = []


@dataclass(frozen=True)
class Remembering(SupervisedMethod):
    """Score 1 for an image that was used in fitting, by its content; it learns by heart."""

    def _fit(self, development: Development, seed: int) -> State:  # noqa: ARG002
        return {"used": list(development.used.hashes), "other": list(development.not_used.hashes)}

    def _apply(self, state: State, view: View, seed: int) -> Scores:  # noqa: ARG002
        seen.append(({*state["used"], *state["other"]}, set(view.candidates.hashes)))
        values = [float(content in state["used"]) for content in view.candidates.hashes]
        return Scores(view.candidates.ids, np.array(values))


@dataclass(frozen=True)
class Knowing(SupervisedMethod):
    """Score = mean grey value less 100, in no need of learning."""

    def _fit(self, development: Development, seed: int) -> State:  # noqa: ARG002
        return {}

    def _apply(self, state: State, view: View, seed: int) -> Scores:  # noqa: ARG002
        return Scores(view.candidates.ids, view.candidates.pixels.mean(axis=(1, 2)) - 100)


def run_of(method: SupervisedMethod) -> Entry:
    return Entry("own", method, Above(0), "an entry of the tests")


def levels(values: list[int], name: str) -> ImageSet:
    return image_set(np.repeat(np.uint8(values), 4).reshape(-1, 2, 2), name)


def random_sets(used: int = 20, not_used: int = 15) -> Development:
    rng = np.random.default_rng(0)
    return Development(
        *(
            image_set(smooth_images(n, rng, 8), name)
            for name, n in (("generated", 5), ("used", used), ("not_used", not_used))
        )
    )


def test_counts_by_hand() -> None:
    development = Development(
        levels([0], "generated"), levels([101, 102, 103, 50], "used"), levels([1, 2, 200], "not")
    )
    found = cross_validate(run_of(Knowing()), development, folds=3)
    assert found.evaluation.counts == (3, 1, 1, 2)
    assert found.evaluation.metrics["f1"].value == pytest.approx(0.75)
    assert found.folds == 3
    assert found.patients is None
    assert found.sentence.startswith("expected F1 0.750 (")
    assert "4 used and 3 not used development reals, patients not known" in found.sentence
    assert found.to_dict()["sentence"] == found.sentence


def test_every_real_is_held_out_once_and_not_learned_from() -> None:
    seen.clear()
    development = random_sets()
    found = cross_validate(run_of(Remembering()), development)
    assert len(seen) == found.folds == 5
    assert not any(learned & held_out for learned, held_out in seen)
    held_out = [content for _, part in seen for content in part]
    assert sorted(held_out) == sorted(development.used.hashes + development.not_used.hashes)
    assert found.evaluation.metrics["recall"].value == 0


def test_copies_are_not_parted() -> None:
    """Each image stands there twice; learning by heart would find every twin."""
    development = random_sets()
    twice = [*range(len(development.used))] * 2
    pixels = development.used.pixels[twice]
    found = cross_validate(
        run_of(Remembering()), replace(development, used=image_set(pixels, "used"))
    )
    assert found.evaluation.counts.tp == 0


def of_patients(development: Development, patients: list[str]) -> Development:
    """Give the used, then the not used reals their patients."""
    used = len(development.used)
    return replace(
        development,
        used=development.used.with_patients(patients[:used]),
        not_used=development.not_used.with_patients(patients[used:]),
    )


def test_patients_are_not_parted() -> None:
    seen.clear()
    development = random_sets()
    contents = development.used.hashes + development.not_used.hashes
    of = dict(zip(contents, [*range(7)] * 5, strict=True))
    known = of_patients(development, [str(of[content]) for content in contents])
    found = cross_validate(run_of(Remembering()), known, folds=3)
    assert found.patients == 7
    assert "7 patients" in found.sentence
    for learned, held_out in seen:
        assert not {of[content] for content in learned} & {of[content] for content in held_out}


def test_the_seed_draws_the_folds() -> None:
    folds = []
    for seed in (1, 1, 2):
        seen.clear()
        cross_validate(run_of(Remembering()), random_sets(), seed=seed)
        folds.append([held_out for _, held_out in seen])
    assert folds[0] == folds[1] != folds[2]


def test_fewer_images_than_folds() -> None:
    assert cross_validate(run_of(Knowing()), random_sets(used=3)).folds == 3
    with pytest.raises(WhorlError, match="at least two patients"):
        cross_validate(run_of(Knowing()), random_sets(used=1))


def test_reals_without_a_patient_are_named() -> None:
    development = random_sets()
    half = replace(development, used=development.used.with_patients(["p"] * len(development.used)))
    with pytest.raises(WhorlError, match="not_used: patients are known of used, but not of"):
        cross_validate(run_of(Knowing()), half)


def test_patients_that_leave_one_side_a_single_class_are_refused() -> None:
    """Of either class one patient holds nearly all: held out, nothing is left to learn from."""
    development = random_sets(4, 4)
    with pytest.raises(WhorlError, match="at least two patients"):
        cross_validate(run_of(Knowing()), of_patients(development, [*"aaaabbbb"]))
    found = cross_validate(run_of(Knowing()), of_patients(development, [*"baaaabbb"]))
    assert found.folds == 2
