"""Who goes where: whole patients, balanced strata, exact numbers."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from whorl.building.allotment import AllotmentError, allot

NEEDS = {"used": 10, "not used": 10, "rest": 5}


def everywhere(n: int) -> dict[str, np.ndarray]:
    return {cell: np.ones(n, bool) for cell in NEEDS}


@pytest.mark.parametrize("seed", range(5))
def test_patients_stay_whole_and_numbers_are_exact(seed: int) -> None:
    patients = [f"patient_{i // 4}" for i in range(80)]
    drawn = allot(
        NEEDS, patients, [""] * 80, everywhere(80), model=np.ones(80, bool), seed=seed
    )  # fmt: skip
    assert {cell: len(chosen) for cell, chosen in drawn.items()} == NEEDS
    homes = {cell: {patients[i] for i in chosen} for cell, chosen in drawn.items()}
    assert not homes["used"] & homes["not used"]
    assert not homes["used"] & homes["rest"]
    assert len(homes["used"]) >= 5  # 20 patients shared out as 8, 8 and 4: not 3 that would do


@pytest.mark.parametrize("seed", range(5))
def test_strata_have_the_same_proportions_in_every_cell(seed: int) -> None:
    strata = ["covid"] * 30 + ["other"] * 20
    drawn = allot(
        NEEDS, None, strata, everywhere(50),
        model=np.ones(50, bool), seed=seed,
    )  # fmt: skip
    for cell, covid in (("used", 6), ("not used", 6), ("rest", 3)):
        assert Counter(strata[i] for i in drawn[cell])["covid"] == covid


def test_a_pool_that_is_just_enough_is_used_up() -> None:
    drawn = allot(
        NEEDS, None, [""] * 25, everywhere(25),
        model=np.ones(25, bool), seed=0,
    )  # fmt: skip
    assert sorted(np.concatenate(list(drawn.values()))) == list(range(25))


def test_only_eligible_images_go_into_a_cell() -> None:
    known = np.arange(40) < 15
    eligible = {"used": known, "not used": ~known, "rest": known}
    drawn = allot(NEEDS, None, [""] * 40, eligible, model=known, seed=0)
    assert sorted([*drawn["used"], *drawn["rest"]]) == list(range(15))
    assert min(drawn["not used"]) >= 15


def test_a_seed_fixes_the_draw() -> None:
    first, again, other = (
        allot(
            NEEDS, None, [""] * 50, everywhere(50),
            model=np.ones(50, bool), seed=seed,
        )["used"].tolist()
        for seed in (1, 1, 2)
    )  # fmt: skip
    assert first == again != other


def test_too_few_images_and_too_few_patients_are_named() -> None:
    with pytest.raises(AllotmentError, match="pool of 20 images is too small"):
        allot(NEEDS, None, [""] * 20, everywhere(20),
              model=np.ones(20, bool), seed=0)  # fmt: skip
    with pytest.raises(AllotmentError, match="60 images of 2 patients is too small"):
        allot(NEEDS, [str(i % 2) for i in range(60)], [""] * 60, everywhere(60),
              model=np.ones(60, bool), seed=0)  # fmt: skip
