"""Colour that is kept: the channels of every kind of file, beside the luma as it is without."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.images.files import write_dicom
from whorl.errors import ImageError
from whorl.images import ImageSet, Window, load, require_same_size
from whorl.images.hashing import content_hash

RGB = np.random.default_rng(0).integers(0, 256, (9, 12, 3), np.uint8)
GREY = np.arange(108, dtype=np.uint8).reshape(9, 12)
KEPT = "keep their colour; what compares grey values takes their luma (ITU-R 601)"


def picture(folder: Path, name: str, pixels: np.ndarray = RGB, mode: str = "RGB") -> None:
    Image.fromarray(pixels).convert(mode).save(folder / name)


@pytest.mark.parametrize(
    ("name", "mode"),
    [("a.png", "RGB"), ("a.tif", "RGB"), ("a.bmp", "RGB"), ("a.jpg", "RGB"), ("a.png", "P"),
     ("a.png", "RGBA"), ("a.tif", "CMYK")],
)  # fmt: skip
def test_channels_are_as_pillow_reads_them_and_grey_as_it_was(
    tmp_path: Path, name: str, mode: str
) -> None:
    picture(tmp_path, name, mode=mode)
    with Image.open(tmp_path / name) as opened:
        expected = np.array(opened.convert("RGB"))
    kept, plain = load(tmp_path, colour=True), load(tmp_path)
    assert kept.colour is not None
    np.testing.assert_array_equal(kept.colour[0], expected)
    np.testing.assert_array_equal(kept.pixels, plain.pixels)
    assert plain.colour is None
    assert kept.notes == (f"all images {KEPT}",)
    assert plain.notes == ("all images converted from colour to grey by luma (ITU-R 601)",)


def test_grey_files_have_three_equal_channels_and_no_note(tmp_path: Path) -> None:
    picture(tmp_path, "a.png", GREY, "L")
    images = load(tmp_path, colour=True)
    assert images.colour is not None
    np.testing.assert_array_equal(images.colour[0], np.stack([GREY] * 3, axis=2))
    np.testing.assert_array_equal(images.pixels[0], GREY)
    assert images.notes == ()


def test_dicom_in_rgb_and_in_ybr_keeps_its_colour(tmp_path: Path) -> None:
    write_dicom(
        tmp_path / "rgb.dcm", RGB, PhotometricInterpretation="RGB", SamplesPerPixel=3,
        PlanarConfiguration=0, BitsAllocated=8, BitsStored=8, HighBit=7,
    )  # fmt: skip
    ybr = np.array(Image.fromarray(RGB).convert("YCbCr"))
    write_dicom(
        tmp_path / "ybr.dcm", ybr, PhotometricInterpretation="YBR_FULL", SamplesPerPixel=3,
        PlanarConfiguration=0, BitsAllocated=8, BitsStored=8, HighBit=7,
    )  # fmt: skip
    colour = load(tmp_path, colour=True).colour
    assert colour is not None
    np.testing.assert_array_equal(colour[0], RGB)
    # chroma in whole numbers, 1.772 times the error of at most 1, and twice one half of rounding
    assert np.abs(colour[1].astype(int) - RGB).max() <= 3


def test_resizing_scales_the_channels_as_pillow_does(tmp_path: Path) -> None:
    picture(tmp_path, "a.png")
    colour = load(tmp_path, colour=True, resize=8).colour
    assert colour is not None
    expected = Image.fromarray(RGB).resize((8, 8), Image.Resampling.LANCZOS)
    np.testing.assert_array_equal(colour[0], np.array(expected))
    np.testing.assert_array_equal(
        load(tmp_path, colour=True, resize=8).pixels, load(tmp_path, resize=8).pixels
    )


def test_hashes_are_over_all_channels(tmp_path: Path) -> None:
    """Of two colours with one luma: 299 · 100 = 587 · 50.94, so red 100 is near green 51."""
    red, green = np.zeros((2, 8, 8, 3), np.uint8)
    red[..., 0], green[..., 1] = 100, 51
    for name, pixels in (("a.png", red), ("b.png", green), ("c.png", red)):
        picture(tmp_path, name, pixels)
    plain, kept = load(tmp_path), load(tmp_path, colour=True)
    assert (plain.pixels == 30).all()
    assert len(set(plain.hashes)) == 1
    assert kept.hashes[0] == kept.hashes[2] != kept.hashes[1]
    assert kept.hashes[0] == content_hash(red)
    fresh = ImageSet(kept.ids, kept.pixels, colour=kept.colour)
    assert fresh.hashes == kept.hashes


@pytest.mark.parametrize("source", ["array", "pictures"])
def test_arrays_and_pictures_in_memory_keep_their_colour(source: str) -> None:
    stack = np.stack([RGB, RGB[::-1]])
    given = stack if source == "array" else [Image.fromarray(image) for image in stack]
    images = load(given, colour=True)
    np.testing.assert_array_equal(images.colour, stack)
    assert images.hashes == tuple(content_hash(image) for image in stack)
    assert load(given).colour is None


def test_deep_colour_goes_through_the_window_channel_by_channel(tmp_path: Path) -> None:
    values = np.zeros((8, 8, 3), np.uint16)
    values[..., 0], values[..., 1] = 4095, 2048
    write_dicom(
        tmp_path / "a.dcm", values, PhotometricInterpretation="RGB", SamplesPerPixel=3,
        PlanarConfiguration=0, BitsAllocated=16, BitsStored=12, HighBit=11,
    )  # fmt: skip
    colour = load(tmp_path, colour=True, window=Window.spanning(0, 4095)).colour
    assert colour is not None
    assert colour[0, 0, 0].tolist() == [255, 128, 0]


def test_files_that_are_passed_over_leave_no_gap_in_the_channels(tmp_path: Path) -> None:
    picture(tmp_path, "a.png")
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes()[:90])
    picture(tmp_path, "c.png", RGB[::-1].copy())
    images = load(tmp_path, colour=True, skip_unreadable=True)
    np.testing.assert_array_equal(images.colour, np.stack([RGB, RGB[::-1]]))


def test_taking_and_joining_keep_the_colour() -> None:
    images = load(np.stack([RGB, RGB[::-1]]), colour=True, name="candidates")
    np.testing.assert_array_equal(images.take([1]).colour, [RGB[::-1]])
    assert images.take([1]).hashes == images.hashes[1:]
    joined = images.joined(load(RGB[np.newaxis], colour=True, name="reference"))
    np.testing.assert_array_equal(joined.colour, np.stack([RGB, RGB[::-1], RGB]))
    assert images.with_patients(["p", "q"]).colour is not None


def test_sets_in_colour_and_in_grey_are_not_mixed() -> None:
    kept = load(RGB[np.newaxis], colour=True, name="candidates")
    plain = load(RGB[np.newaxis], name="generated")
    with pytest.raises(ImageError, match=r"candidates colour, generated grey\): read all of them"):
        require_same_size(kept, plain)


def test_colours_of_another_shape_than_the_pixels_are_refused() -> None:
    with pytest.raises(ImageError, match=r"colours must be uint8 of shape \(1, 8, 8, 3\)"):
        ImageSet(("a",), np.zeros((1, 8, 8), np.uint8), colour=np.zeros((1, 8, 9, 3), np.uint8))
