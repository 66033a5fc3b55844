from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.images.files import RAMP, write
from whorl.errors import ImageError
from whorl.images import Window, load
from whorl.images.decoding import MAX_PIXELS

SIXTEEN = np.array([[0, 128, 129, 257], [32767, 32896, 65406, 65535]], np.uint16)
COLOUR = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [10, 10, 10]]], np.uint8)
LUMA = [[76, 150], [29, 10]]  # 0.299 · 255 = 76.2, 0.587 · 255 = 149.7, 0.114 · 255 = 29.1
ORIENTATION, PHOTOMETRIC = 274, 262


def grey(folder: Path) -> list[list[int]]:
    values: list[list[int]] = load(folder).pixels[0].tolist()
    return values


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.bmp", "a.TIFF"])
def test_8_bits_are_left_as_they_are(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    images = load(tmp_path)
    assert np.array_equal(images.pixels[0], RAMP)
    assert images.notes == ()


def test_jpeg_is_read(tmp_path: Path) -> None:
    write(tmp_path, "a.jpg", np.full((16, 8), 90, np.uint8))
    assert np.array_equal(load(tmp_path).pixels, np.full((1, 16, 8), 90))


def test_content_counts_not_the_ending(tmp_path: Path) -> None:
    write(tmp_path, "a.bmp").rename(tmp_path / "a.png")
    assert np.array_equal(load(tmp_path).pixels[0], RAMP)


def test_1_bit_becomes_black_and_white(tmp_path: Path) -> None:
    write(tmp_path, "a.png", np.array([[True, False], [False, True]]))
    assert grey(tmp_path) == [[255, 0], [0, 255]]


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_16_bits_are_divided_by_257_and_rounded(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, SIXTEEN)
    images = load(tmp_path)
    # 128/257 = 0.498; 129/257 = 0.502; 32767/257 = 127.498; 32896/257 = 128; 65406/257 = 254.498
    assert images.pixels[0].tolist() == [[0, 0, 1, 1], [127, 128, 254, 255]]
    assert images.notes == (
        "all images scaled linearly to 0–255 from all that their bits can hold: 0–65535",
    )


def test_16_bits_are_shown_through_a_given_window(tmp_path: Path) -> None:
    write(tmp_path, "a.png", np.array([[900, 1000, 1050, 1100, 2000]], np.uint16))
    images = load(tmp_path, window=Window(1050, 100))
    assert images.pixels[0].tolist() == [[0, 0, 128, 255, 255]]
    assert images.notes == ("all images shown through the given window (centre,width): 1050,100",)


def test_16_bits_that_use_few_levels_are_warned_of_once_for_the_set(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        write(tmp_path, name, np.array([[0, 3855]], np.uint16))
    assert (
        load(tmp_path)
        .notes[1]
        .startswith(
            "2 of 2 images span less than 32 of 256 grey levels with their tissue (at most 15; "
        )
    )


def test_one_bright_image_in_the_set_shows_that_16_bits_are_used(tmp_path: Path) -> None:
    write(tmp_path, "a.png", np.array([[0, 1000]], np.uint16))
    write(tmp_path, "b.png", np.array([[0, 60000]], np.uint16))
    assert len(load(tmp_path).notes) == 1


def test_differences_that_scaling_loses_are_told(tmp_path: Path) -> None:
    write(tmp_path, "a.png", np.array([[0, 10]], np.uint16))
    assert load(tmp_path).notes[1].startswith("all images come out as one grey level throughout")


def test_16_bit_tiff_that_counts_white_as_zero_is_inverted(tmp_path: Path) -> None:
    write(tmp_path, "a.tif", SIXTEEN, tiffinfo={PHOTOMETRIC: 0})
    images = load(tmp_path)
    assert images.pixels[0].tolist() == [[255, 255, 254, 254], [128, 127, 1, 0]]
    assert images.notes[1] == "all images inverted, since their file counts white as zero"


@pytest.mark.parametrize(
    "values",
    [
        np.array([[-1000, 400]], np.int32),
        np.array([[-1000, 400]], np.float32),
    ],
    ids=["int32", "float32"],
)
def test_32_bits_need_a_window(tmp_path: Path, values: NDArray[Any]) -> None:
    write(tmp_path, "a.tif", values)
    with pytest.raises(ImageError, match=r"a\.tif: holds (signed|frac.*) .*: give --window CENTRE"):
        load(tmp_path)
    assert load(tmp_path, window=Window(-300, 1400)).pixels[0].tolist() == [[0, 255]]


def test_nan_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.tif", np.array([[np.nan, 1]], np.float32))
    with pytest.raises(ImageError, match=r"a\.tif: holds values that are no finite numbers"):
        load(tmp_path, window=Window(0, 1))


def test_colour_becomes_luma_with_a_note(tmp_path: Path) -> None:
    write(tmp_path, "b.png", COLOUR)
    write(tmp_path, "a.png", COLOUR[..., 0])
    images = load(tmp_path)
    assert images.pixels[1].tolist() == LUMA
    assert images.notes == (
        "1 of 2 images converted from colour to grey by luma (ITU-R 601); first: b.png",
    )


def test_rgb_that_is_grey_is_accepted_silently(tmp_path: Path) -> None:
    write(tmp_path, "a.png", np.stack([RAMP] * 3, axis=-1))
    images = load(tmp_path)
    assert np.array_equal(images.pixels[0], RAMP)
    assert images.notes == ()


def test_palette_of_colours_becomes_luma(tmp_path: Path) -> None:
    picture = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
    picture.putpalette([255, 0, 0, 10, 10, 10])
    picture.save(tmp_path / "a.png")
    assert grey(tmp_path) == [[76, 10]]


def test_palette_of_greys_is_accepted_silently(tmp_path: Path) -> None:
    picture = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
    picture.putpalette([200, 200, 200, 10, 10, 10])
    picture.save(tmp_path / "a.png")
    images = load(tmp_path)
    assert images.pixels[0].tolist() == [[200, 10]]
    assert images.notes == ()


def test_cmyk_becomes_luma(tmp_path: Path) -> None:
    Image.new("CMYK", (2, 2), (0, 255, 255, 0)).save(tmp_path / "a.tif")  # red
    assert grey(tmp_path) == [[76, 76], [76, 76]]


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_opaque_alpha_is_dropped(tmp_path: Path, mode: str) -> None:
    Image.fromarray(RAMP).convert(mode).save(tmp_path / "a.png")
    images = load(tmp_path)
    assert np.array_equal(images.pixels[0], RAMP)
    assert images.notes == ()


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_transparent_pixels_are_refused(tmp_path: Path, mode: str) -> None:
    picture = Image.fromarray(RAMP).convert(mode)
    picture.putpixel((3, 3), (9, 254) if mode == "LA" else (9, 9, 9, 254))
    picture.save(tmp_path / "a.png")
    with pytest.raises(ImageError, match=r"a\.png: has transparent pixels: flatten it"):
        load(tmp_path)


@pytest.mark.parametrize("pixels", [RAMP, SIXTEEN], ids=["8 bits", "16 bits"])
def test_transparent_grey_value_is_refused(tmp_path: Path, pixels: NDArray[Any]) -> None:
    write(tmp_path, "a.png", pixels, transparency=0)
    with pytest.raises(ImageError, match=r"a\.png: .*transparent"):
        load(tmp_path)


def test_a_window_leaves_8_bits_alone_and_says_so(tmp_path: Path) -> None:
    write(tmp_path, "a.png")
    images = load(tmp_path, window=Window(40, 400))
    assert np.array_equal(images.pixels[0], RAMP)
    assert images.notes == (
        "all images hold 8 bits and are left as they are: --window is for deeper ones",
    )


TURNS: dict[int, Callable[[NDArray[Any]], NDArray[Any]]] = {
    2: np.fliplr,
    3: lambda stored: np.rot90(stored, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: np.rot90(stored, 2).T,
    8: np.rot90,
}


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("how", [{}, {"compression": "tiff_lzw"}], ids=["plain", "LZW"])
@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_orientation_tag_is_followed(
    tmp_path: Path, name: str, how: dict[str, Any], orientation: int
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    write(tmp_path, name, RAMP[:5], exif=exif, **how)
    images = load(tmp_path)
    assert np.array_equal(images.pixels[0], TURNS[orientation](RAMP[:5]))
    assert images.notes == ("all images turned upright, as their orientation tag says",)


def test_orientation_tag_of_a_jpeg_is_followed(tmp_path: Path) -> None:
    lying = np.zeros((16, 32), np.uint8)
    lying[:8, :8] = 240  # top left; top right after a quarter turn clockwise
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    write(tmp_path, "a.jpg", lying, exif=exif)
    images = load(tmp_path)
    assert images.size == (32, 16)
    assert images.pixels[0, 4, 12] > 200 > 50 > images.pixels[0, 4, 4]


def test_orientation_tag_behind_the_pixels_of_a_png_is_followed(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 3
    whole = png(2, 1, depth=8, colour_type=0, rows=b"\0\x0a\xc8")
    end = chunk(b"IEND", b"")
    tagged = (
        whole.removesuffix(end) + chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0")) + end
    )
    (tmp_path / "a.png").write_bytes(tagged)
    assert grey(tmp_path) == [[0xC8, 0x0A]]


def test_non_image_named_png(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("hello")
    with pytest.raises(ImageError, match=r"a\.png: is not a PNG, JPEG, TIFF, BMP or WebP image"):
        load(tmp_path)


def test_other_image_format_named_png(tmp_path: Path) -> None:
    write(tmp_path, "a.gif").rename(tmp_path / "a.png")
    with pytest.raises(ImageError, match=r"a\.png: is not a PNG, JPEG, TIFF, BMP or WebP image"):
        load(tmp_path)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif", "a.bmp"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_truncated_file(tmp_path: Path, name: str, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    path = write(tmp_path, name, noise)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(ImageError, match=rf"{name}: is (not a PNG|damaged or cut short)"):
        load(tmp_path)


def test_decompression_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(8192, 8193, depth=8, colour_type=0, rows=b""))
    with pytest.raises(ImageError, match=r"a\.png: its header claims 67,117,056 pixels"):
        load(tmp_path)


def test_bomb_beyond_the_limit_of_pillow_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(60_000, 60_000, depth=8, colour_type=0, rows=b""))
    assert MAX_PIXELS < 60_000**2
    with pytest.raises(ImageError, match=r"a\.png: is too large to be decoded safely"):
        load(tmp_path)


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_animated_and_multi_page_files_are_refused(tmp_path: Path, name: str) -> None:
    pages = [Image.fromarray(RAMP), Image.fromarray(RAMP[::-1])]
    pages[0].save(tmp_path / name, save_all=True, append_images=pages[1:])
    with pytest.raises(ImageError, match=rf"{name}: holds 2 pictures .*: save each as a file"):
        load(tmp_path)


def test_jpeg_of_several_pictures_is_refused(tmp_path: Path) -> None:
    pages = [Image.fromarray(RAMP), Image.fromarray(RAMP[::-1])]
    pages[0].save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=pages[1:])
    with pytest.raises(ImageError, match=r"a\.jpg: holds 2 pictures"):
        load(tmp_path)


def png(width: int, height: int, *, depth: int, colour_type: int, rows: bytes) -> bytes:
    """Make a PNG file by hand."""
    header = struct.pack(">2I5B", width, height, depth, colour_type, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", zlib.compress(rows)),
            chunk(b"IEND", b""),
        ]
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    """Make a chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
