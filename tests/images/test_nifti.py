from __future__ import annotations

import gzip
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.images.files import write, write_nifti
from whorl.errors import ImageError
from whorl.images import Window, load

pytest.importorskip("nibabel")

RAS = np.zeros((4, 3, 2), np.int16)  # right, anterior, superior
RAS[3, 0, 0] = 100  # the patient's right, behind, below
RAS[0, 2, 1] = 50  # the patient's left, in front, above
ALL = Window(50, 100)


def test_slices_are_axial_seen_from_the_feet_and_rise(tmp_path: Path) -> None:
    write_nifti(tmp_path / "thorax.nii.gz", RAS)
    images = load(tmp_path, window=ALL)
    assert images.ids == ("thorax_000", "thorax_001")
    assert images.size == (3, 4)
    below, above = images.pixels
    assert below.tolist() == [[0, 0, 0, 0], [0, 0, 0, 0], [255, 0, 0, 0]]
    assert above.tolist() == [[0, 0, 0, 128], [0, 0, 0, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize("axes", ["LPS", "LAS", "SAR", "PIR"])
def test_the_order_of_stored_axes_does_not_matter(tmp_path: Path, axes: str) -> None:
    from nibabel.orientations import apply_orientation, axcodes2ornt, inv_ornt_aff, ornt_transform

    transform = ornt_transform(axcodes2ornt("RAS"), axcodes2ornt(axes))
    stored = apply_orientation(RAS, transform)
    for folder in ("other", "ras"):
        (tmp_path / folder).mkdir()
    write_nifti(tmp_path / "other" / "a.nii", stored, inv_ornt_aff(transform, RAS.shape))
    write_nifti(tmp_path / "ras" / "a.nii", RAS)
    pixels = load(tmp_path / "other", window=ALL).pixels
    assert np.array_equal(pixels, load(tmp_path / "ras", window=ALL).pixels)


def test_given_window_is_noted(tmp_path: Path) -> None:
    write_nifti(tmp_path / "a.nii", RAS)
    assert load(tmp_path, window=ALL).notes == (
        "all images shown through the given window (centre,width): 50,100",
    )


def test_scaling_of_the_header_is_applied(tmp_path: Path) -> None:
    import nibabel

    image = nibabel.Nifti1Image(RAS, np.eye(4))
    image.header.set_slope_inter(2, -100)  # so that stored values 0 and 100 mean -100 and 100
    image.to_filename(tmp_path / "a.nii")
    stored = np.asarray(nibabel.load(tmp_path / "a.nii").dataobj.get_unscaled())
    pixels = load(tmp_path, window=Window(0, 200)).pixels
    expected = np.rint(np.clip((2.0 * stored - 100 + 100) * 255 / 200, 0, 255))
    assert np.array_equal(pixels[0], expected[::-1, ::-1, 0].T)


def test_without_a_window_the_display_range_of_the_header_is_used(tmp_path: Path) -> None:
    write_nifti(tmp_path / "a.nii", RAS, cal_min=-100, cal_max=100)
    images = load(tmp_path)
    assert images.pixels[0, 2].tolist() == [255, 128, 128, 128]
    assert images.notes == (
        "all images shown through the display range in their header: -100 to 100",
    )


def test_else_the_percentiles_of_the_volume(tmp_path: Path) -> None:
    values = np.arange(1001, dtype=np.int16).reshape(7, 11, 13)
    write_nifti(tmp_path / "a.nii", values)
    images = load(tmp_path)  # 0.5 % of 0 … 1000 is 5, 99.5 % is 995
    expected = Window.spanning(5, 995).apply(values)[::-1, ::-1].transpose(2, 1, 0)
    assert np.array_equal(images.pixels, expected)
    assert images.notes == (
        "all images shown from the 0.5th to the 99.5th percentile of their volume: 5 to 995",
    )


def test_percentiles_are_those_of_numpy_whatever_the_scaling(tmp_path: Path) -> None:
    import nibabel

    values = np.random.default_rng(5).integers(-30000, 30000, (9, 8, 7)).astype(np.int16)
    image = nibabel.Nifti1Image(values, np.eye(4))
    image.header.set_slope_inter(-0.5, 100)
    image.to_filename(tmp_path / "a.nii")
    measured = nibabel.load(tmp_path / "a.nii").get_fdata()
    low, high = np.percentile(measured, (0.5, 99.5))
    expected = Window.spanning(low, high).apply(measured)[::-1, ::-1].transpose(2, 1, 0)
    assert np.abs(load(tmp_path).pixels.astype(int) - expected).max() == 0


@pytest.mark.parametrize("kind", [np.float64, np.int32, np.int16])
def test_differences_on_a_large_offset_are_not_lost(tmp_path: Path, kind: type) -> None:
    ramp = np.arange(256).reshape(16, 16, 1)
    offset = 0 if kind is np.int16 else 10**9
    path = write_nifti(tmp_path / "a.nii", (ramp + offset).astype(kind))
    if kind is np.int16:  # the header's scl_slope and scl_inter
        content = bytearray(path.read_bytes())
        content[112:120] = np.array([1, 1e9], "<f4").tobytes()
        path.write_bytes(content)
    pixels = load(tmp_path, window=Window.spanning(1e9, 1e9 + 255)).pixels[0]
    assert np.array_equal(pixels, ramp[::-1, ::-1, 0].T)


@pytest.mark.parametrize("codes", ["RAS", "PSR", "LSA", "SAL"])
def test_a_plane_is_read_as_simpleitk_reads_the_volume_of_one(tmp_path: Path, codes: str) -> None:
    sitk = pytest.importorskip("SimpleITK")
    from nibabel.orientations import axcodes2ornt, inv_ornt_aff, ornt_transform

    plane = np.random.default_rng(1).integers(0, 256, (5, 7)).astype(np.int16)
    transform = ornt_transform(axcodes2ornt("RAS"), axcodes2ornt(codes))
    shape = np.array((5, 7, 1))[np.argsort(transform[:, 0])]
    affine = inv_ornt_aff(transform, tuple(int(n) for n in shape))
    write_nifti(tmp_path / "a.nii", plane, affine)
    write_nifti(tmp_path / "volume.nii", plane[..., np.newaxis], affine)
    volume = sitk.DICOMOrient(sitk.ReadImage(str(tmp_path / "volume.nii")), "LPS")
    lps = sitk.GetArrayFromImage(volume)  # from the feet, from the front, from the right
    across = lps.shape.index(1)
    expected = np.take(lps, 0, axis=across)
    if across != 0:
        expected = expected[::-1]  # the head on top
    pixels = load(tmp_path / "a.nii", window=Window.spanning(0, 255)).pixels
    assert np.array_equal(pixels[0], expected)


def test_scaled_volume_is_that_of_simpleitk(tmp_path: Path) -> None:
    sitk = pytest.importorskip("SimpleITK")
    import nibabel

    values = np.random.default_rng(2).integers(-2000, 2000, (6, 5, 4)).astype(np.int16)
    image = nibabel.Nifti1Image(values, np.diag([-2.0, 1, 3, 1]))
    image.header.set_slope_inter(0.25, -10)
    image.to_filename(tmp_path / "a.nii.gz")
    read = sitk.DICOMOrient(sitk.ReadImage(str(tmp_path / "a.nii.gz")), "LPS")
    window = Window(0, 700)
    expected = window.shown(sitk.GetArrayFromImage(read))
    assert np.abs(load(tmp_path, window=window).pixels - expected).max() <= 0.5 + 1e-6


def test_8_bits_are_left_as_they_are(tmp_path: Path) -> None:
    write_nifti(tmp_path / "a.nii", RAS.astype(np.uint8))
    images = load(tmp_path, window=ALL)
    assert images.pixels.max() == 100
    assert images.notes == (
        "all images hold 8 bits and are left as they are: --window is for deeper ones",
    )


def test_missing_orientation_is_noted(tmp_path: Path) -> None:
    import nibabel

    image = nibabel.Nifti1Image(RAS, None)
    image.header["pixdim"][1:4] = 1
    image.to_filename(tmp_path / "a.nii")
    assert load(tmp_path, window=ALL).notes[0] == (
        "all images have no orientation in their header: third axis taken as axial"
    )


def test_complaints_of_nibabel_do_not_leak(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_nifti(tmp_path / "a.nii", RAS)
    content = bytearray(path.read_bytes())
    content[254:256] = np.array([99], "<i2").tobytes()  # sform_code, which goes up to 5
    path.write_bytes(content)
    load(tmp_path, window=ALL)
    assert capfd.readouterr() == ("", "")


def test_one_slice_keeps_the_name_of_its_file(tmp_path: Path) -> None:
    write_nifti(tmp_path / "a.nii", RAS[..., :1])
    assert load(tmp_path / "a.nii", window=ALL).ids == ("a",)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        (np.zeros(4, np.int16), r"holds 1 dimensions \(4,\): save each volume"),
        (np.array([[[0, 2**53 + 1]]], np.uint64), r"whole numbers beyond 2\^53"),
        (np.zeros((4, 4, 4, 2), np.int16), r"holds 4 dimensions \(4, 4, 4, 2\): save each volume"),
        (np.full((4, 4, 4), np.nan, np.float32), "no finite numbers"),
        (np.zeros((4, 4, 4), np.int16), "nearly all its values are the same: give --window"),
        (np.zeros((4, 4, 4), np.complex64), "holds complex64 values: save it as plain numbers"),
        (
            np.zeros((4, 4, 4), [("R", "u1"), ("G", "u1"), ("B", "u1")]),
            "holds .* values: save it as plain numbers",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, values: np.ndarray, fault: str) -> None:
    write_nifti(tmp_path / "a.nii.gz", values)
    with pytest.raises(ImageError, match=rf"a\.nii\.gz: .*{fault}"):
        load(tmp_path)


def test_volume_too_large_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = write_nifti(tmp_path / "a.nii", RAS)
    content = bytearray(path.read_bytes())
    content[42:48] = np.array([1000, 1000, 1000], "<i2").tobytes()  # the header's dim[1:4]
    path.write_bytes(content)
    with pytest.raises(ImageError, match=r"a\.nii: its header claims 1,000,000,000 voxels"):
        load(tmp_path)


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_truncated_file(tmp_path: Path, name: str) -> None:
    noise = np.random.default_rng(0).integers(0, 1000, (16, 16, 16), dtype=np.int16)
    path = write_nifti(tmp_path / name, noise)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(ImageError, match=rf"{name}: is damaged or cut short"):
        load(tmp_path)


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_non_nifti(tmp_path: Path, name: str) -> None:
    text = b"no volume at all" * 100
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    with pytest.raises(ImageError, match=rf"{name}: is (not a NIfTI file|damaged)"):
        load(tmp_path)


def test_without_the_extra_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.png")
    write_nifti(tmp_path / "b.nii", RAS)
    monkeypatch.setitem(sys.modules, "nibabel", None)
    monkeypatch.delitem(sys.modules, "whorl.images.nifti", raising=False)
    monkeypatch.delattr("whorl.images.nifti", raising=False)
    with pytest.raises(
        ImageError, match=r"b\.nii: NIfTI needs nibabel: pip install 'whorl-audit\[medic"
    ):
        load(tmp_path)
