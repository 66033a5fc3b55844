"""A discriminator of generated and real images, worked out with the nearest neighbour as one."""

from __future__ import annotations

import numpy as np
import pytest

from tests.methods.greys import grey_view
from whorl.errors import ScoreError
from whorl.methods.classifiers import NearestNeighbours
from whorl.methods.discriminator import LocalDiscriminator

NEAREST = LocalDiscriminator(NearestNeighbours(1))


def test_an_image_is_judged_by_what_has_not_learned_from_it() -> None:
    found = NEAREST.score(grey_view((0, 10, 12, 30), (1, 40)))
    np.testing.assert_array_equal(found.values, [0.5, -0.5, -0.5, 0.5])


def test_candidates_learn_from_the_reference_and_the_other_way_round() -> None:
    found = NEAREST.score(grey_view((0, 10), (1, 40), reference=(12, 30)))
    np.testing.assert_array_equal(found.values, [0.5, -0.5])
    np.testing.assert_array_equal(found.null, [-0.5, 0.5])


def test_images_of_a_fold_do_not_learn_from_each_other() -> None:
    view = grey_view((10, 12), (1, 40))
    np.testing.assert_array_equal(NEAREST.score(view).values, [-0.5, -0.5])
    twins = grey_view((10, 10, 0), (3, 40))  # one fold for the twins
    np.testing.assert_array_equal(NEAREST.score(twins).values, [0.5, 0.5, 0.5])


def test_one_real_image_alone_cannot_be_judged() -> None:
    with pytest.raises(ScoreError, match="at least two different candidates"):
        NEAREST.score(grey_view((3, 3), (1, 2)))
