from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from tests.images.test_raster import TURNS
from whorl.errors import ImageError
from whorl.images import Window, load

RAMP = np.arange(256).reshape(16, 16)
BYTE_ORDERS = pytest.mark.parametrize("order", ["<", ">"])


def save(folder: Path, values: NDArray[Any], **how: Any) -> Path:
    path = folder / "a.tif"
    tifffile.imwrite(path, values, **{"photometric": "minisblack", "metadata": None, **how})
    return path


@BYTE_ORDERS
@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize(
    ("kind", "low", "step"),
    [
        (np.int8, -128, 1),
        (np.int16, -3000, 20),
        (np.uint16, 0, 257),
        (np.int32, -(2**31), 2**24),
        (np.uint32, 0, 2**24 + 2**16 + 2**8 + 1),
        (np.uint64, 2**40, 1),
        (np.int64, -(2**40), 7),
        (np.float16, -4, 0.25),
        (np.float32, -1, 1 / 256),
        (np.float64, 1e9, 1e-3),
    ],
)
def test_a_ramp_of_any_type_through_a_window(
    tmp_path: Path, order: str, compression: str | None, kind: type, low: float, step: float
) -> None:
    values = low + RAMP.astype(np.float64 if np.issubdtype(kind, np.floating) else int) * step
    path = save(tmp_path, values.astype(kind), byteorder=order, compression=compression)
    window = Window.spanning(low, low + 255 * step)
    assert np.array_equal(load(path.parent, window=window).pixels[0], RAMP)


@BYTE_ORDERS
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (np.int8, "signed values of 8 bits"),
        (np.int16, "signed values of .* bits"),
        (np.uint32, "unsigned values of 32 bits"),
        (np.float64, "fractional values of 64 bits"),
    ],
)
def test_without_a_window_black_and_white_are_not_known(
    tmp_path: Path, order: str, kind: type, said: str
) -> None:
    save(tmp_path, RAMP.astype(kind), byteorder=order)
    with pytest.raises(ImageError, match=rf"a\.tif: holds {said}, .* give --window CENTRE,WIDTH"):
        load(tmp_path)


def test_large_whole_numbers_need_no_more_than_the_window(tmp_path: Path) -> None:
    values = (np.arange(1024) * 4198404 + 3).astype(np.uint32).reshape(32, 32)
    save(tmp_path, values)
    pixels = load(tmp_path, window=Window(2147483647.5, 4294967295)).pixels[0]
    assert np.array_equal(pixels, np.rint(values / 4294967295 * 255))


@BYTE_ORDERS
@pytest.mark.parametrize("width", [16, 15])
@pytest.mark.parametrize(("photometric", "compression"), [(1, 1), (0, 1), (1, 8)])
def test_12_bits_are_scaled_as_12_bits(
    tmp_path: Path, order: str, width: int, photometric: int, compression: int
) -> None:
    values = np.arange(16 * width).reshape(16, width) * 16
    padded = np.pad(values, ((0, 0), (0, width % 2)))
    first, second = padded[:, 0::2], padded[:, 1::2]
    packed = np.stack([first >> 4, (first & 15) << 4 | second >> 8, second & 255], axis=-1)
    rows = packed.reshape(16, -1)[:, : (12 * width + 7) // 8].astype(np.uint8)
    tags = [(256, width), (257, 16), (258, 12), (259, compression)]
    tags += [(262, photometric), (277, 1), (278, 16)]
    strip = rows.tobytes() if compression == 1 else zlib.compress(rows.tobytes())
    write_by_hand(tmp_path / "a.tif", order, tags, strip)
    if order == ">" and compression == 8:
        with pytest.raises(ImageError, match=r"a TIFF of 12-bit unsigned values .* does not read"):
            load(tmp_path)
        return
    expected = np.rint(values * 255 / 4095)
    assert np.array_equal(load(tmp_path).pixels[0], expected if photometric else 255 - expected)
    assert "0–4095" in load(tmp_path).notes[0]


def write_by_hand(path: Path, order: str, tags: list[tuple[int, int]], data: bytes) -> None:
    """Write a TIFF of one strip with short tags."""
    kind = np.dtype(f"{order}u2"), np.dtype(f"{order}u4")
    tags = sorted([*tags, (273, 8), (279, len(data))])
    entries = b"".join(
        np.array([tag, 4], kind[0]).tobytes() + np.array([1, value], kind[1]).tobytes()
        for tag, value in tags
    )
    mark = b"II" if order == "<" else b"MM"
    head = mark + np.array([42], kind[0]).tobytes() + np.array([8 + len(data)], kind[1]).tobytes()
    count = np.array([len(tags)], kind[0]).tobytes()
    path.write_bytes(head + data + count + entries + b"\0\0\0\0")


def test_the_highest_value_that_the_header_names_is_white(tmp_path: Path) -> None:
    save(tmp_path, (RAMP * 16 + 15).astype(np.uint16), extratags=[(281, 3, 1, 4095, True)])
    assert np.array_equal(load(tmp_path).pixels[0], np.rint((RAMP * 16 + 15) * 255 / 4095))


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int32])
def test_white_as_zero(tmp_path: Path, kind: type) -> None:
    save(tmp_path, RAMP.astype(kind), photometric="miniswhite")
    assert np.array_equal(load(tmp_path, window=Window.spanning(0, 255)).pixels[0], 255 - RAMP)


@pytest.mark.parametrize("orientation", TURNS)
def test_orientation_is_followed(tmp_path: Path, orientation: int) -> None:
    stored = RAMP[:5, :7].astype(np.float64)
    save(tmp_path, stored, extratags=[(274, 3, 1, orientation, True)])
    pixels = load(tmp_path, window=Window.spanning(0, 255)).pixels[0]
    assert np.array_equal(pixels, TURNS[orientation](stored))


@pytest.mark.parametrize(
    ("values", "how", "said"),
    [
        (RAMP.astype(np.complex64), {}, "a TIFF of 64-bit complex values"),
        (np.zeros((8, 8, 3)), {"photometric": "rgb"}, "64-bit fractional values, 3 channels .RGB"),
        (np.zeros((2, 8, 8)), {}, "holds 2 pictures: save each as a file"),
    ],
)
def test_what_is_not_read_is_said_to_be_what_it_is(
    tmp_path: Path, values: NDArray[Any], how: dict[str, Any], said: str
) -> None:
    save(tmp_path, values, **how)
    with pytest.raises(ImageError, match=rf"a\.tif: .*{said}"):
        load(tmp_path)


def test_compression_that_is_not_read(tmp_path: Path) -> None:
    path = save(tmp_path, RAMP.astype(np.float64))
    content = bytearray(path.read_bytes())
    entry = content.index(np.array([259, 3], "<u2").tobytes())
    content[entry + 8 : entry + 10] = np.array([5], "<u2").tobytes()  # LZW
    path.write_bytes(content)
    with pytest.raises(ImageError, match=r"64-bit fractional values .* LZW\), which whorl does"):
        load(tmp_path, window=Window(0, 1))


def test_damaged_tiff(tmp_path: Path) -> None:
    path = save(tmp_path, RAMP.astype(np.float64))
    path.write_bytes(path.read_bytes()[:1500])
    with pytest.raises(
        ImageError, match=r"a\.tif: is (a damaged TIFF|damaged or cut short|a TIFF)"
    ):
        load(tmp_path, window=Window(0, 1))
