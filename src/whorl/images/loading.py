"""Reading a set of images: every file is checked first, then all are decoded into one array."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.images.budget import READERS, bytes_to_decode
from whorl.images.checking import UNSLICED, Part, Skipping, checked, one_size, slice_notes
from whorl.images.decoding import MAX_PIXELS
from whorl.images.imageset import ImageSet, Origin, Reading
from whorl.images.listing import Listing, files_of, opened
from whorl.images.notes import Tally
from whorl.images.pictures import of_stack, pictures_of, read_pictures
from whorl.images.reading import (
    Read,
    decode_into,
    in_parallel,
    library_warnings_held_back,
    reader_for,
    workers_for,
)
from whorl.images.slices import Slices
from whorl.images.stacks import is_stack, opened_stack
from whorl.images.storage import BLOCK_BYTES, allocate, compact, release
from whorl.images.tissue import flatness_told, require_one_scale
from whorl.images.window import Window
from whorl.progress import track

SMALLEST_SIDE = 7  # of the window through which images are compared: SSIM takes it from here
LARGEST_SIDE = int(MAX_PIXELS**0.5)


def load(
    source: Any,
    *,
    name: str | None = None,
    resize: int | None = None,
    window: Window | None = None,
    skip_unreadable: bool = False,
    flat: bool = False,
    slices: Slices | str | None = None,
    column: str | None = None,
    colour: bool = False,
) -> ImageSet:
    """Read images from a folder with its sub-folders, or from what holds them, as grey uint8.

    PNG, JPEG, TIFF, BMP and WebP are told by their content; with the extra ``medical`` also DICOM
    and NIfTI. An image is called by its path below the folder, without the extension; the images of
    a volume, a stack or a multi-frame file are called ``name_000``, ``name_001`` and so on. Files
    come in natural order, ``slice_2`` before ``slice_10``, those of a DICOM series by position.

    How pixels become grey, each told in the set's notes unless nothing is lost:

    - 8 bits are left as they are; 1 bit becomes 0 and 255.
    - 9 to 16 bits are scaled linearly from all that they can hold, or shown through `window`.
    - Signed, 32-bit and fractional values need a `window`, and so do measured values (PET, and
      DICOM files whose slopes differ) that no window in the file shows.
    - Colour, palettes and CMYK become luma (ITU-R 601), unless the colours are greys already. An
      alpha channel must be opaque throughout. With `colour` the set keeps the channels too.
    - DICOM goes through the modality transform and then `window`, else the lookup table or the
      window in the file, else the full range of its stored bits.
      The set's patients are the files' PatientID, where all have one.
    - NIfTI is cut into axial slices seen from the feet, shown through `window`, else the range in
      the header, else from the 0.5th to the 99.5th percentile of the volume.
    - An orientation tag (EXIF) is followed.

    Parameters
    ----------
    source : path, sequence of paths, array, iterable or data set
        A folder, a zip of one, a CSV list with a column of paths (and one of patients), one DICOM
        or NIfTI file, ``stack.npy``, ``stacks.npz::name``, ``file.h5::data/set`` (extra ``hdf5``);
        files in a row; an array of shape (n, height, width); arrays or pictures of Pillow in a
        row; a data set of torch or Hugging Face.
    name : str, optional
        What the set is called in messages; the folder's name by default.
    resize : int, optional
        Bring every image to this height and width in pixels, 7 to 8192, by the Lanczos filter.
    window : Window, optional
        Shows images deeper than 8 bits.
    skip_unreadable : bool
        Whether files that cannot be read are passed over and listed in the set's ``skipped``.
    flat : bool
        Whether to leave sub-folders out; the set's ``unread`` counts them.
    slices : Slices or str, optional
        Which slices to take of each DICOM series of a folder and of each volume: "10:-10:3" as
        Python has it, or "middle". What is one image is taken.
    column : str, optional
        The column of images in a data set whose items are mappings.
    colour : bool
        Whether to keep red, green and blue beside the luma, in the set's ``colour``; grey images
        have three equal channels there.

    Returns
    -------
    ImageSet
        In the order of the files, or as listed. Pixels are memory-mapped above
        `whorl.images.storage.IN_MEMORY_BYTES`. What was there and was not read is counted in its
        ``unread``.

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
    slices = Slices.given(slices)
    gathered = partial(
        read_pictures,
        resize=resize,
        window=window,
        colour=colour,
        notes=() if slices is None else (UNSLICED,),
    )
    if isinstance(source, str | Path) and is_stack(Path(source)):
        with opened_stack(Path(source)) as stack:
            return gathered(of_stack(stack), name or stack.name)
    files = files_of(source)
    if files is None:
        return gathered(pictures_of(source, column), name or "images")
    with opened(files, flat=flat, slices=slices) as listing:
        told = Reading(resize, window, colour)
        return _loaded(listing, name or listing.name, told, slices, Skipping(skip_unreadable))


