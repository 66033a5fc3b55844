"""Laying one picture over another."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.features.alignment import Frame, Padded, Template
from whorl.testing.worlds import smooth_images

RNG = np.random.default_rng(0)
IMAGE, OTHER = smooth_images(2, RNG, 128)


def test_a_frame_cut_out_is_the_picture_there() -> None:
    np.testing.assert_array_equal(Padded(IMAGE).cut(Frame(), 128), IMAGE)
    halved = IMAGE.reshape(64, 2, 64, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(Padded(IMAGE).cut(Frame(), 64), halved, atol=1.01)
    moved = Padded(IMAGE).cut(Frame(right=10 / 128, down=-3 / 128), 128)
    np.testing.assert_array_equal(moved[3:, :-10], IMAGE[:-3, 10:])
    wide = Padded(IMAGE[:96]).cut(Frame(), (96, 128))
    np.testing.assert_array_equal(wide, IMAGE[:96])


def test_a_frame_is_undone_by_its_inverse() -> None:
    frame = Frame(0.02, -0.05, 0.1, -0.08)
    np.testing.assert_allclose(frame.inverse().inverse(), frame, atol=1e-12)
    assert Frame(right=0.1, wide=1.0).inverse() == Frame(-0.05, 0.0, -0.5, 0.0)


@pytest.mark.parametrize(
    "frame",
    [
        Frame(right=3 / 128, down=-2 / 128),
        Frame(right=-1.5 / 128, down=0.5 / 128),
        Frame(wide=0.04, tall=0.04),
        Frame(0.01, 0.02, -0.04, 0.03),
    ],
)
def test_what_was_done_is_found_again(frame: Frame) -> None:
    made = Padded(IMAGE).cut(frame.inverse(), 128)
    similarity, found = Template(IMAGE).fit(Padded(made))
    assert similarity > 0.97
    np.testing.assert_allclose(found, frame, atol=0.004)


def test_a_start_nearby_helps_to_find_what_is_farther_off() -> None:
    made = Padded(IMAGE).cut(Frame(wide=0.12, tall=0.12).inverse(), 128)
    similarity, found = Template(IMAGE).fit(Padded(made), Frame(wide=0.1, tall=0.1))
    assert similarity > 0.97
    np.testing.assert_allclose(found, Frame(wide=0.12, tall=0.12), atol=0.006)


def test_another_picture_is_not_alike_wherever_it_is_laid() -> None:
    similarity, _ = Template(IMAGE).fit(Padded(OTHER))
    assert similarity < 0.5


def test_a_flat_picture_is_like_nothing() -> None:
    flat = np.full((64, 64), 7, np.uint8)
    assert Template(flat).fit(Padded(flat))[0] == 0
    assert Template(IMAGE).fit(Padded(np.full((128, 128), 7, np.uint8)))[0] == 0


def test_small_pictures_are_laid_over_each_other_too() -> None:
    small = smooth_images(1, RNG, 40)[0]
    similarity, found = Template(small).fit(Padded(np.roll(small, 1, axis=0)))
    assert similarity > 0.95
    assert found.down == pytest.approx(1 / 40, abs=0.005)
