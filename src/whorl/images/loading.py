"""Reading a set of images: every file is checked first, then all are decoded into one array."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.images.decoding import MAX_PIXELS
from whorl.images.imageset import ImageSet, Origin, Reading
from whorl.images.listing import ImageFile, Source, listed, printable, require_distinct_ids
from whorl.images.notes import Tally, shortened
from whorl.images.reading import (
    Read,
    check,
    decode_into,
    in_parallel,
    library_warnings_held_back,
    reader_for,
    workers_for,
)
from whorl.images.storage import BLOCK_BYTES, allocate, compact, release
from whorl.images.tissue import flatness_told, require_one_scale
from whorl.images.window import Window
from whorl.progress import track

SMALLEST_SIDE = 7  # of the window through which images are compared: SSIM takes it from here
LARGEST_SIDE = int(MAX_PIXELS**0.5)


def load(
    source: Source,
    *,
    name: str | None = None,
    resize: int | None = None,
    window: Window | None = None,
    skip_unreadable: bool = False,
) -> ImageSet:
    """Read images from a folder, a list of files, or one DICOM or NIfTI file, as grey uint8.

    PNG, JPEG, TIFF and BMP are told by their content; with the extra ``medical`` also DICOM and
    NIfTI. An image is called by its file's name without the extension; the images of a volume or
    of a multi-frame file are called ``name_000``, ``name_001`` and so on.

    How pixels become grey, each told in the set's notes unless nothing is lost:

    - 8 bits are left as they are; 1 bit becomes 0 and 255.
    - 9 to 16 bits are scaled linearly from all that they can hold, or shown through `window`.
    - Signed, 32-bit and fractional values need a `window`, and so do measured values (PET, and
      DICOM files whose slopes differ) that no window in the file shows.
    - Colour, palettes and CMYK become luma (ITU-R 601), unless the colours are greys already. An
      alpha channel must be opaque throughout.
    - DICOM goes through the modality transform and then `window`, else the lookup table or the
      window in the file, else the full range of its stored bits.
      The set's patients are the files' PatientID, where all have one.
    - NIfTI is cut into axial slices seen from the feet, shown through `window`, else the range in
      the header, else from the 0.5th to the 99.5th percentile of the volume.
    - An orientation tag (EXIF) is followed.

    Parameters
    ----------
    source : path, or sequence of paths
        A folder (not its sub-folders), files, or one volume.
    name : str, optional
        What the set is called in messages; the folder's name by default.
    resize : int, optional
        Bring every image to this height and width in pixels, 7 to 8192, by the Lanczos filter.
    window : Window, optional
        Shows images deeper than 8 bits.
    skip_unreadable : bool
        Whether files that cannot be read are passed over and listed in the set's ``skipped``.

    Returns
    -------
    ImageSet
        In the order of the file names, or as listed. Pixels are memory-mapped above
        `whorl.images.storage.IN_MEMORY_BYTES`.

    Raises
    ------
    ImageError
        Naming the file at fault and what to do: what cannot be read, shown safely or told apart,
        and images that differ in size.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from PIL import Image
    >>> folder = Path(tempfile.mkdtemp())
    >>> ramp = Image.linear_gradient("L").resize((64, 48))
    >>> for name in ("ct_1.png", "ct_2.png"):
    ...     Image.merge("RGB", [ramp, ramp, ramp.rotate(180)]).save(folder / name)
    >>> images = load(folder, name="candidates")
    >>> images, images.ids
    (ImageSet('candidates', 2 images, 48×64), ('ct_1', 'ct_2'))
    >>> images.notes
    ('all images converted from colour to grey by luma (ITU-R 601)',)
    """
    if resize is not None and not SMALLEST_SIDE <= resize <= LARGEST_SIDE:
        raise ImageError(
            f"images cannot be resized to {resize}×{resize} pixels: give a number from "
            f"{SMALLEST_SIDE} to {LARGEST_SIDE}"
        )
    listing = listed(source)
    name = name or listing.name
    for file in {file.kind: file for file in listing.files}.values():
        reader_for(file)  # a missing extra stops the work before it starts
    skipping = _Skipping(skip_unreadable)
    with library_warnings_held_back():
        parts = _checked(listing.files, name, skipping)
        size = (resize, resize) if resize else _one_size(parts, name)
        pixels = allocate((parts[-1].rows.stop, *size))
        decoded = _decoded(parts, pixels, name, window, skipping, resize=resize is not None)
    reads = [read for _, reads_of_file in decoded for read in reads_of_file]
    patients, patients_lack = _patients(reads)
    rows = [row for part, _ in decoded for row in part.rows]
    if len(rows) < len(pixels):
        pixels = compact(pixels, rows)
    images = ImageSet(
        ids=tuple(image_id for part, _ in decoded for image_id in part.ids),
        pixels=pixels,
        name=name,
        origins=tuple(
            Origin(part.file.path, Reading(resize, window))
            for part, _ in decoded
            for _ in part.rows
        ),
        notes=(*_notes(decoded), *patients_lack, *listing.notes),
        skipped=tuple(skipping.lines),
        patients=patients,
        patients_confidential=patients is not None,
    )
    # The hashes are known already: this saves the property a second pass over all pixels.
    vars(images)["hashes"] = tuple(read.hash for read in reads)
    return images


@dataclass(frozen=True, slots=True)
class _Part:
    """A file that passed the check, the size of its images, and their rows in the set."""

    file: ImageFile
    size: tuple[int, int]
    rows: range

    @property
    def ids(self) -> list[str]:
        """The ids of the file's images."""
        count = len(self.rows)
        if count == 1:
            return [self.file.id]
        digits = max(3, len(str(count - 1)))
        return [f"{self.file.id}_{number:0{digits}d}" for number in range(count)]


