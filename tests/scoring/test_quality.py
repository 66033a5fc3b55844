"""FID and KID: worked by hand, against torchmetrics, and against leaving out one by one."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pytest

from whorl.errors import NeedError
from whorl.networks.torchvision_operators import torchvision
from whorl.scoring import quality
from whorl.scoring.quality import fid, kid

needs_torchmetrics = pytest.mark.skipif(
    find_spec("torchmetrics") is None, reason="torchmetrics is not installed"
)


def naive(a: np.ndarray, b: np.ndarray) -> float:
    """Return KID as its definition has it."""
    aa, bb, ab = ((x @ y.T / a.shape[1] + 1) ** 3 for x, y in ((a, a), (b, b), (a, b)))
    n, m = len(a), len(b)
    own = [(k.sum() - np.trace(k)) / (len(k) * (len(k) - 1)) for k in (aa, bb)]
    return float(sum(own) - 2 * ab.sum() / (n * m))


def draw(seed: int, n: int, m: int, d: int = 6) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.normal(0.3, 1.2, size=(m, d))


def test_kid_is_its_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = draw(0, 11, 7)
    expected = naive(a, b)
    assert kid(a, b, np.arange(7)).value == pytest.approx(expected)
    monkeypatch.setattr(quality, "BLOCK", 3)
    assert kid(a, b, np.arange(7)).value == pytest.approx(expected)


@needs_torchmetrics
def test_kid_is_that_of_torchmetrics() -> None:
    torch = pytest.importorskip("torch")
    torchvision()
    library = import_module("torchmetrics.image.kid")
    a, b = draw(1, 9, 9)
    theirs = float(library.poly_mmd(torch.from_numpy(a), torch.from_numpy(b)))
    assert kid(a, b, np.arange(9)).value == pytest.approx(theirs)


def test_the_standard_error_leaves_out_one_image_and_one_patient_at_a_time() -> None:
    a, b = draw(2, 8, 9)
    patients = np.array([0, 0, 0, 1, 1, 2, 3, 3, 3])
    without = [naive(np.delete(a, k, 0), b) for k in range(8)]
    variance = 7 / 8 * np.sum((np.array(without) - np.mean(without)) ** 2)
    without = [naive(a, b[patients != k]) for k in range(4)]
    variance += 3 / 4 * np.sum((np.array(without) - np.mean(without)) ** 2)
    assert kid(a, b, patients).error == pytest.approx(np.sqrt(variance))


def test_kid_of_sets_drawn_alike_is_within_its_error_of_nothing() -> None:
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(60):
        a, b = rng.normal(size=(2, 30, 5))
        found = kid(a, b, np.arange(30))
        held += abs(found.value) <= 1.96 * found.error
    assert held >= 52


@needs_torchmetrics
def test_fid_by_hand() -> None:
    a, b = np.array([[0.0], [2.0]]), np.array([[3.0], [5.0]])
    assert fid(a, b) == pytest.approx(9)  # means 1 and 4, variances 2 and 2
    wide = np.array([[-1.0], [3.0]])  # variance 8: 8 + 2 − 2·√16 = 2
    assert fid(a, wide) == pytest.approx(2)


@needs_torchmetrics
def test_fid_of_few_images_drawn_alike_is_too_high() -> None:
    a, b = np.random.default_rng(4).normal(size=(2, 40, 10))
    assert fid(a[:12], b[:12]) > 2 * fid(a, b) > 0


def test_without_the_library_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "torchmetrics.image.fid", None)
    pytest.importorskip("torch")
    with pytest.raises(NeedError, match=r"whorl-audit\[quality\]"):
        fid(np.zeros((2, 1)), np.zeros((2, 1)))
