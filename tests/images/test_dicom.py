from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.images.files import RAMP, lookup_table, write, write_dicom
from whorl.errors import ImageError
from whorl.images import Origin, Window, load

pydicom = pytest.importorskip("pydicom")

STORED = np.array([[0, 824, 1064], [1264, 1424, 4095]], np.uint16)
CT: dict[str, Any] = {"BitsStored": 12, "HighBit": 11, "RescaleSlope": 1, "RescaleIntercept": -1024}
# In Hounsfield units: -1024 -200 40 240 400 3071


def shown(tmp_path: Path, window: Window | None = None, **attributes: Any) -> list[list[int]]:
    write_dicom(tmp_path / "a.dcm", STORED, **attributes)
    values: list[list[int]] = load(tmp_path, window=window).pixels[0].tolist()
    return values


def test_given_window_is_applied_to_rescaled_values(tmp_path: Path) -> None:
    # 0 to 800 HU: 255 · 40/800 = 12.75, 255 · 240/800 = 76.5, 255 · 400/800 = 127.5
    assert shown(tmp_path, Window(400, 800), **CT) == [[0, 0, 13], [76, 128, 255]]
    assert load(tmp_path, window=Window(400, 800)).notes == (
        "all images shown through the given window (centre,width): 400,800",
    )


def test_slope_counts(tmp_path: Path) -> None:
    # 2 · 824 - 1024 = 624 and 255 · 624/2000 = 79.56; 1104 → 140.76; 1504 → 191.76; 1824 → 232.56
    attributes = {**CT, "RescaleSlope": 2}
    assert shown(tmp_path, Window(1000, 2000), **attributes) == [[0, 80, 141], [192, 233, 255]]


def test_window_of_the_file_the_first_of_several(tmp_path: Path) -> None:
    # LINEAR: ((x - 399.5) / 799 + 0.5) · 255; 40 → 12.77, 240 → 76.6, 400 → 127.66
    attributes = {**CT, "WindowCenter": [400, 40], "WindowWidth": [800, 1]}
    assert shown(tmp_path, **attributes) == [[0, 0, 13], [77, 128, 255]]
    assert load(tmp_path).notes == (
        "all images shown through the window in their file (centre,width): 400,800",
    )


def test_given_window_goes_before_that_of_the_file(tmp_path: Path) -> None:
    attributes = {**CT, "WindowCenter": 40, "WindowWidth": 400}
    assert shown(tmp_path, Window(400, 800), **attributes) == [[0, 0, 13], [76, 128, 255]]


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_windows_of_the_file_agree_with_pydicom(tmp_path: Path, function: str) -> None:
    stored = np.random.default_rng(3).integers(0, 4096, (32, 32), dtype=np.uint16)
    path = write_dicom(
        tmp_path / "a.dcm", stored, **CT, WindowCenter=-550, WindowWidth=1800,
        VOILUTFunction=function,
    )  # fmt: skip
    dataset = pydicom.dcmread(path)
    hounsfield = pydicom.pixels.apply_modality_lut(dataset.pixel_array, dataset)
    windowed = pydicom.pixels.apply_windowing(hounsfield, dataset)  # -1024 to 3071
    expected = np.rint((windowed + 1024) / 4095 * 255)
    assert np.array_equal(load(tmp_path).pixels[0], expected)


def test_lookup_tables_for_modality_and_display(tmp_path: Path) -> None:
    stored = np.array([[0, 1, 2], [3, 4, 500]], np.uint16)
    write_dicom(
        tmp_path / "a.dcm",
        stored,
        ModalityLUTSequence=[lookup_table(1, 12, [10, 20, 30])],  # 10 10 20 / 30 30 30
        VOILUTSequence=[lookup_table(10, 8, [*range(20), 255])],  # 0 0 10 / 255 …
        WindowCenter=40,
        WindowWidth=400,
    )
    images = load(tmp_path)
    assert images.pixels[0].tolist() == [[0, 0, 10], [255, 255, 255]]
    assert images.notes == ("all images shown through the VOI lookup table in their file",)


def test_table_with_8_bit_output_is_not_wrapped_at_position_256(tmp_path: Path) -> None:
    output = [*[0] * 256, 100, 200]
    write_dicom(
        tmp_path / "a.dcm",
        np.array([[255, 256, 257]], np.uint16),
        VOILUTSequence=[lookup_table(0, 8, output)],
    )
    assert load(tmp_path).pixels[0].tolist() == [[0, 100, 200]]


def test_without_a_window_the_full_range_of_stored_bits_is_shown(tmp_path: Path) -> None:
    # 255 · 824/4095 = 51.31; 1064 → 66.26; 1264 → 78.71; 1424 → 88.67
    assert shown(tmp_path, **CT) == [[0, 51, 66], [79, 89, 255]]
    assert load(tmp_path).notes == (
        "all images scaled from the full range of their stored bits: 12 bits",
    )


