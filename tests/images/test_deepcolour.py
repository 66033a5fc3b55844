from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from tests.images.test_raster import png
from whorl.errors import ImageError
from whorl.images import Window, load

NOISE = np.random.default_rng(4).integers(0, 65536, (9, 7, 3)).astype(np.uint16)
LUMA = NOISE @ [0.299, 0.587, 0.114]


def is_near(pixels: NDArray[np.uint8], expected: NDArray[Any]) -> bool:
    return bool(np.abs(pixels - expected).max() <= 0.5 + 1e-6)


def test_png_as_opencv_writes_it(tmp_path: Path) -> None:
    cv2 = pytest.importorskip("cv2")
    smooth = np.sort(NOISE, axis=0)  # so that the encoder's filters have something to do
    cv2.imwrite(str(tmp_path / "a.png"), smooth[..., ::-1])
    assert np.array_equal(cv2.imread(str(tmp_path / "a.png"), -1)[..., ::-1], smooth)
    images = load(tmp_path)
    assert is_near(images.pixels[0], smooth @ [0.299, 0.587, 0.114] / 257)
    assert images.notes == (
        "all images scaled linearly to 0–255 from all that their bits can hold: 0–65535",
        "all images converted from colour to grey by luma (ITU-R 601)",
    )


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_tiff(tmp_path: Path, order: str, compression: str | None) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif", NOISE, photometric="rgb", byteorder=order, compression=compression
    )
    assert is_near(load(tmp_path).pixels[0], LUMA / 257)


def test_a_window_shows_each_channel(tmp_path: Path) -> None:
    ramp = np.rint(np.linspace(0, 4095, 256)).astype(np.uint16).reshape(16, 16)
    tifffile.imwrite(tmp_path / "a.tif", np.stack([ramp] * 3, axis=-1), photometric="rgb")
    images = load(tmp_path, window=Window(2047.5, 4095))
    assert np.array_equal(images.pixels[0], np.arange(256).reshape(16, 16))
    assert images.notes == (
        "all images shown through the given window (centre,width): 2047.5,4095",
    )


def test_channels_are_clipped_before_luma(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.array([[[60000, 0, 0]]], np.uint16), photometric="rgb")
    assert load(tmp_path, window=Window.spanning(0, 100)).pixels[0].tolist() == [[76]]


@pytest.mark.parametrize("alpha", [65535, 65534])
@pytest.mark.parametrize("channels", [(0x12FF,), (0x12FF, 0x12FF, 0x12FF)])
def test_alpha_must_be_opaque(tmp_path: Path, alpha: int, channels: tuple[int, ...]) -> None:
    row = b"\0" + struct.pack(f">{len(channels) + 1}H", *channels, alpha)
    kind = 4 if len(channels) == 1 else 6
    (tmp_path / "a.png").write_bytes(png(1, 1, depth=16, colour_type=kind, rows=row))
    if alpha < 65535:
        with pytest.raises(ImageError, match=r"a\.png: has transparent pixels"):
            load(tmp_path)
    else:
        assert load(tmp_path).pixels[0].tolist() == [[19]]  # 4863 / 257 = 18.9


def test_orientation_is_followed(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", NOISE, photometric="rgb", extratags=[(274, 3, 1, 6, True)])
    assert is_near(load(tmp_path).pixels[0], np.rot90(LUMA / 257, -1))


def test_other_channels_are_refused(tmp_path: Path) -> None:
    inks = np.zeros((8, 8, 4), np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", inks, photometric="separated")
    with pytest.raises(
        ImageError, match="16 bits a channel in CMYK;16L, of which whorl reads only"
    ):
        load(tmp_path)
