"""Embeddings trained on the images at hand: scores and losses by hand, and that they learn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.methods.greys import grey_view
from whorl.methods.nearest import NearestSimilarity
from whorl.methods.trained_embeddings import CopyDetector, LearnedSSIM, TrainedEmbedding
from whorl.networks.training import Plan
from whorl.tasks.view import View
from whorl.testing.worlds import image_set, planted_task

torch = pytest.importorskip("torch")

from whorl.networks.contrastive import nt_xent  # noqa: E402

BLACK_AND_WHITE = np.repeat(np.uint8([0, 255]), 64).reshape(2, 8, 8)


@dataclass(frozen=True)
class GivenVectors(CopyDetector):
    """A copy detector whose vectors are those of a table, by the grey of an image."""

    def _vectors(self, view: View, seed: int) -> tuple[np.ndarray, np.ndarray]:  # noqa: ARG002
        table = {10: (1, 0, 0), 20: (0, 1, 0), 30: (1, 1, 0), 40: (3, 0, 0)}
        return tuple(  # type: ignore[return-value]
            np.float32([table[int(image[0, 0])] for image in images.pixels])
            for images in (view.candidates, view.generated)
        )


def test_a_copy_correlates_more_than_nearly_all_real_images_do() -> None:
    """(1, 0, 0) and (0, 1, 0) correlate by −1/2, either with (1, 1, 0) by 1/2."""
    found = GivenVectors().score(grey_view((10, 20, 30), (40,)))
    np.testing.assert_allclose(found.values, np.array([1, -0.5, 0.5]) - 0.5, atol=1e-6)
    assert found.nearest is not None
    assert found.nearest.measure == "cosine"


def told_apart(pixels: torch.Tensor) -> torch.Tensor:
    """One axis for dark images, one for bright ones."""
    bright = pixels.mean(dim=(1, 2)) > 127
    return torch.stack([~bright, bright], 1).float()


def all_one(pixels: torch.Tensor) -> torch.Tensor:
    """The same vector for every image."""
    return torch.ones(len(pixels), 2)


@pytest.mark.parametrize("network", [told_apart, all_one])
def test_contrast_is_of_two_views_of_each_image(network: Callable[..., torch.Tensor]) -> None:
    loss = CopyDetector()._loss(network, BLACK_AND_WHITE, np.random.default_rng(0))
    vectors = network(torch.tensor(BLACK_AND_WHITE).float())
    expected = nt_xent(vectors, vectors, 0.07).detach()
    assert float(loss.detach()) == pytest.approx(float(expected), rel=1e-6)


@pytest.mark.parametrize(("network", "expected"), [(told_apart, 0.0), (all_one, 0.5)])
def test_the_cosine_of_two_images_is_to_be_their_ssim(
    network: Callable[..., torch.Tensor], expected: float
) -> None:
    """Black and white have an SSIM of next to nothing, each with itself one of 1."""
    loss = LearnedSSIM()._loss(network, BLACK_AND_WHITE, np.random.default_rng(0))
    assert float(loss.detach()) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("kind", [CopyDetector, LearnedSSIM])
def test_copies_are_found_that_lie_the_other_way_round(kind: type[TrainedEmbedding]) -> None:
    task = planted_task(1, evenly=True)
    turned = task.view.generated.pixels[:, ::-1, ::-1].copy()
    view = replace(task.view, generated=image_set(turned, "generated"))
    truth = [task.truth.used[i] for i in view.candidates.ids]
    assert roc_auc_score(truth, NearestSimilarity().score(view).values) < 0.7
    method = kind("test_resnet", 16, Plan(30, 20, 3e-3))
    assert roc_auc_score(truth, method.score(view).values) > 0.9


@pytest.mark.parametrize("kind", [CopyDetector, LearnedSSIM])
def test_the_small_budget_is_of_the_same_method(kind: type[TrainedEmbedding]) -> None:
    fast = kind().fast()
    assert type(fast) is kind
    assert (fast.size, fast.plan.epochs) < (kind().size, kind().plan.epochs)
    assert "resnet10t" in repr(fast)
