"""Files that hold less than they say, and numbers in headers that are none."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from tests.images.files import RAMP, write, write_dicom, write_nifti
from whorl.errors import ImageError
from whorl.images import load

ROWS = np.random.default_rng(0).integers(1, 256, (32, 24), dtype=np.uint8)
RESCALED = np.arange(64, dtype=np.uint16).reshape(8, 8)
STRIP_OFFSETS, STRIP_BYTES, ROWS_PER_STRIP = 273, 279, 278


def png(path: Path, stream: bytes, *, interlaced: bool = False, bits: int = 8) -> None:
    """Write a grey PNG of 24×32 pixels whose stream ends properly wherever it ends."""
    header = struct.pack(">IIBBBBB", 24, 32, bits, 0, 0, 0, interlaced)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(stream)), (b"IEND", b""))
    written = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + written)


def filtered(rows: np.ndarray) -> bytes:
    return b"".join(b"\0" + row.tobytes() for row in rows)


@pytest.mark.parametrize("rows", [0, 5, 31])
def test_a_png_whose_stream_ends_properly_after_some_rows_is_refused(
    tmp_path: Path, rows: int
) -> None:
    png(tmp_path / "a.png", filtered(ROWS[:rows]))
    with pytest.raises(ImageError, match=rf"a\.png: is damaged .*ends after {25 * rows:,} of 800"):
        load(tmp_path)


def test_a_png_with_all_rows_is_read(tmp_path: Path) -> None:
    png(tmp_path / "a.png", filtered(ROWS))
    assert np.array_equal(load(tmp_path).pixels[0], ROWS)


def test_an_interlaced_png_is_read_whole_and_refused_short(tmp_path: Path) -> None:
    passes = [ROWS[::8, ::8], ROWS[::8, 4::8], ROWS[4::8, ::4], ROWS[::4, 2::4], ROWS[2::4, ::2],
              ROWS[::2, 1::2], ROWS[1::2]]  # fmt: skip
    stream = b"".join(filtered(part) for part in passes)
    png(tmp_path / "a.png", stream, interlaced=True)
    assert np.array_equal(load(tmp_path).pixels[0], ROWS)
    png(tmp_path / "a.png", stream[:-1], interlaced=True)
    with pytest.raises(ImageError, match=r"a\.png: is damaged or cut short"):
        load(tmp_path)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_whole_pngs_of_every_kind_pass(tmp_path: Path, mode: str) -> None:
    grey = Image.fromarray(np.tile(RAMP, (3, 5))[:19, :37])
    picture = Image.fromarray(np.asarray(grey, np.uint16)) if mode == "I;16" else grey.convert(mode)
    picture.save(tmp_path / "a.png")
    assert load(tmp_path).pixels.shape == (1, 19, 37)


@pytest.mark.parametrize("compression", [None, "tiff_deflate", "tiff_lzw", "packbits"])
def test_a_tiff_without_some_of_its_strips_is_refused(
    tmp_path: Path, compression: str | None
) -> None:
    path = tmp_path / "a.tif"
    with TiffImagePlugin.AppendingTiffWriter(path, new=True) as file:
        Image.fromarray(ROWS).save(
            file, "TIFF", compression=compression, tiffinfo={ROWS_PER_STRIP: 8}
        )
    stored = bytearray(path.read_bytes())
    for tag in (STRIP_OFFSETS, STRIP_BYTES):  # say that there is one strip, the first
        assert shortened_to_one(stored, tag)
    path.write_bytes(stored)
    with pytest.raises(ImageError, match=r"a\.tif: (is|cannot)"):
        load(tmp_path)


def shortened_to_one(stored: bytearray, tag: int) -> bool:
    """Have a tag of a little-endian TIFF hold its first value alone."""
    (at,) = struct.unpack_from("<I", stored, 4)
    (entries,) = struct.unpack_from("<H", stored, at)
    for k in range(entries):
        place = at + 2 + 12 * k
        found, kind, count, value = struct.unpack_from("<HHII", stored, place)
        if found == tag and count > 1:
            first = struct.unpack_from("<H" if kind == 3 else "<I", stored, value)[0]
            struct.pack_into("<HHII", stored, place, tag, kind, 1, first)
            return True
    return False


def test_a_compressed_bmp_that_ends_early_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "a.bmp", ROWS)
    stored = bytearray(path.read_bytes())
    (start,) = struct.unpack_from("<I", stored, 10)
    struct.pack_into("<I", stored, 30, 1)  # compressed by run lengths
    path.write_bytes(bytes(stored[:start]) + b"\x18\x07\0\0" * 5 + b"\0\1")  # 5 rows, the end
    with pytest.raises(ImageError, match=r"a\.bmp: is damaged or cut short"):
        load(tmp_path)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    "keyword", ["RescaleSlope", "RescaleIntercept", "WindowCenter", "WindowWidth"]
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_dicom_numbers_that_are_not_finite_are_refused(
    tmp_path: Path, keyword: str, value: float
) -> None:
    pydicom = pytest.importorskip("pydicom")
    window = {"WindowCenter": "9", "WindowWidth": "9"}
    path = write_dicom(tmp_path / "a.dcm", RESCALED, RescaleSlope=1, RescaleIntercept=0, **window)
    dataset = pydicom.dcmread(path)
    tag = dataset[keyword].tag
    raw = pydicom.dataelem.RawDataElement(tag, "DS", 4, f"{value!s:<4}".encode(), 0, False, True)
    dataset._dict[tag] = raw  # pydicom writes none that it would not take
    dataset.save_as(path)
    with pytest.raises(ImageError, match=rf"a\.dcm: has {keyword} -?(nan|inf), which is no finite"):
        load(tmp_path)


def test_a_slope_that_makes_values_infinite_is_refused(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a.dcm", RESCALED, RescaleSlope="1e305", RescaleIntercept="0")
    with pytest.raises(ImageError, match=r"a\.dcm: has RescaleSlope 1e\+305 .* set them right"):
        load(tmp_path)


@pytest.mark.parametrize("field", ["scl_slope", "scl_inter", "cal_min", "cal_max"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_nifti_numbers_that_are_not_finite_are_refused(
    tmp_path: Path, field: str, value: float, name: str
) -> None:
    import gzip

    path = write_nifti(tmp_path / "b.nii", np.arange(512, dtype=np.int16).reshape(8, 8, 8))
    stored = bytearray(path.read_bytes())
    path.unlink()
    at = {"scl_slope": 112, "scl_inter": 116, "cal_max": 124, "cal_min": 128}[field]
    struct.pack_into("<f", stored, at, value)
    (tmp_path / name).write_bytes(gzip.compress(stored) if name.endswith("gz") else stored)
    with pytest.raises(ImageError, match=rf"has {field} (nan|inf) in its header|invalid intercept"):
        load(tmp_path)
