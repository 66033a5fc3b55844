from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from tests.images import test_raster as raster
from tests.images.files import write
from whorl.images import load
from whorl.images.png import bits_in_use

RAMP = np.rint(np.linspace(0, 4095, 256)).astype(np.uint16)


def write_png(path: Path, values: list[int], in_use: int, channels: int = 1) -> None:
    samples = [value for value in values for _ in range(channels)]
    row = b"\0" + struct.pack(f">{len(samples)}H", *samples)
    kind = {1: 0, 3: 2}[channels]
    content = raster.png(
        len(values), 1, depth=16, colour_type=kind, rows=row, in_use=bytes([in_use] * channels)
    )
    path.write_bytes(content)


@pytest.mark.parametrize("channels", [1, 3])
def test_12_bits_left_as_they_were_are_scaled_as_12_bits(tmp_path: Path, channels: int) -> None:
    write_png(tmp_path / "a.png", RAMP.tolist(), 12, channels)
    images = load(tmp_path)
    assert images.pixels[0, 0].tolist() == list(range(256))
    assert "0–4095" in images.notes[0]


@pytest.mark.parametrize("low_bits", ["0", "repeated"])
def test_12_bits_scaled_up_as_the_standard_asks_are_16(tmp_path: Path, low_bits: str) -> None:
    values = RAMP.astype(int) << 4 | (RAMP >> 8 if low_bits == "repeated" else 0)
    write_png(tmp_path / "a.png", values.tolist(), 12)
    assert np.abs(load(tmp_path).pixels[0, 0] - np.arange(256.0)).max() <= 1
    dark = [0, 16, 32, 48]
    write_png(tmp_path / "a.png", dark, 12)
    assert load(tmp_path).pixels.max() == 0


def test_bits_in_use_are_found(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", [1, 2], 10)
    assert bits_in_use(tmp_path / "a.png") == 10
    assert bits_in_use(write(tmp_path, "b.png")) is None
    assert bits_in_use(write(tmp_path, "c.tif")) is None
    (tmp_path / "d.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert bits_in_use(tmp_path / "d.png") is None