@dataclass
class _Skipping:
    """Raises the errors of single files, or keeps their messages where that is asked for."""

    allowed: bool
    lines: list[str] = field(default_factory=list)

    def over(self, file: ImageFile, error: ImageError) -> None:
        """Pass over a file, keeping its name without the way to it for the report, or raise."""
        if not self.allowed:
            raise ImageError(f"{error} (--skip-unreadable passes over such files)") from error
        reason = str(error).removeprefix(printable(file.path))
        self.lines.append(f"{printable(file.path.name)}{reason}")

    def require_rest(self, rest: Sequence[object], name: str) -> None:
        """Raise an error if every file was passed over."""
        if not rest:
            raise ImageError(
                f"{name}: none of {len(self.lines)} files can be read; the first: {self.lines[0]}"
            )


def _checked(files: Sequence[ImageFile], name: str, skipping: _Skipping) -> list[_Part]:
    """Check all files and lay out their images one after the other."""
    parts: list[_Part] = []
    stop = 0
    with (
        track(f"checking {name}", len(files)) as advance,
        closing(in_parallel(check, files, workers_for(files))) as headers,
    ):
        for file, header in zip(files, headers, strict=True):
            advance(1)
            if isinstance(header, ImageError):
                skipping.over(file, header)
                continue
            rows = range(stop, stop + header.count)
            parts.append(_Part(file, (header.height, header.width), rows))
            stop = rows.stop
    skipping.require_rest(parts, name)
    require_distinct_ids((image_id, part.file.path) for part in parts for image_id in part.ids)
    return parts


def _one_size(parts: Sequence[_Part], name: str) -> tuple[int, int]:
    """Return the one size that all images have, or raise an error that lists the sizes."""
    sizes: Counter[tuple[int, int]] = Counter()
    first: dict[tuple[int, int], str] = {}
    for part in parts:
        sizes[part.size] += len(part.rows)
        first.setdefault(part.size, part.file.path.name)
    if len(sizes) > 1:
        listed = [f"{w}×{h} ({n}, first {first[h, w]})" for (h, w), n in sizes.most_common()]
        raise ImageError(
            f"{name}: the images differ in size: {shortened(listed)}; --resize N brings them to "
            "N×N, --size N where a generator is to learn from them"
        )
    return parts[0].size


def _decoded(
    parts: Sequence[_Part],
    pixels: NDArray[np.uint8],
    name: str,
    window: Window | None,
    skipping: _Skipping,
    *,
    resize: bool,
) -> list[tuple[_Part, list[Read]]]:
    """Decode all images into `pixels`; return what was read of which file."""

    def decode(part: _Part) -> list[Read]:
        rows = pixels[part.rows.start : part.rows.stop]
        return decode_into(rows, part.file, window, resize=resize)

    decoded = []
    in_memory = 0
    with (
        track(f"reading {name}", len(pixels)) as advance,
        closing(in_parallel(decode, parts, workers_for([p.file for p in parts]))) as results,
    ):
        for part, reads in zip(parts, results, strict=True):
            advance(len(part.rows))
            if isinstance(reads, ImageError):
                skipping.over(part.file, reads)
            else:
                decoded.append((part, reads))
            in_memory += len(part.rows) * pixels[0].nbytes
            if in_memory > BLOCK_BYTES:
                release(pixels)
                in_memory = 0
    skipping.require_rest(decoded, name)
    return decoded


def _patients(reads: Sequence[Read]) -> tuple[tuple[str, ...] | None, list[str]]:
    """Return whose each image is if every file names its patient, and a note if only some do."""
    patients = tuple(read.patient for read in reads)
    lacking = patients.count("")
    if not lacking:
        return patients, []
    if lacking == len(patients):
        return None, []
    return None, [
        f"patients not taken from the files: {lacking} of {len(patients)} images name none "
        "(PatientID): --patients says whose they are"
    ]


def _notes(decoded: Sequence[tuple[_Part, Sequence[Read]]]) -> list[str]:
    """Tell what was converted, and warn where images use little of the grey range."""
    named = [(part.file.path.name, read) for part, reads in decoded for read in reads]
    require_one_scale((name, read.scale) for name, read in named)
    tally = Tally()
    for name, read in named:
        tally.add(name, read.notes)
    return [*tally.sentences(), *flatness_told([read.levels for _, read in named])]
