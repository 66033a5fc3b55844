"""The share explained: against the formulas, and what it is made for."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.compute import Compute, computing
from whorl.errors import ImageError
from whorl.similarity import Explained, MapSimilarity, similarity_matrix
from whorl.similarity.maps import Band, Orientation
from whorl.testing.worlds import smooth_images

RNG = np.random.default_rng(0)
REALS = smooth_images(12, RNG, 64)
GENERATED = smooth_images(5, RNG, 64)


def standardised(z: np.ndarray) -> np.ndarray:
    return (z - z.mean(axis=0)) / z.std(axis=0)


@pytest.mark.parametrize("tiles", [1, 2, 3])
def test_is_ridge_regression_in_units_of_its_uncertainty(tiles: int) -> None:
    """Tile by tile and map by map, in double precision and by a plain inverse."""
    maps, penalty = (Orientation(), Band()), 0.7
    measure = Explained(maps, tiles, penalty, weights=(2.0, 0.5))
    x, g = (measure.prepare(images).astype(np.float64) for images in (REALS, GENERATED))
    fused = np.zeros((len(REALS), len(GENERATED)))
    columns = measure.columns(REALS.shape[1:])
    assert len(columns) == 2 * tiles**2
    for k in range(len(maps)):
        total = np.zeros_like(fused)
        for _, _, start, stop in (column for column in columns if column.of_map == k):
            part = x[:, start:stop]
            inverse = np.linalg.inv(part @ part.T + penalty * np.eye(len(x)))
            z = inverse @ part @ g[:, start:stop].T / np.sqrt(np.diag(inverse))[:, np.newaxis]
            total += standardised(z)
        fused += measure.weights[k] * standardised(total)
    found = similarity_matrix(measure, REALS, GENERATED)
    np.testing.assert_allclose(found, standardised(fused), atol=2e-3)
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(found.std(axis=0), 1, rtol=1e-5)


def test_weights_follow_the_tails_of_the_shares() -> None:
    """By hand: the given weight, and the cube of the excess kurtosis, to three places."""
    measure = Explained((Orientation(), Band()), weights=(1.0, 0.0))
    generated = np.concatenate([GENERATED, REALS[:4]])
    each = measure.by_map(measure.prepare_rows(REALS), measure.prepare(generated))
    expected = [
        weight + round(max(np.mean(z.astype(np.float64) ** 4) - 3, 0), 3) ** 3
        for weight, z in zip(measure.weights, each, strict=True)
    ]
    assert measure.adapted(REALS, generated).weights == pytest.approx(expected, abs=1e-3)
    assert max(expected) > 1.1


def test_a_handful_of_copies_does_not_set_the_weights_of_all() -> None:
    reals = smooth_images(30, np.random.default_rng(0), 64)
    others = smooth_images(100, np.random.default_rng(1), 64)
    plain = Explained().adapted(reals, others).weights
    few = np.concatenate([others[3:], reals[:3]])
    assert np.allclose(Explained().adapted(reals, few).weights, plain, atol=0.2)
    many = np.concatenate([others[20:], reals[:20]])
    assert min(Explained().adapted(reals, many).weights) > 10


def test_shares_far_below_those_of_all_others_add_no_weight() -> None:
    """One real that all generated images are least like, and none that they are most like."""
    reals = smooth_images(30, np.random.default_rng(0), 64)
    unlike = np.repeat(255 - reals[:1], 20, axis=0)
    shares = Explained().by_map(Explained().prepare_rows(reals), Explained().prepare(unlike))
    assert min(float((z**4).mean()) for z in shares) > 4
    assert max(Explained().adapted(reals, unlike).weights) < 1.5


def test_by_tile_says_where() -> None:
    """A generated image that copies real 3 in one corner and real 7 elsewhere."""
    patched = REALS[7].copy()
    patched[:20, :20] = REALS[3][:20, :20]
    measure = Explained()
    found = measure.by_tile(measure.prepare_rows(REALS), measure.prepare(patched[np.newaxis]))
    assert found.shape == (6, 9, len(REALS), 1)
    best = found.mean(axis=0)[:, :, 0].argmax(axis=1)
    assert best[0] == 3
    np.testing.assert_array_equal(best[[2, 4, 5, 6, 7, 8]], 7)


def test_what_all_reals_share_cancels() -> None:
    """Copies of one real under a strong common pattern: the plain similarity sees the pattern."""
    rng = np.random.default_rng(2)
    common = smooth_images(1, rng, 64)[0].astype(float)
    own = rng.normal(0, 12, (30, 64, 64))
    reals = np.clip(common + own, 0, 255).astype(np.uint8)
    blend = common + 0.35 * own[4] + rng.normal(0, 12, (1, 64, 64))
    made = np.clip(blend, 0, 255).astype(np.uint8)
    assert similarity_matrix(Explained(), reals, made).argmax() == 4


def test_map_similarity_of_an_image_with_itself_is_one() -> None:
    found = similarity_matrix(MapSimilarity(), REALS, REALS)
    np.testing.assert_allclose(found.diagonal(), 1, rtol=1e-5)
    assert (found[~np.eye(len(REALS), dtype=bool)] < 0.95).all()


def test_a_flat_image_explains_nothing_and_breaks_nothing() -> None:
    reals = REALS.copy()
    reals[2] = 90
    found = similarity_matrix(Explained(), reals, np.concatenate([GENERATED, reals[2:3]]))
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found[:, -1], 0)


@pytest.mark.parametrize("size", [(64, 64), (96, 160), (256, 256), (1024, 1024)])
def test_every_size_works(size: tuple[int, int]) -> None:
    images = np.stack([np.resize(smooth_images(1, RNG, 64)[0], size) for _ in range(4)])
    images[:, 0] += np.arange(4, dtype=np.uint8)[:, np.newaxis]
    images = np.stack([np.roll(image, 9 * k, axis=1) for k, image in enumerate(images)])
    found = similarity_matrix(Explained(), images, images)
    np.testing.assert_array_equal(found.argmax(axis=0), np.arange(4))


def test_images_that_are_too_small_are_named() -> None:
    with pytest.raises(ImageError, match="at least 8×8 pixels, not 8×7"):
        similarity_matrix(Explained(), np.zeros((2, 7, 8), np.uint8), np.zeros((2, 7, 8), np.uint8))


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_threads_change_no_bit(threads: int) -> None:
    many = smooth_images(200, RNG, 64)
    with computing(Compute(1)):
        alone = similarity_matrix(Explained(), REALS, many)
    with computing(Compute(threads)):
        np.testing.assert_array_equal(similarity_matrix(Explained(), REALS, many), alone)