def test_full_range_of_signed_values_starts_below_zero(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a.dcm", np.array([[-128, 0, 127]], np.int8))
    assert load(tmp_path).pixels[0].tolist() == [[0, 128, 255]]


def test_full_range_that_is_hardly_used_is_warned_of(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a.dcm", np.array([[-1000, 1000]], np.int16))
    assert load(tmp_path).notes[1].startswith("1 of 1 images span less than 32 of 256 grey levels")


def test_monochrome1_is_inverted(tmp_path: Path) -> None:
    attributes = {**CT, "PhotometricInterpretation": "MONOCHROME1"}
    assert shown(tmp_path, Window(400, 800), **attributes) == [[255, 255, 242], [179, 127, 0]]
    assert "inverted, since their file counts white as zero" in load(tmp_path).notes[1]


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_inverse_presentation_is_inverted_once(tmp_path: Path, photometric: str) -> None:
    attributes = {**CT, "PhotometricInterpretation": photometric, "PresentationLUTShape": "INVERSE"}
    assert shown(tmp_path, Window(400, 800), **attributes) == [[255, 255, 242], [179, 127, 0]]


def test_contradiction_about_white_is_refused(tmp_path: Path) -> None:
    said = {"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "IDENTITY"}
    with pytest.raises(ImageError, match=r"white as zero .MONOCHROME1. and black as zero"):
        shown(tmp_path, **CT, **said)


def test_padding_is_black_and_does_not_count_for_ranges(tmp_path: Path) -> None:
    stored = np.full((8, 8), 63536, np.uint16)
    stored[2:6, 2:6] = np.arange(16).reshape(4, 4) + 1000
    padding = {"RescaleIntercept": -1024, "RescaleSlope": 1, "PixelPaddingValue": 63536}
    write_dicom(tmp_path / "a.dcm", stored, **padding)
    images = load(tmp_path, window=Window(40, 400))
    assert images.pixels[0, 0, 0] == 0
    assert images.pixels[0, 5, 5] == 255 * (-9 + 160) // 400
    assert images.notes[1] == "all images hold padding (PixelPaddingValue), shown as black"
    assert "1 of 1 images span less than 32 of 256 grey levels" in images.notes[2]


@pytest.mark.parametrize("limit", [-1990, -2010])
def test_padding_may_be_a_range_written_either_way(tmp_path: Path, limit: int) -> None:
    low, high = sorted([-2000, limit])
    stored = np.array([[low - 1, low, high, high + 1]], np.int16)
    write_dicom(
        tmp_path / "a.dcm", stored, PixelPaddingValue=-2000, PixelPaddingRangeLimit=limit,
        PhotometricInterpretation="MONOCHROME1",
    )  # fmt: skip
    # Inverted, so that what is no padding comes out bright
    assert load(tmp_path, window=Window(0, 3000)).pixels[0].tolist() == [[255, 0, 0, 255]]


def test_window_beside_all_values_is_told(tmp_path: Path) -> None:
    assert shown(tmp_path, **CT, WindowCenter=20000, WindowWidth=400) == [[0, 0, 0], [0, 0, 0]]
    assert load(tmp_path).notes[1].startswith("all images come out as one grey level throughout")


def test_window_of_width_1_is_a_threshold(tmp_path: Path) -> None:
    write_dicom(
        tmp_path / "a.dcm", np.array([[0, 1, 2]], np.uint8), WindowCenter=1.5, WindowWidth=1
    )
    assert load(tmp_path).pixels[0].tolist() == [[0, 0, 255]]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_floating_point_pixels_are_taken_as_they_are(tmp_path: Path, kind: type) -> None:
    name = "FloatPixelData" if kind is np.float32 else "DoubleFloatPixelData"
    values = np.array([[0, 2.5], [5, -999]], kind)
    write_dicom(
        tmp_path / "a.dcm", values, PixelData=None, BitsStored=None, HighBit=None,
        PixelRepresentation=None,
        **{name: values.tobytes(), name.replace("Data", "PaddingValue"): -999.0},
    )  # fmt: skip
    assert load(tmp_path, window=Window(2.5, 5)).pixels[0].tolist() == [[0, 128], [255, 0]]
    with pytest.raises(ImageError, match=r"holds fractional values, .*: give --window"):
        load(tmp_path)


def test_pet_without_a_window_is_refused(tmp_path: Path) -> None:
    pet = {"Modality": "PT", "Units": "BQML", "RescaleSlope": "0.5", "RescaleIntercept": 0}
    with pytest.raises(ImageError, match=r"PET values \(BQML\) with a RescaleSlope .*--window"):
        shown(tmp_path, **pet)
    # 0.5 · 824 = 412 of 0 to 2047.5 → 51.3
    assert shown(tmp_path, Window.spanning(0, 2047.5), **pet) == [[0, 51, 66], [79, 89, 255]]


def test_slopes_that_differ_without_a_window_are_refused(tmp_path: Path) -> None:
    for name, slope in (("a", 1), ("b", 2)):
        write_dicom(tmp_path / f"{name}.dcm", STORED, **{**CT, "RescaleSlope": slope})
    with pytest.raises(ImageError, match=r"b\.dcm: its bits stand for .* of a\.dcm .*--window"):
        load(tmp_path)
    # 800 is 1824 stored with slope 1, and 912 with slope 2
    assert load(tmp_path, window=Window(0, 800)).pixels[:, 0, 1].tolist() == [64, 255]


@pytest.mark.parametrize("modality", ["PT", "MR"])
def test_slopes_that_differ_between_frames_without_a_window_are_refused(
    tmp_path: Path, modality: str
) -> None:
    def groups(slope: float) -> Any:
        group, rescaling = pydicom.Dataset(), pydicom.Dataset()
        rescaling.RescaleSlope, rescaling.RescaleIntercept = slope, 0
        group.PixelValueTransformationSequence = [rescaling]
        return group

    write_dicom(
        tmp_path / "a.dcm",
        np.full((2, 4, 4), 4000, np.uint16),
        Modality=modality,
        PerFrameFunctionalGroupsSequence=[groups(0.5), groups(0.25)],
    )
    with pytest.raises(ImageError, match=r"RescaleSlope.* give --window"):
        load(tmp_path)
    assert load(tmp_path, window=Window.spanning(0, 2000)).pixels[:, 1, 2].tolist() == [255, 128]


def test_more_frames_than_the_header_says(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a.dcm", np.zeros((3, 8, 8), np.uint16), NumberOfFrames=2)
    with pytest.raises(ImageError, match="holds more frames than its header says"):
        load(tmp_path)


def test_frames_become_images(tmp_path: Path) -> None:
    stored = np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    write_dicom(tmp_path / "cine.dcm", stored)
    images = load(tmp_path)
    assert images.ids == ("cine_000", "cine_001", "cine_002")
    assert np.array_equal(images.pixels, stored)
    assert images.origins == (Origin(tmp_path / "cine.dcm"),) * 3


def test_frames_may_have_their_own_rescaling_and_window(tmp_path: Path) -> None:
    def groups(intercept: float, centre: float) -> Any:
        group, rescaling, window = (pydicom.Dataset() for _ in range(3))
        rescaling.RescaleSlope, rescaling.RescaleIntercept = 1, intercept
        window.WindowCenter, window.WindowWidth = centre, 100
        window.VOILUTFunction = "LINEAR_EXACT"
        group.PixelValueTransformationSequence = [rescaling]
        group.FrameVOILUTSequence = [window]
        return group

    stored = np.full((2, 1, 1), 100, np.uint16)
    write_dicom(
        tmp_path / "a.dcm",
        stored,
        SharedFunctionalGroupsSequence=[groups(0, 0)],
        PerFrameFunctionalGroupsSequence=[groups(0, 110), groups(20, 110)],
    )
    # From 60 to 160: 100 → 102, 120 → 153
    assert load(tmp_path).pixels.ravel().tolist() == [102, 153]


def test_colour_becomes_luma(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a.dcm", np.array([[[255, 0, 0], [9, 9, 9]]], np.uint8))
    images = load(tmp_path)
    assert images.pixels[0].tolist() == [[76, 9]]
    assert images.notes == ("all images converted from colour to grey by luma (ITU-R 601)",)


def test_palette_colour_becomes_luma(tmp_path: Path) -> None:
    tables = {
        f"{colour}PaletteColorLookupTableData": np.array(values, "<u2").tobytes()
        for colour, values in (
            ("Red", [65535, 2570]), ("Green", [0, 2570]), ("Blue", [0, 2570]),
        )
    }  # fmt: skip
    sizes = {
        f"{colour}PaletteColorLookupTableDescriptor": [2, 0, 16]
        for colour in ("Red", "Green", "Blue")
    }
    write_dicom(
        tmp_path / "a.dcm",
        np.array([[0, 1]], np.uint8),
        PhotometricInterpretation="PALETTE COLOR",
        **sizes,
        **tables,
    )
    assert load(tmp_path).pixels[0].tolist() == [[76, 10]]


def test_one_multi_frame_file_may_be_the_source(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "cine", np.zeros((2, 8, 8), np.uint8))
    assert load(path).ids == ("cine_000", "cine_001")


@pytest.mark.parametrize(
    ("attributes", "fault"),
    [
        ({"PixelData": None}, "holds no pixels"),
        ({"Rows": None}, "holds no pixels"),
        ({"Rows": 60000, "Columns": 60000}, "its header claims 3,600,000,000 pixels"),
        ({"NumberOfFrames": 10**9}, "its header claims 1,000,000,000 images"),
        ({"WindowCenter": 40, "WindowWidth": 0}, "a window of width 0, .*: give --window"),
        (
            {"WindowCenter": 40, "WindowWidth": 9, "VOILUTFunction": "CUBIC"},
            "a window of the unknown kind 'CUBIC': give --window",
        ),
        ({"Rows": 9}, "is damaged or cut short .*number of bytes of pixel data is less"),
        ({"BitsStored": None}, "is damaged or cut short"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, attributes: dict[str, Any], fault: str) -> None:
    write_dicom(tmp_path / "a.dcm", STORED, **attributes)
    with pytest.raises(ImageError, match=rf"a\.dcm: .*{fault}"):
        load(tmp_path)


def test_non_dicom_named_dcm(tmp_path: Path) -> None:
    write(tmp_path, "a.png").rename(tmp_path / "a.dcm")
    with pytest.raises(ImageError, match=r"a\.dcm: is not a DICOM file"):
        load(tmp_path)


def test_truncated_file(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "a.dcm", np.zeros((64, 64), np.uint16))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ImageError, match=r"a\.dcm: is damaged or cut short"):
        load(tmp_path)


def test_compressed_pixels_that_no_plugin_decodes(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    compressed(tmp_path, "1.2.840.10008.1.2.4.80", b"\xff\xd8 no JPEG \xff\xd9")
    fault = r"compressed as JPEG-LS Lossless .* cannot be decoded, so is damaged or of a kind that"
    with pytest.raises(ImageError, match=fault):
        load(tmp_path)
    assert capfd.readouterr() == ("", "")


def test_compression_without_a_decoder_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pydicom.pixels.decoders import HTJ2KDecoder

    compressed(tmp_path, HTJ2KDecoder.UID, b"nothing")
    monkeypatch.setattr(HTJ2KDecoder, "_available", {})
    with pytest.raises(ImageError, match=r"High-Throughput JPEG 2000 .*pip install 'whorl-audit"):
        load(tmp_path)


def test_video_is_named_as_not_read(tmp_path: Path) -> None:
    compressed(tmp_path, "1.2.840.10008.1.2.4.102", b"nothing")
    with pytest.raises(ImageError, match=r"compressed as MPEG-4 .*, which whorl does not read"):
        load(tmp_path)


def compressed(folder: Path, syntax: str, frame: bytes) -> None:
    from pydicom.encaps import encapsulate

    dataset = pydicom.dcmread(write_dicom(folder / "a.dcm", RAMP))
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].is_undefined_length = True
    dataset.save_as(folder / "a.dcm")


def test_without_the_extra_it_is_named_and_not_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.png")
    write_dicom(tmp_path / "b.dcm", RAMP)
    monkeypatch.setitem(sys.modules, "pydicom", None)
    monkeypatch.delitem(sys.modules, "whorl.images.dicom", raising=False)
    monkeypatch.delattr("whorl.images.dicom", raising=False)
    with pytest.raises(
        ImageError, match=r"b\.dcm: DICOM needs pydicom: pip install 'whorl-audit\[med"
    ):
        load(tmp_path, skip_unreadable=True)


@pytest.mark.real
def test_real_ct_is_shown_as_its_files_say(real_data: Path) -> None:
    images = load(real_data / "data" / "chest_dicom")
    assert len(images) == 10
    assert images.size == (512, 512)
    assert images.ids[0] == "chest_01"
    assert images.notes[0].startswith("all images shown through the window in their file")
    for image in images.pixels:
        middle = image[156:356, 156:356]
        assert image.min() == 0
        assert image.max() == 255
        assert 10 < middle.mean() < 200
        assert len(np.unique(image)) > 100


def test_patients_are_those_of_the_headers(tmp_path: Path) -> None:
    for name, patient in (("a", "Meier^A"), ("b", " 7 "), ("c", "Meier^A")):
        write_dicom(tmp_path / f"{name}.dcm", STORED, PatientID=patient)
    images = load(tmp_path)
    assert images.patients == ("Meier^A", "7", "Meier^A")
    assert images.patients_confidential
    assert not any("Meier" in note for note in images.notes)


def test_frames_are_of_one_patient(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a.dcm", np.zeros((2, 8, 8), np.uint16), PatientID="7")
    assert load(tmp_path / "a.dcm").patients == ("7", "7")


def test_patients_are_unknown_where_a_file_names_none(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a.dcm", STORED, PatientID="7")
    write_dicom(tmp_path / "b.dcm", STORED, PatientID="")
    images = load(tmp_path)
    assert images.patients is None
    assert not images.patients_confidential
    assert "1 of 2 images name none (PatientID)" in images.notes[-1]
