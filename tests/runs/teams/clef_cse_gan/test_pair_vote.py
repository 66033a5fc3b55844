from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.svm import SVC

from whorl.errors import WhorlError
from whorl.features import GreyLevels, extract
from whorl.runs.teams.clef_cse_gan.pair_vote import PairVote, drawn_pairs
from whorl.testing.worlds import planted_task

FEATURE = GreyLevels((0.1, 0.5, 0.9))


def test_as_scikit_learns_machine_on_concatenated_pairs() -> None:
    """The product of two kernels is the kernel of the pair: the same votes as done at length."""
    view = planted_task(0).view
    known = view.development
    assert known is not None
    method = PairVote(FEATURE, pairs=150)
    scores = method.score(view).values

    fitted = method.fit(known)  # its images come in an order of their own
    reals, generated = fitted.state["reals"], fitted.state["generated"]
    row, column = drawn_pairs(len(reals), len(generated), 150, 0)
    machine = SVC().fit(np.hstack([reals[row], generated[column]]), row < len(known.used))
    candidates, made = (extract(FEATURE, s) for s in (view.candidates, view.generated))
    votes = [
        machine.predict(np.hstack([np.tile(real, (len(made), 1)), made])).mean()
        for real in candidates
    ]
    np.testing.assert_allclose(scores, votes, atol=1e-12)


def test_generated_images_are_bounded_by_the_seed() -> None:
    view = planted_task(1).view
    few = PairVote(FEATURE, pairs=100, generated_at_most=4)
    assert set(np.round(few.score(view).values * 4, 9)) <= {0, 1, 2, 3, 4}
    assert few.notes() == ("at most 4 generated images are looked at, drawn by the seed",)


def test_pairs_of_one_class_are_refused() -> None:
    with pytest.raises(WhorlError, match="all of one class"):
        PairVote(FEATURE, pairs=1).score(planted_task(2).view)


def test_the_label_of_a_pair_does_not_depend_on_its_generated_image() -> None:
    """Why the votes are nearly unanimous: a candidate's share is close to 0 or 1."""
    view = planted_task(3).view
    values = PairVote(FEATURE).score(replace(view)).values
    assert np.mean((values < 0.1) | (values > 0.9)) > 0.8
