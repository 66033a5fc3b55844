"""Every DICOM file with pixels of the pydicom and pydicom-data wheels, against another reader."""

from __future__ import annotations

import importlib.metadata
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.images.reference import grey, pydicom_values, simpleitk_values
from whorl.errors import ImageError
from whorl.images import Window, load

pydicom = pytest.importorskip("pydicom")
pytest.importorskip("SimpleITK")
pytest.importorskip("data_store")

REFUSED = {
    "JPEG-lossy.dcm": "JPEG Extended .* does not support .* 12-bit precision",
    "JPGExtended.dcm": "JPEG Extended .* does not support .* 12-bit precision",
    "JPEG2000-embedded-sequence-delimiter.dcm": "JPEG 2000 .* is damaged or of a kind that none",
    "MR_truncated.dcm": "cut short .*bytes of pixel data is less than expected",
    "badVR.dcm": "is damaged .*invalid literal for int.*1A",
    "meta_missing_tsyntax.dcm": "holds no pixels",  # and no Rows
    "nested_priv_SQ.dcm": "holds no pixels",
}

# Files that SimpleITK 2.5 or pydicom 3.0 reads wrongly, as their uncompressed little-endian twins
# show, or not at all; the other of the two is asked.
PYDICOM_ASKED = ("_rle_", "rtdose_expb", "rtdose_1frame", "PALETTE COLOR")
SIMPLEITK_ASKED = ("OBXXXX1A_expb", "OBXXXX1A_expb_2frame")
TWINS = {
    "OBXXXX1A_expb.dcm": "OBXXXX1A.dcm",
    "OBXXXX1A_expb_2frame.dcm": "OBXXXX1A_2frame.dcm",
    "gdcm-US-ALOKA-16_big.dcm": "gdcm-US-ALOKA-16.dcm",
    "rtdose_expb.dcm": "rtdose.dcm",
    "rtdose_rle.dcm": "rtdose.dcm",
    "SC_rgb_rle_16bit.dcm": "SC_rgb_16bit.dcm",
    "SC_rgb_rle_32bit.dcm": "SC_rgb_32bit.dcm",
    "SC_rgb_expb_32bit.dcm": "SC_rgb_32bit.dcm",
    "emri_small_big_endian.dcm": "emri_small.dcm",
    "emri_small_jpeg_ls_lossless.dcm": "emri_small.dcm",
    "emri_small_jpeg_2k_lossless.dcm": "emri_small.dcm",
    "emri_small_RLE.dcm": "emri_small.dcm",
    "RG1_J2KR.dcm": "RG1_UNCR.dcm",
    "693_J2KR.dcm": "693_UNCR.dcm",
}


def files_with_pixels() -> list[Path]:
    """List the DICOM files that claim pixels."""
    distribution = importlib.metadata.distribution("pydicom-data")
    roots = [
        Path(pydicom.__file__).parent / "data",
        Path(str(distribution.locate_file("data_store"))),
    ]
    return sorted(
        (path for root in roots for path in root.rglob("*") if path.is_file() and _claims(path)),
        key=lambda path: path.name,
    )


def _claims(path: Path) -> bool:
    """Tell whether pydicom finds pixel data in a file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dataset = pydicom.dcmread(path)
        except Exception:  # any file of any kind lies there
            return False
        return "PixelData" in dataset


FILES = files_with_pixels()


def named(name: str) -> Path:
    return next(path for path in FILES if path.name == name)


def reader(path: Path, photometric: str) -> Callable[[Path], NDArray[Any]]:
    """Choose the reader that is not known to err on the file."""
    if path.stem in SIMPLEITK_ASKED:
        return simpleitk_values
    asked = any(sign in path.name or sign == photometric for sign in PYDICOM_ASKED)
    return pydicom_values if asked else simpleitk_values


def is_measured(path: Path) -> bool:
    """Tell whether a file holds grey values, not through a modality table and not all alike."""
    dataset = pydicom.dcmread(path)
    return (
        dataset.PhotometricInterpretation.startswith("MONOCHROME")
        and dataset.BitsAllocated > 1
        and "ModalityLUTSequence" not in dataset
        and len(np.unique(dataset.pixel_array)) > 1
    )


def loaded(path: Path, folder: Path, window: Window | None = None) -> NDArray[np.uint8]:
    """Load a file whatever its ending."""
    link = folder / "a.dcm"
    link.symlink_to(path)
    pixels = load(link, window=window).pixels
    link.unlink()
    return pixels


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_pixels_are_those_of_another_reader_or_refused_with_reason(
    tmp_path: Path, path: Path
) -> None:
    if path.name in REFUSED:
        with pytest.raises(ImageError, match=REFUSED[path.name]):
            loaded(path, tmp_path)
        return
    photometric = pydicom.dcmread(path, stop_before_pixels=True).PhotometricInterpretation
    pixels = loaded(path, tmp_path)
    values = reader(path, photometric)(path)
    expected = grey(values, path).reshape(pixels.shape)
    # SimpleITK cuts a palette of 16 bits to its upper 8.
    allowed = 1 if path.stem in SIMPLEITK_ASKED else 0.5 + 1e-6
    assert np.abs(pixels - expected).max() <= allowed
    if is_measured(path):  # seen through a window over all of its own values, to 1/255 of them
        low, high = float(values.min()), float(values.max())
        narrow = loaded(path, tmp_path, Window.spanning(low, high))
        expected = grey(values, path, (low, high)).reshape(pixels.shape)
        assert np.abs(narrow - expected).max() <= 0.5 + 1e-6


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "twin"), TWINS.items())
def test_compression_and_byte_order_change_nothing(tmp_path: Path, name: str, twin: str) -> None:
    assert np.array_equal(loaded(named(name), tmp_path), loaded(named(twin), tmp_path))


def test_the_files_are_there() -> None:
    assert len(FILES) == 173
    assert set(REFUSED) <= {path.name for path in FILES}
