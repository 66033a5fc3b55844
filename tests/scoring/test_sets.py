"""The sets are read, checked and rid of patients' names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.scoring.worlds import world
from whorl.auditing.findings import Known
from whorl.errors import WhorlError
from whorl.images import ImageSet
from whorl.scoring.sets import read_sets


def test_patients_are_numbered_over_both_sides() -> None:
    sets = read_sets(*world(0, patients=3, made=4))
    assert sets.known is Known.GIVEN
    assert sets.training_patients.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert sets.holdout_patients.tolist() == [3, 3, 3, 4, 4, 4, 5, 5, 5]
    assert sets.patients == 6


def test_a_patient_on_both_sides_is_an_error_that_names_nobody() -> None:
    made, training, holdout = world(0, patients=3, made=4)
    holdout = holdout.with_patients(["Abel00"] * 3 + ["Roth01"] * 6)
    with pytest.raises(WhorlError, match="--drop-shared-patients") as caught:
        read_sets(made, training, holdout)
    assert "Abel" not in str(caught.value)
    sets = read_sets(made, training, holdout, drop_shared_patients=True)
    assert len(sets.holdout) == 6
    assert sets.notes[0].startswith("3 holdout images are left out")
    with pytest.raises(WhorlError, match="--holdout: all its patients"):
        read_sets(made, training, holdout.with_patients(["Abel00"] * 9), drop_shared_patients=True)


def test_an_image_in_both_sets_is_an_error_that_names_it() -> None:
    made, training, holdout = world(0, patients=3, made=4)
    pixels = np.concatenate([holdout.pixels[:-1], training.pixels[:1]])
    with pytest.raises(WhorlError, match=r"1 images of --holdout are equal .*holdout_008"):
        read_sets(made, training, replace(holdout, pixels=pixels))


def test_patients_known_on_one_side_only_are_an_error() -> None:
    made, training, holdout = world(0, patients=3, made=4)
    with pytest.raises(WhorlError, match="holdout: patients are known of training"):
        read_sets(made, training, replace(holdout, patients=None))


def test_ids_that_hold_a_patients_name_are_replaced() -> None:
    made, training, holdout = world(0, patients=1, made=2)
    training = training.with_ids(["abel00/1", "x/slice_ABEL00_2", "3"])
    made = made.with_ids(["Abel00/g", "h"])
    sets = read_sets(made, training, holdout)
    assert sets.training.ids == ("P001/1", "training image 2", "3")
    assert sets.generated.ids == ("P001/g", "h")


def test_blank_images_are_left_out_and_counted() -> None:
    made, training, holdout = world(0, patients=3, made=4)
    pixels = made.pixels.copy()
    pixels[1] = 0
    sets = read_sets(ImageSet(made.ids, pixels), training, holdout)
    assert len(sets.generated) == 3
    assert sets.notes == ("1 of 4 images of generated are blank or nearly so, and are left out",)


def test_a_table_may_name_an_image_with_its_set() -> None:
    made, training, holdout = (replace(s, patients=None) for s in world(0, patients=1, made=2))
    training, holdout = (s.with_ids(["1", "2", "3"]) for s in (training, holdout))
    table = {f"{name}/{k}": name for name in ("training", "holdout") for k in (1, 2, 3)}
    sets = read_sets(made, training, holdout, patients=table)
    assert sets.holdout_patients.tolist() == [1, 1, 1]
