"""PicusLab's runs: which groups are told apart, and that what the networks tell reaches scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from whorl.cache import Cache
from whorl.compute import Compute, computing
from whorl.images import ImageSet
from whorl.networks.training import Plan
from whorl.runs import CATALOGUE
from whorl.runs.teams.picuslab.groups import GroupClassifier, MajorityVote
from whorl.runs.teams.picuslab.vectors import ONE, TWO, DeformingCodes, Extractor, VectorNets
from whorl.tasks.view import Development, View
from whorl.testing.worlds import image_set, smooth_images


@dataclass(frozen=True)
class Brightness(Extractor):
    """Stands for networks: the vector is the mean grey value."""

    def learned(self, development: Development, seed: int) -> list[dict[str, Any]]:  # noqa: ARG002
        return []

    def vectors(self, weights: Sequence[Any], images: ImageSet) -> Any:  # noqa: ARG002
        return images.pixels.mean(axis=(1, 2), dtype=np.float32)[:, None]

    def fast(self) -> Brightness:
        return self


def grey(*values: int) -> ImageSet:
    pixels = np.broadcast_to(np.array(values, np.uint8)[:, None, None], (len(values), 16, 16))
    return image_set(pixels.copy(), f"grey{values[0]}")


VIEW = View(
    grey(1, 2), grey(20, 90, 140, 210), None,
    Development(generated=grey(190, 200), used=grey(95, 105), not_used=grey(5, 15)),
)  # fmt: skip


@pytest.mark.parametrize(("groups", "used"), [
    (ONE, [False, True, True, True]),  # used are brighter than 55
    (("generated", "used"), [True, True, True, False]),  # used are darker than 147.5
    (("not_used", "generated"), [False, False, True, True]),  # generated are brighter than 102.5
])  # fmt: skip
def test_the_second_group_is_called_used(groups: Any, used: list[bool]) -> None:
    scores = GroupClassifier(Brightness(), groups=groups).score(VIEW)
    np.testing.assert_array_equal(scores.values > 0, used)


def test_the_vote_is_the_mean_of_signs() -> None:
    groups: tuple[Any, ...] = (ONE, ("generated", "used"), ("not_used", "generated"))
    members = tuple(GroupClassifier(Brightness(), groups=g) for g in groups)
    scores = MajorityVote(members).score(VIEW)
    np.testing.assert_allclose(scores.values, [-1 / 3, 1 / 3, 1, 1 / 3])


def test_the_tenth_run_is_the_vote_of_the_nine() -> None:
    tenth = CATALOGUE["picuslab-10"].method
    assert isinstance(tenth, MajorityVote)
    assert tenth.members == tuple(CATALOGUE[f"picuslab-{n}"].method for n in range(1, 10))
    fast = tenth.fast()
    assert fast.members == tuple(CATALOGUE[f"picuslab-{n}"].method.fast() for n in range(1, 10))


def labelled(rng: np.random.Generator, n: int = 12) -> Development:
    """Used and generated images grow brighter from left to right, the others darker."""
    ramp = np.linspace(-60, 60, 32)
    used, not_used = (
        np.clip(smooth_images(n, rng) + sign * ramp, 0, 255).astype(np.uint8) for sign in (1, -1)
    )
    generated = np.clip(smooth_images(n, rng) + ramp, 0, 255).astype(np.uint8)
    parts = {"generated": generated, "used": used, "not_used": not_used}
    return Development(**{name: image_set(pixels, name) for name, pixels in parts.items()})


@pytest.mark.parametrize("extractor", [
    VectorNets((ONE,), 4, 8, plan=Plan(20, 12, 1e-2)),
    VectorNets((ONE, TWO), 4, 8, plan=Plan(20, 12, 1e-2)),
    DeformingCodes(("used", "not_used"), 4, 16, 4, 8, side=16, plan=Plan(30, 12, 3e-3)),
])  # fmt: skip
def test_networks_tell_groups_apart_that_differ(extractor: Extractor) -> None:
    pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    others = labelled(rng)
    view = View(others.generated, others.used.joined(others.not_used), None, labelled(rng))
    used = GroupClassifier(extractor).score(view).values > 0
    assert np.mean(used == np.repeat([True, False], 12)) > 0.8


def test_the_vectors_of_pairings_lie_side_by_side(tmp_path: Path) -> None:
    """And a network that one run trained, another finds in the cache."""
    pytest.importorskip("torch")
    development = labelled(np.random.default_rng(1), 4)
    one = VectorNets((ONE,), 2, 4, plan=Plan(1, 8))
    both = VectorNets((ONE, TWO), 2, 4, plan=Plan(1, 8))
    with computing(Compute(cache=Cache(tmp_path))):
        first = one.vectors(one.learned(development, 0), development.used)
        assert Cache(tmp_path).usage().files == 1
        second = both.vectors(both.learned(development, 0), development.used)
        assert Cache(tmp_path).usage().files == 2
    assert (first.shape, second.shape) == ((4, 4), (4, 8))
    np.testing.assert_array_equal(second[:, :4], first)
