"""DICOM files of a folder: in the order of their series, without what is no picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from whorl.images.kinds import ImageFile, Kind
from whorl.images.reading import library_warnings_held_back
from whorl.images.slices import Slices
from whorl.images.trees import within_top
from whorl.images.unread import Unread
from whorl.progress import track

TAGS = [
    "SOPClassUID", "Modality", "ImageType", "SeriesInstanceUID", "InstanceNumber", "NumberOfFrames",
    "ImagePositionPatient", "ImageOrientationPatient",
]  # fmt: skip
LOCALISER = "DICOM localiser"
CODES = (
    "AU", "DOC", "ECG", "EPS", "FID", "HD", "KER", "KO", "LEN", "M3D", "OAM", "OPV", "OSS", "PLAN",
    "POS", "PR", "REG", "RESP", "RTDOSE", "RTPLAN", "RTRECORD", "RTSTRUCT", "RWV", "SEG", "SMR",
    "SR", "SRF", "STAIN", "TEXTUREMAP", "VA",
)  # fmt: skip
PICTURES = ("Image", "Parametric Map")
SAME_DIRECTION = 1e-3


@dataclass(frozen=True, slots=True)
class Place:
    """Where a slice lies in its series.

    Attributes
    ----------
    series : str
        The series' UID; empty where the file names none.
    frames : int
        Pictures in the file.
    position, orientation : tuple of float
        ImagePositionPatient (3 numbers) and ImageOrientationPatient (6), in mm; empty where absent.
    number : int or None
        InstanceNumber.
    other : str
        What the file is if no picture to be judged; empty if it is one.
    """

    series: str = ""
    frames: int = 1
    position: tuple[float, ...] = ()
    orientation: tuple[float, ...] = ()
    number: int | None = None
    other: str = ""


def in_series(
    files: Sequence[ImageFile], unread: Unread, slices: Slices | None = None
) -> tuple[list[ImageFile], int]:
    """Put the DICOM files of each folder in the order of their series.

    Slices of one series are ordered by their position along the normal of the image plane; where
    not all have one, or planes differ, by their number (InstanceNumber), else by their names.
    Localisers and objects that are no pictures (reports, structures, plans, doses, segmentations)
    are left out and counted.

    Parameters
    ----------
    files : sequence of ImageFile
        In natural order; those of other kinds keep their places.
    unread : Unread
        Is told of what is left out.
    slices : Slices or None
        Which slices of a series of two and more to take.

    Returns
    -------
    tuple of (list of ImageFile, int)
        The files, and how many slices of how many were left out by `slices`.

    References
    ----------
    DICOM PS3.3, C.7.6.2 (image plane).
    """
    if not any(file.kind is Kind.DICOM for file in files):
        return list(files), 0
    with library_warnings_held_back():
        places = list(_places(files))
    groups: dict[tuple[str, str], list[tuple[Place, ImageFile]]] = {}
    for file, place in zip(files, places, strict=True):
        if place.other:
            unread.add(place.other, within_top(file))
            continue
        alone = not place.series or place.frames > 1
        folder = file.id.rpartition("/")[0]
        key = ("", file.id) if alone else (f"in {folder}", place.series)
        groups.setdefault(key, []).append((place, file))
    ordered: list[ImageFile] = []
    left_out = 0
    for group in groups.values():
        stack = _ordered(group)
        if slices is not None and len(stack) > 1:
            taken = slices.of(len(stack))
            left_out += len(stack) - len(taken)
            stack = [stack[k] for k in taken]
        ordered += stack
    return ordered, left_out


def along_normal(places: Sequence[Place]) -> list[float] | None:
    """Return how far along the normal of their common plane slices lie, in mm.

    Returns
    -------
    list of float or None
        None where a slice names no position or they do not lie in parallel planes.

    Examples
    --------
    >>> axial = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    >>> along_normal([Place(position=(5.0, 5.0, z), orientation=axial) for z in (30.0, -2.5)])
    [30.0, -2.5]
    """
    if any(len(place.position) != 3 or len(place.orientation) != 6 for place in places):
        return None
    planes = np.array([place.orientation for place in places])
    positions = np.array([place.position for place in places])
    if not np.isfinite(planes).all() or not np.isfinite(positions).all():
        return None
    if np.abs(planes - planes[0]).max() > SAME_DIRECTION:
        return None
    normal = np.cross(planes[0, :3], planes[0, 3:])
    along: list[float] = (positions @ normal).tolist()
    return along if normal.any() else None


def _ordered(group: Sequence[tuple[Place, ImageFile]]) -> list[ImageFile]:
    """Order one series; slices in one place keep the order of their numbers, then of names."""
    places = [place for place, _ in group]
    along = along_normal(places)
    numbers = [place.number for place in places]
    numbered = [0 if n is None else n for n in numbers] if None not in numbers else [0] * len(group)
    where = [round(far, 3) for far in along] if along else [0.0] * len(group)
    order = sorted(range(len(group)), key=lambda k: (where[k], numbered[k], k))
    return [group[k][1] for k in order]


def _places(files: Sequence[ImageFile]) -> Iterable[Place]:
    """Yield the place of each file; an empty one of those that are no DICOM."""
    dicom = sum(file.kind is Kind.DICOM for file in files)
    with track("looking at DICOM headers", dicom) as advance:
        for file in files:
            if file.kind is Kind.DICOM:
                yield _place(file)
                advance(1)
            else:
                yield Place()


def _place(file: ImageFile) -> Place:
    """Read a file's place; an empty one if it cannot be read: the check that follows tells why."""
    try:
        import pydicom

        from whorl.images.dicom_deflated import opened_header

        header = pydicom.dcmread(
            opened_header(file.path), stop_before_pixels=True, specific_tags=list(TAGS)
        )
        number = header.get("InstanceNumber")
        return Place(
            str(header.get("SeriesInstanceUID") or ""),
            int(header.get("NumberOfFrames") or 1),
            tuple(float(v) for v in header.get("ImagePositionPatient") or ()),
            tuple(float(v) for v in header.get("ImageOrientationPatient") or ()),
            None if number in (None, "") else int(number),
            _other(header),
        )
    except Exception:
        return Place()


def _other(header: Any) -> str:
    """Say what an object is that is no picture to be judged; nothing of one that is."""
    types = header.get("ImageType") or ()
    if "LOCALIZER" in [
        str(kind).upper() for kind in ([types] if isinstance(types, str) else types)
    ]:
        return LOCALISER
    meta = getattr(header, "file_meta", {})
    uid = header.get("SOPClassUID") or meta.get("MediaStorageSOPClassUID")
    name = "" if uid is None else uid.name
    if not name.endswith("Storage") or any(word in name for word in PICTURES):
        return ""
    modality = str(header.get("Modality") or "")
    return f"DICOM object of kind {modality}" if modality in CODES else "DICOM object"
