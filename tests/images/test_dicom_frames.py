from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.images.files import write_dicom
from whorl.errors import ImageError
from whorl.images import Window, load

pydicom = pytest.importorskip("pydicom")

RAMP = np.arange(256, dtype=np.uint16).reshape(16, 16)
RAMPS = np.tile(RAMP, (4, 4))  # JPEG 2000 of six resolutions takes 32 rows or more
TWELVE_BITS = {"BitsStored": 12, "HighBit": 11}
WIDE = Window.spanning(0, 255)

JPEG_2000, JPEG_LS = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.80"
HIGH_THROUGHPUT = ["1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.203"]

# 16 * RAMP + 5 as a high-throughput JPEG 2000 stream, encoded by OpenJPH 0.26
STREAM = base64.b64decode(
    "/0//UQApQAAAAAAQAAAAEAAAAAAAAAAAAAAAEAAAABAAAAAAAAAAAAABDwEB/1AACAACAAAACv9SAAwAAgABAAUEBEAB"
    "/1wAEyCIkJCQkJCQkJCQkJCQiIiI/2QAFwABT3BlbkpQSCBWZXIgMC4yNi4zLv+QAAoAAAAAAH4AAf+TwAAmP/YFB3QA"
    "AMAAEsAAEwAiAYd0AEbyA4d0AMAAE0AAE4AQyAECdAAe6ZEAw1QAwAAVEAAFYIZhGKpwgnUAfvTDDz/+wFKB7LYAwAAr"
    "IAAWkO7u7u7nwKenp8J4AP79/f39/f39/Yxge/Yxgey6AP/Z"
)


def compress(path: Path, syntax: str, stream: bytes) -> Path:
    """Put a compressed stream into a file."""
    from pydicom.encaps import encapsulate

    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate([stream])
    dataset["PixelData"].is_undefined_length = True
    dataset["PixelData"].VR = "OB"
    dataset.save_as(path)
    return path


def jpeg_2000(values: NDArray[Any], bits: int) -> bytes:
    from openjpeg.utils import encode_array

    stream: bytes = encode_array(values, bits_stored=bits, photometric_interpretation=2)
    return stream


@pytest.mark.parametrize("high_bit", [11, 12, 15])
def test_values_lie_below_the_high_bit(tmp_path: Path, high_bit: int) -> None:
    stored = (RAMP * 16) << (high_bit - 11)
    write_dicom(tmp_path / "a.dcm", stored, BitsStored=12, HighBit=high_bit)
    assert np.array_equal(load(tmp_path).pixels[0], np.rint(RAMP * (16 * 255 / 4095)))


def test_overlays_in_unused_bits_are_dropped(tmp_path: Path) -> None:
    stored = RAMP | (RAMP % 3 == 0) << 12
    path = write_dicom(tmp_path / "a.dcm", stored.astype(np.uint16), **TWELVE_BITS)
    with pytest.raises(ImageError, match=r"beyond the 12 bits .*BitsStored"):
        load(path)
    dataset = pydicom.dcmread(path)
    dataset.add_new((0x6000, 0x0100), "US", 16)
    dataset.add_new((0x6000, 0x0102), "US", 12)
    dataset.save_as(path)
    assert np.array_equal(load(path, window=WIDE).pixels[0], RAMP)


@pytest.mark.parametrize("extended", [True, False])
def test_the_sign_is_the_highest_bit_in_use(tmp_path: Path, extended: bool) -> None:
    values = RAMP.astype(np.int16) - 128
    stored = values if extended else values & 0x0FFF
    write_dicom(tmp_path / "a.dcm", stored, **TWELVE_BITS)
    assert np.array_equal(load(tmp_path, window=Window.spanning(-128, 127)).pixels[0], RAMP)


