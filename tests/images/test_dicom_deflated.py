"""Deflated DICOM: read as others are, and inflated to no more than its header announces."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest

from tests.images.files import write_dicom
from whorl.errors import ImageError
from whorl.images import load

DEFLATED = "1.2.840.10008.1.2.1.99"
STORED = np.arange(64, dtype=np.uint16).reshape(8, 8)


def rewritten(path: Path, content: bytes, *, end: bool = True) -> None:
    """Put other content behind a deflated file's meta information."""
    stored = path.read_bytes()
    start = 144 + struct.unpack_from("<I", stored, 140)[0]
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(content) + (packer.flush() if end else packer.flush(zlib.Z_SYNC_FLUSH))
    path.write_bytes(stored[:start] + packed)


def inflated(path: Path) -> bytes:
    stored = path.read_bytes()
    start = 144 + struct.unpack_from("<I", stored, 140)[0]
    return zlib.decompress(stored[start:], -zlib.MAX_WBITS)


def test_it_is_read_as_the_same_file_not_deflated(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    write_dicom(tmp_path / "a" / "x.dcm", STORED, syntax=DEFLATED)
    write_dicom(tmp_path / "b" / "x.dcm", STORED)
    deflated, plain = load(tmp_path / "a"), load(tmp_path / "b")
    assert np.array_equal(deflated.pixels, plain.pixels)
    assert deflated.notes == plain.notes


@pytest.mark.parametrize("where", ["behind", "before"])
def test_a_bomb_is_refused_before_it_fills_the_memory(tmp_path: Path, where: str) -> None:
    path = write_dicom(tmp_path / "a.dcm", STORED, syntax=DEFLATED)
    content = inflated(path)
    size = 300 * 2**20
    private = struct.pack("<HH2sHI", 9 if where == "before" else 0x7FE1, 0x1001, b"OB", 0, size)
    parts = [private + bytes(size), content]
    rewritten(path, b"".join(parts if where == "before" else parts[::-1]))
    assert path.stat().st_size < 2**20
    tracemalloc.start()
    with pytest.raises(
        ImageError, match=r"a\.dcm: (inflates to more than the 17 MB|.*damaged|.*no)"
    ):
        load(tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100e6


def test_a_stream_without_an_end_is_refused(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "a.dcm", STORED, syntax=DEFLATED)
    rewritten(path, inflated(path), end=False)
    with pytest.raises(ImageError, match=r"a\.dcm: is damaged or cut short"):
        load(tmp_path)
