from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from tests.networks.weights import SMALL
from whorl.cache import Cache
from whorl.compute import Compute, computing
from whorl.errors import WhorlError
from whorl.networks.backbones import bare_embedder, bare_model
from whorl.networks.pretraining import Pretraining
from whorl.networks.runtime import arrays_of
from whorl.networks.weights import load_weights, save_weights
from whorl.testing.worlds import image_set, smooth_images

torch = pytest.importorskip("torch")
from torch.nn.functional import normalize  # noqa: E402

from whorl.networks.contrastive import moved_view, nt_xent, random_view  # noqa: E402

QUICK = Pretraining(SMALL, size=32, epochs=2, batch=6)


def images(n: int = 12) -> np.ndarray:
    return smooth_images(n, np.random.default_rng(0))


def test_nt_xent_by_hand() -> None:
    """Projections (1, 0), (0, 1) and (1, 0), (−1, 0): the four terms worked out one by one."""
    first = torch.tensor([[2.0, 0.0], [0.0, 3.0]])
    second = torch.tensor([[1.0, 0.0], [-5.0, 0.0]])
    e = math.exp
    terms = [
        -math.log(e(2) / (e(0) + e(2) + e(-2))),  # (1, 0) with its own view
        -math.log(e(0) / (e(0) + e(0) + e(0))),
        -math.log(e(2) / (e(2) + e(0) + e(-2))),
        -math.log(e(0) / (e(-2) + e(0) + e(-2))),
    ]
    assert float(nt_xent(first, second, 0.5)) == pytest.approx(np.mean(terms), rel=1e-6)


def test_nt_xent_is_symmetric_and_least_for_equal_views() -> None:
    rng = torch.Generator().manual_seed(0)
    a, b = (torch.randn(5, 8, generator=rng) for _ in range(2))
    assert float(nt_xent(a, b)) == pytest.approx(float(nt_xent(b, a)), rel=1e-6)
    assert nt_xent(a, a) < nt_xent(a, b)


def test_views_have_the_size_asked_for_and_the_grey_values_of_their_image() -> None:
    pixels = torch.cat([torch.full((200, 40, 50), 60.0), torch.full((200, 40, 50), 190.0)])
    views = random_view(pixels, 32, np.random.default_rng(0))
    assert views.shape == (400, 32, 32)
    dark, bright = views[:200].mean(dim=(1, 2)), views[200:].mean(dim=(1, 2))
    for of, grey in ((dark, 60), (bright, 190)):
        assert float(of.mean()) == pytest.approx(grey, abs=15)
        assert float((of - grey).abs().max()) < 0.3 * 255 + 5


def test_views_are_crops_and_half_of_them_flipped() -> None:
    ramp = torch.linspace(0, 255, 64).expand(200, 64, 64)
    views = random_view(ramp, 32, np.random.default_rng(1))
    slope = (views[:, :, -4:] - views[:, :, :4]).mean(dim=(1, 2))
    assert 70 < int((slope > 0).sum()) < 130
    assert 0.3 * 255 < float(slope.abs().mean()) < 0.95 * 255


def test_pretraining_is_seeded_and_does_not_depend_on_the_order() -> None:
    pixels = images()
    with computing(Compute(threads=1)):
        first = arrays_of(QUICK.train(image_set(pixels, "a")))
        again = arrays_of(QUICK.train(image_set(pixels[::-1], "b")))
        other = arrays_of(QUICK.train(image_set(pixels, "a"), seed=1))
    for name in first:
        np.testing.assert_array_equal(again[name], first[name])
    assert any((other[name] != first[name]).any() for name in first)


def test_pretraining_learns_what_views_of_an_image_share() -> None:
    """Waves of eight kinds: after training, two views of one lie nearest to each other more often.

    Flips turn four of the directions into one another, so that not all can be told apart.
    """
    rows = np.arange(32)
    angles = np.arange(4) * np.pi / 4
    across = [np.add.outer(rows * np.sin(a), rows * np.cos(a)) for a in angles]
    waves = np.array([128 + 100 * np.sin(2 * np.pi * at / w) for w in (4, 8) for at in across])
    pixels = torch.tensor(waves.astype(np.uint8))

    def found(model: torch.nn.Module) -> float:
        embedder = bare_embedder(SMALL, 32, seed=0)
        embedder.model = model
        hits = []
        for k in range(6):
            views = [random_view(pixels, 32, np.random.default_rng((k, j))) for j in range(2)]
            with torch.inference_mode():
                a, b = (normalize(embedder(view), dim=1) for view in views)
            hits.append((torch.cdist(a, b).argmin(dim=1) == torch.arange(8)).float().mean())
        return float(np.mean(hits))

    settings = Pretraining(SMALL, size=32, epochs=60, temperature=0.2)
    with computing(Compute(threads=1)):
        trained = settings.train(image_set(pixels.numpy(), "waves")).eval()
    assert found(bare_model(SMALL).eval()) < 0.6 < found(trained)


def test_pretraining_resumes(tmp_path: Path) -> None:
    of = image_set(images(), "a")
    with computing(Compute(threads=1, cache=Cache(tmp_path))):
        first = arrays_of(QUICK.train(of))
        again = arrays_of(QUICK.train(of))
    for name in first:
        np.testing.assert_array_equal(again[name], first[name])


def test_one_image_is_too_few() -> None:
    with pytest.raises(WhorlError, match="give at least two"):
        QUICK.train(image_set(images(1), "lonely"))


def test_what_was_done_stands_in_the_header(tmp_path: Path) -> None:
    of = image_set(images(), "a")
    weights = save_weights(tmp_path / "w", bare_model(SMALL), QUICK.record(of, 3))
    content = Path(weights.path or "").read_bytes()
    length = int.from_bytes(content[:8], "little")
    record = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["whorl"])
    assert record["backbone"] == SMALL
    assert record["seed"] == 3
    assert record["images"] == 12
    assert "epochs=2" in record["settings"]
    load_weights(bare_model(SMALL), weights, SMALL)


def test_moved_images_lie_otherwise_and_are_the_same() -> None:
    image = torch.tensor(images(1)).float().repeat(40, 1, 1)
    rng = np.random.default_rng(0)
    flips = [image[0].flip(dims) for dims in ((), (0,), (1,), (0, 1))]
    found = moved_view(image, rng)
    hits = torch.stack([(found - flip).abs().amax(dim=(1, 2)) < 1e-2 for flip in flips])
    assert (hits.sum(dim=0) == 1).all()
    assert (hits.sum(dim=1) > 0).all()
    spot = torch.zeros(200, 33, 33)
    spot[:, 16, 26] = 90.0  # ten pixels right of the centre
    for options, least, most in (({"degrees": 5.0}, 9, 11), ({"shift": 0.1}, 6, 15)):
        moved = moved_view(spot, rng, **options)
        place = moved.flatten(1).argmax(dim=1)
        away = torch.hypot((place // 33 - 16).float(), (place % 33 - 16).float())
        assert away.min() >= least
        assert away.max() <= most
        assert len(place.unique()) > 2
