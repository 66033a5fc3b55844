from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.images.files import write_dicom
from whorl.errors import ImageError
from whorl.images import Window, load
from whorl.images.lut import read_table

pydicom = pytest.importorskip("pydicom")

BIG_ENDIAN = "1.2.840.10008.1.2.2"


def item(descriptor: list[int], vr: str, data: Any, descriptor_vr: str = "US") -> Any:
    table = pydicom.Dataset()
    table.add_new("LUTDescriptor", descriptor_vr, descriptor)
    table.add_new("LUTData", vr, data)
    return table


def output(table: Any, *, big_endian: bool = False, lowest: float = 0) -> list[int]:
    values: list[int] = read_table(table, big_endian=big_endian, lowest=lowest).output.tolist()
    return values


def test_words_follow_the_byte_order_of_the_file() -> None:
    assert output(item([2, 0, 12], "OW", b"\x01\x02\x03\x04")) == [0x201, 0x403]
    assert output(item([2, 0, 12], "OW", b"\x01\x02\x03\x04"), big_endian=True) == [0x102, 0x304]


def test_bytes_packed_two_into_a_word() -> None:
    assert output(item([3, 0, 8], "OW", b"\x01\x02\x03\x00")) == [1, 2, 3]
    assert output(item([3, 0, 8], "OW", b"\x02\x01\x00\x03"), big_endian=True) == [1, 2, 3]
    assert output(item([3, 0, 8], "US", [0x0201, 0x0003])) == [1, 2, 3]


def test_one_byte_a_word_needs_no_unpacking() -> None:
    assert output(item([3, 0, 8], "OW", b"\x01\x00\x02\x00\x03\x00")) == [1, 2, 3]
    assert output(item([3, 0, 8], "US", [1, 2, 3])) == [1, 2, 3]


def test_signed_entries_are_unsigned_by_the_standard() -> None:
    assert output(item([3, 0, 16], "SS", [0, 32767, -1])) == [0, 32767, 65535]


def test_65536_entries_are_written_as_0() -> None:
    data = np.arange(65536, dtype="<u2").tobytes()
    assert output(item([0, 0, 16], "OW", data)) == list(range(65536))


def test_a_negative_first_value_written_as_unsigned() -> None:
    table = item([2, 64512, 8], "US", [1, 2])
    assert read_table(table, big_endian=False, lowest=-2048).first == -1024
    assert read_table(table, big_endian=False, lowest=0).first == 64512
    signed = item([2, -1024, 8], "US", [1, 2], "SS")
    assert read_table(signed, big_endian=False, lowest=-2048).first == -1024


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (item([5, 0, 8], "US", [1, 2]), "a lookup table of 2 entries where it says 5"),
        (item([2, 0, 8], "US", [1, 256]), "holds 256, more than the 8 bits"),
        (item([2, 0, 0], "US", [1, 2]), "a lookup table of 0 bits"),
        (item([2, 0], "US", [1, 2]), "without a descriptor of three numbers"),
        (pydicom.Dataset(), "without a descriptor of three numbers"),
    ],
)
def test_what_is_wrong_is_named(table: Any, fault: str) -> None:
    with pytest.raises(ImageError, match=fault):
        read_table(table, big_endian=False, lowest=0)


RAMP = np.arange(256, dtype=np.uint16).reshape(16, 16)


@pytest.mark.parametrize("sequence", ["ModalityLUTSequence", "VOILUTSequence"])
@pytest.mark.parametrize("vr", ["OW", "US", "SS"])
@pytest.mark.parametrize("big_endian", [False, True])
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_a_ramp_stays_one_in_all_forms(
    tmp_path: Path, sequence: str, vr: str, big_endian: bool, bits: int
) -> None:
    order = ">" if big_endian else "<"
    words = np.rint(np.arange(256) / 255 * (2**bits - 1)).astype(np.uint16)
    data: Any = words.astype(f"{order}u2").tobytes()
    if vr != "OW":
        data = words.astype(np.int16 if vr == "SS" else np.uint16).tolist()
    table = item([256, 0, bits], vr, data)
    path = write_dicom(
        tmp_path / "a.dcm",
        RAMP.astype(f"{order}u2"),
        **{sequence: [table]},
        syntax=BIG_ENDIAN if big_endian else None,
    )
    assert np.array_equal(load(path).pixels[0], RAMP)


def test_a_modality_table_is_shown_through_a_given_window(tmp_path: Path) -> None:
    table = item([4, 0, 12], "US", [0, 100, 200, 4000])
    write_dicom(
        tmp_path / "a.dcm", np.array([[0, 1, 2, 3]], np.uint16), ModalityLUTSequence=[table]
    )
    pixels = load(tmp_path, window=Window.spanning(0, 200)).pixels
    assert pixels[0].tolist() == [[0, 128, 255, 255]]


@pytest.mark.parametrize("big_endian", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_palettes_in_either_byte_order(tmp_path: Path, big_endian: bool, packed: bool) -> None:
    order = ">" if big_endian else "<"
    red = [0, 85, 170, 255]
    words = np.array([0 | 85 << 8, 170 | 255 << 8] if packed else [257 * v for v in red])
    data = words.astype(f"{order}u2").tobytes()
    palette = {}
    for colour in ("Red", "Green", "Blue"):
        palette[f"{colour}PaletteColorLookupTableDescriptor"] = [4, 0, 8 if packed else 16]
        palette[f"{colour}PaletteColorLookupTableData"] = data
    path = write_dicom(
        tmp_path / "a.dcm",
        np.array([[0, 1, 2, 3]], np.uint16).astype(f"{order}u2"),
        PhotometricInterpretation="PALETTE COLOR",
        syntax=BIG_ENDIAN if big_endian else None,
        **palette,
    )
    assert load(path).pixels[0].tolist() == [red]


def test_palette_without_a_table(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a.dcm", RAMP, PhotometricInterpretation="PALETTE COLOR")
    with pytest.raises(ImageError, match="without a descriptor of three numbers"):
        load(tmp_path)