def test_padding_may_lie_beyond_the_bits_in_use(tmp_path: Path) -> None:
    stored = RAMP.copy()
    stored[0] = 63536
    write_dicom(tmp_path / "a.dcm", stored, **TWELVE_BITS, PixelPaddingValue=63536)
    pixels = load(tmp_path, window=WIDE).pixels[0]
    assert not pixels[0].any()
    assert np.array_equal(pixels[1:], RAMP[1:])


def test_padding_written_with_the_other_sign(tmp_path: Path) -> None:
    stored = np.array([[-2000, 0, 255]], np.int16)
    write_dicom(tmp_path / "a.dcm", stored, PhotometricInterpretation="MONOCHROME1")
    dataset = pydicom.dcmread(tmp_path / "a.dcm")
    dataset.add_new("PixelPaddingValue", "US", 63536)
    dataset.save_as(tmp_path / "a.dcm")
    assert load(tmp_path, window=WIDE).pixels[0].tolist() == [[0, 255, 0]]


@pytest.mark.parametrize("attributes", [{"HighBit": 3}, {"HighBit": 16}, {"BitsStored": 17}])
def test_bits_that_cannot_be(tmp_path: Path, attributes: dict[str, int]) -> None:
    write_dicom(tmp_path / "a.dcm", RAMP, **{**TWELVE_BITS, **attributes})
    with pytest.raises(ImageError, match=r"cannot be|cut short .*BitsStored|Bits Stored"):
        load(tmp_path)


@pytest.mark.parametrize("syntax", HIGH_THROUGHPUT)
def test_high_throughput_jpeg_2000(tmp_path: Path, syntax: str) -> None:
    path = write_dicom(tmp_path / "a.dcm", RAMP)
    compress(path, syntax, STREAM)
    window = Window.spanning(5, 16 * 255 + 5)
    assert np.array_equal(load(path, window=window).pixels[0], RAMP)


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_jpeg_2000_and_jpeg_ls(tmp_path: Path, bits: int) -> None:
    import jpeg_ls

    values = RAMPS.astype(np.uint8 if bits == 8 else np.uint16)
    path = write_dicom(tmp_path / "a.dcm", values, BitsStored=bits, HighBit=bits - 1)
    compress(path, JPEG_2000, jpeg_2000(values, bits))
    assert np.array_equal(load(path, window=WIDE).pixels[0], RAMPS)
    compress(path, JPEG_LS, bytes(jpeg_ls.encode(values)))
    assert np.array_equal(load(path, window=WIDE).pixels[0], RAMPS)


@pytest.mark.parametrize("signed_stream", [True, False])
@pytest.mark.parametrize("signed_header", [True, False])
def test_jpeg_2000_whose_sign_differs_from_the_header(
    tmp_path: Path, signed_stream: bool, signed_header: bool
) -> None:
    meant = RAMPS.astype(np.int64) - (128 if signed_header else 0)
    in_stream = meant & 0x1FFF
    if signed_stream:
        in_stream = (in_stream ^ 0x1000) - 0x1000
    stream = jpeg_2000(in_stream.astype(np.int16 if signed_stream else np.uint16), 13)
    stored = meant.astype(np.int16 if signed_header else np.uint16)
    path = write_dicom(tmp_path / "a.dcm", stored, BitsStored=13, HighBit=12)
    compress(path, JPEG_2000, stream)
    assert np.array_equal(pydicom.dcmread(path).pixel_array, meant)
    window = Window.spanning(int(meant.min()), int(meant.max()))
    assert np.array_equal(load(path, window=window).pixels[0], RAMPS)


def test_rle(tmp_path: Path) -> None:
    from pydicom.uid import RLELossless

    dataset = pydicom.dcmread(write_dicom(tmp_path / "a.dcm", RAMP))
    dataset.compress(RLELossless, RAMP, encoding_plugin="pydicom")
    dataset.save_as(tmp_path / "a.dcm")
    assert np.array_equal(load(tmp_path, window=WIDE).pixels[0], RAMP)
