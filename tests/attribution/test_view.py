"""What a view of subsets holds, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from tests.attribution.worlds import greys
from whorl.attribution.view import Labelled, SubsetError, SubsetView
from whorl.errors import ImageError
from whorl.images import ImageSet


def test_subsets_stand_in_natural_order_with_their_sizes() -> None:
    labelled = Labelled(greys("r", [1, 2, 3]), ("t10", "t2", "t10"))
    assert labelled.names == ("t2", "t10")
    assert dict(labelled.sizes) == {"t2": 1, "t10": 2}
    assert labelled.codes(labelled.names).tolist() == [1, 0, 1]


@pytest.mark.parametrize("name", ["", " t1", "a,b", "a\nb"])
def test_a_name_that_a_run_file_cannot_hold(name: str) -> None:
    with pytest.raises(SubsetError, match=r"r: '.*' names no subset"):
        Labelled(greys("r", [1]), (name,))


@pytest.mark.parametrize("name", ["none", "NONE"])
def test_none_is_no_subset(name: str) -> None:
    with pytest.raises(SubsetError, match="it stands for images of no subset"):
        Labelled(greys("r", [1]), (name,))


def test_one_name_for_each_image() -> None:
    with pytest.raises(SubsetError, match="r: 1 subsets for 2 images"):
        Labelled(greys("r", [1, 2]), ("t1",))


def test_a_development_set_of_other_subsets() -> None:
    reals = Labelled(greys("r", [1, 2]), ("t1", "t2"))
    known = Labelled(greys("d", [1, 2]), ("t1", "t3"))
    with pytest.raises(SubsetError, match="d: no real image is of 't3'; there are 't1', 't2'"):
        SubsetView(greys("g", [1]), reals, known)


def test_images_of_two_sizes() -> None:
    large = ImageSet(("g",), np.zeros((1, 16, 16), np.uint8), "generated")
    with pytest.raises(ImageError, match="differ in size"):
        SubsetView(large, Labelled(greys("r", [1, 2]), ("t1", "t2")))