def _loaded(
    listing: Listing, name: str, how: Reading, slices: Slices | None, skipping: Skipping
) -> ImageSet:
    """Read the files of a listing."""
    for file in {file.kind: file for file in listing.files}.values():
        reader_for(file)  # a missing extra stops the work before it starts
    resize = how.resize
    with library_warnings_held_back():
        every = checked(listing.files, name, skipping, slices)
        parts = [part for part in every if part.taken]
        sliced = slice_notes(every, slices, listing.notes)
        size = (resize, resize) if resize else one_size(parts, name)
        pixels = allocate((parts[-1].rows.stop, *size))
        colour = allocate((*pixels.shape, 3)) if how.colour else None
        decoded = _decoded(parts, pixels, colour, name, how, skipping)
    reads = [read for _, reads_of_file in decoded for read in reads_of_file]
    patients, patients_lack = _patients(decoded)
    rows = [row for part, _ in decoded for row in part.rows]
    if len(rows) < len(pixels):
        pixels = compact(pixels, rows)
        colour = None if colour is None else compact(colour, rows)
    origins = tuple(Origin(part.file.path, how) for part, _ in decoded for _ in part.rows)
    images = ImageSet(
        ids=tuple(image_id for part, _ in decoded for image_id in part.ids),
        pixels=pixels,
        name=name,
        origins=origins if listing.lasting else None,
        notes=(*_notes(decoded), *patients_lack, *sliced),
        skipped=tuple(skipping.lines),
        unread=listing.unread,
        source=listing.name,
        patients=patients,
        patients_confidential=patients is not None and not any(f.patient for f in listing.files),
        colour=colour,
    )
    # The hashes are known already: this saves the property a second pass over all pixels.
    vars(images)["hashes"] = tuple(read.hash for read in reads)
    return images


def _decoded(
    parts: Sequence[Part],
    pixels: NDArray[np.uint8],
    colour: NDArray[np.uint8] | None,
    name: str,
    how: Reading,
    skipping: Skipping,
) -> list[tuple[Part, list[Read]]]:
    """Decode all images into `pixels` and `colour`; return what was read of which file."""

    def decode(part: Part) -> list[Read]:
        rows = slice(part.rows.start, part.rows.stop)
        taken = None if len(part.taken) == part.count else part.taken
        with READERS.held(bytes_to_decode(*part.size, part.count)):
            return decode_into(
                pixels[rows], part.file, how.window, resize=how.resize is not None, taken=taken,
                colour=None if colour is None else colour[rows],
            )  # fmt: skip

    decoded = []
    arrays = [pixels] if colour is None else [pixels, colour]
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
            in_memory += len(part.rows) * sum(array[0].nbytes for array in arrays)
            if in_memory > BLOCK_BYTES:
                for array in arrays:
                    release(array)
                in_memory = 0
    skipping.require_rest(decoded, name)
    return decoded


def _patients(
    decoded: Sequence[tuple[Part, Sequence[Read]]],
) -> tuple[tuple[str, ...] | None, list[str]]:
    """Return whose each image is if that is known of all, and a note if only of some.

    What a list says goes before what files' headers say.
    """
    patients = tuple(part.file.patient or read.patient for part, reads in decoded for read in reads)
    lacking = patients.count("")
    if not lacking:
        return patients, []
    if lacking == len(patients):
        return None, []
    return None, [
        f"patients not taken from the files: {lacking} of {len(patients)} images name none "
        "(PatientID): --patients says whose they are"
    ]


def _notes(decoded: Sequence[tuple[Part, Sequence[Read]]]) -> list[str]:
    """Tell what was converted, and warn where images use little of the grey range."""
    named = [(part.file.path.name, read) for part, reads in decoded for read in reads]
    require_one_scale((name, read.scale) for name, read in named)
    tally = Tally()
    for name, read in named:
        tally.add(name, read.notes)
    return [*tally.sentences(), *flatness_told([read.levels for _, read in named])]
