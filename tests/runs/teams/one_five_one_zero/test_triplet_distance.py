from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.networks.weights import small_backbone
from whorl.errors import WhorlError
from whorl.networks.training import Plan
from whorl.runs.teams.one_five_one_zero.triplet_distance import TripletDistance, _nearest, _Triplets
from whorl.tasks.view import Development
from whorl.testing.worlds import development, planted_task

torch = pytest.importorskip("torch")

QUICK = TripletDistance(small_backbone(), 8, frozen=True, plan=Plan(4, 16, 1e-3, patience=2))


class Same(torch.nn.Module):
    """Returns its inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.one = torch.nn.Parameter(torch.ones(()))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.one * inputs


def rows(*values: tuple[float, float]) -> np.ndarray:
    return np.array(values, np.float32)


def test_the_loss_by_hand() -> None:
    """d(a, p) = 5 and d(a, n) = 2: 5 − 2 + 1; the other way round 2 − 5 + 1 < 0."""
    anchors, near, far = rows((0, 0)), rows((0, 2)), rows((3, 4))
    rng = np.random.default_rng(0)
    for positive, negative, expected in ((far, near, 4.0), (near, far, 0.0)):
        triplets = _Triplets(anchors, positive, negative, 1.0)
        loss = float(triplets.loss(Same(), np.array([0]), rng).detach())
        assert loss == pytest.approx(expected, abs=1e-5)
        assert triplets.of_all(Same()) == pytest.approx(expected, abs=1e-5)


def test_all_triplets_are_averaged() -> None:
    triplets = _Triplets(rows((0, 0), (1, 0)), rows((0, 0)), rows((0, 1), (0, 3)), 1.0)
    expected = np.mean([0, 0, 1 - np.sqrt(2) + 1, max(0, 1 - np.sqrt(10) + 1)])
    assert triplets.of_all(Same()) == pytest.approx(expected, rel=1e-6)


def test_a_rehearsal_changes_nothing() -> None:
    network = Same()
    _Triplets(rows((0, 0)), rows((1, 0)), rows((0, 1)), 1.0).rehearsed(network, 8)
    assert float(network.one.detach()) == 1
    assert network.one.grad is None


def test_the_nearest_whatever_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    reals, generated = (rng.normal(size=(n, 3)).astype(np.float32) for n in (5, 11))
    table = np.linalg.norm(reals[:, None].astype(float) - generated, axis=2)
    for block in (1024, 3):
        monkeypatch.setattr("whorl.runs.teams.one_five_one_zero.triplet_distance.BLOCK", block)
        distances, positions = _nearest(reals, generated)
        np.testing.assert_allclose(distances, table.min(axis=1), rtol=1e-6)
        np.testing.assert_array_equal(positions, table.argmin(axis=1))


@pytest.mark.parametrize("frozen", [True, False])
def test_evidence_is_the_nearest_generated_image(frozen: bool) -> None:
    view = planted_task(0).view
    method = replace(QUICK, frozen=frozen, generated_at_most=10, plan=Plan(1, 16, patience=1))
    scores = method.score(view)
    assert scores.nearest is not None
    shift = scores.values - scores.nearest.similarity
    np.testing.assert_allclose(shift, shift[0], atol=1e-9)
    assert len(set(scores.nearest.index.tolist())) <= 10


def test_learning_brings_used_reals_nearer_than_others() -> None:
    """On images that it has seen: a handful is learned by heart."""
    known = development(np.random.default_rng(0))
    method = replace(QUICK, frozen=False, plan=Plan(15, 16, 3e-3))
    fitted = method.fit(known)
    pixels = [images.pixels for images in (known.generated, known.used, known.not_used)]
    from whorl.networks.runtime import load_arrays

    before, after = (method._network(fitted.state["width"], 0) for _ in range(2))
    load_arrays(after, fitted.state["network"])
    assert _Triplets(*pixels, 1.0).of_all(after) < 0.7 * _Triplets(*pixels, 1.0).of_all(before)


def test_too_few_reals_are_refused() -> None:
    known = development(np.random.default_rng(0))
    few = Development(known.generated, known.used.take([0]), known.not_used)
    with pytest.raises(WhorlError, match="at least two images of each class"):
        QUICK.fit(few)


def test_the_fast_budget_freezes_the_backbone_and_sees_smaller_images() -> None:
    fast = TripletDistance().fast()
    assert fast.frozen
    assert fast.backbone.size < TripletDistance().backbone.size
    assert fast.generated_at_most is not None
