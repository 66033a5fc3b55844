"""What an attack finds among training and holdout images."""

from __future__ import annotations

import numpy as np
import pytest

from tests.scoring.worlds import world
from whorl.errors import NeedError
from whorl.evaluation.intervals import wilson
from whorl.runs import entry
from whorl.scoring.attack import attacked, judged, require_unaided
from whorl.scoring.dealing import BOOTSTRAP, WILSON
from whorl.scoring.sets import read_sets


def test_the_rate_is_at_the_strictest_threshold_that_holds() -> None:
    scores = np.array([9.0, 8, 7, 1, 6, 5, 4, 3])
    found = judged(scores, np.arange(8) < 4, np.arange(8))
    assert found.tpr == 0.75
    assert found.auc == 12 / 16
    assert found.made == BOOTSTRAP
    assert 0 < found.interval[0] < 0.75 <= found.interval[1]


def test_all_found_and_none_found_have_intervals_over_patients() -> None:
    used, patients = np.arange(8) < 4, np.array([0, 0, 1, 2, 3, 3, 4, 4])
    all_found = judged(np.arange(8.0)[::-1], used, patients)
    assert (all_found.tpr, all_found.interval, all_found.made) == (1.0, wilson(3, 3), WILSON)
    assert judged(np.arange(8.0), used, patients).interval == wilson(0, 3)


def test_an_attack_finds_who_was_copied() -> None:
    copied, nobody = (read_sets(*world(0, copies=share)) for share in (1.0, 0.0))
    attack = entry("nearest-correlation")
    assert attacked(copied, attack).auc > 0.85
    assert abs(attacked(nobody, attack).auc - 0.5) < 0.25


@pytest.mark.parametrize(
    ("name", "needs"), [("whorl-fitted", "labelled images"), ("copy-embedding", "weights")]
)
def test_an_attack_that_needs_more_is_an_error(name: str, needs: str) -> None:
    with pytest.raises(NeedError, match=f"--method {name} needs .*{needs}"):
        require_unaided(entry(name))
