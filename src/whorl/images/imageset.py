"""A set of images of one size, each with an id and a content hash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.images.hashing import content_hash, digest_of
from whorl.images.storage import BLOCK_BYTES, allocate, release
from whorl.images.window import Window

ROWS_AT_ONCE = 32  # that are copied from here and there: each may bring megabytes around it along


class Reading(NamedTuple):
    """How files were read: the options of :func:`whorl.images.load` that change pixels."""

    resize: int | None = None
    window: Window | None = None
    colour: bool = False


class Origin(NamedTuple):
    """The file that an image came from, and how it was read."""

    path: Path
    reading: Reading = Reading()


@dataclass(frozen=True, eq=False, repr=False)
class ImageSet:
    """Images of one size: grey, and in colour too where that was kept.

    Attributes
    ----------
    ids : tuple of str
        One for each image, unique; when read from files the path below their folder, without the
        extension.
    pixels : ndarray of uint8, shape (n, height, width)
        Grey values 0 to 255, read-only; memory-mapped when large. Of images in colour their luma.
    name : str
        What the set is called in messages and reports.
    origins : tuple of Origin or None
        Where each image came from, where it came from files.
    notes : tuple of str
        What was converted on the way in, one plain sentence each.
    skipped : tuple of str
        What could not be read and was passed over on request, one plain sentence each.
    unread : mapping of str to int
        What else was there and was not read: kind ("GIF file", "sub-folder") → how many.
    source : str or None
        The name of the folder or file that the images came from, without the way to it.
    patients : tuple of str or None
        Whose each image is, where that is known: images with the same entry are of one patient,
        also across sets.
    patients_confidential : bool
        Whether the patients' ids came out of the files' headers, so that no output shows them.
    colour : ndarray of uint8, shape (n, height, width, 3), or None
        Red, green and blue, read-only, where colour was kept: for measures and features that can
        use it. All others take `pixels`.

    Raises
    ------
    ImageError
        If the pixels are not uint8 of shape (n, height, width), if their number differs from that
        of the ids or of the patients, if there is no image, if two images share an id, if a
        patient's id is empty, or if the colours are not those of the pixels in type and shape.

    Examples
    --------
    >>> images = ImageSet(("a", "b"), np.zeros((2, 8, 8), np.uint8))
    >>> len(images), images.size
    (2, (8, 8))
    >>> images.hashes[0] == images.hashes[1]
    True
    """

    ids: tuple[str, ...]
    pixels: NDArray[np.uint8]
    name: str = "images"
    origins: tuple[Origin, ...] | None = None
    notes: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    unread: Mapping[str, int] = field(default_factory=dict)
    source: str | None = None
    patients: tuple[str, ...] | None = None
    patients_confidential: bool = False
    colour: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8 or self.pixels.ndim != 3:
            raise ImageError(
                f"{self.name}: pixels must be uint8 of shape (n, height, width), "
                f"not {self.pixels.dtype} of shape {self.pixels.shape}"
            )
        if len(self.ids) != len(self.pixels):
            raise ImageError(f"{self.name}: {len(self.ids)} ids for {len(self.pixels)} images")
        if not self.ids or 0 in self.pixels.shape:
            raise ImageError(f"{self.name}: holds no image")
        image_id, times = Counter(self.ids).most_common(1)[0]
        if times > 1:
            raise ImageError(f"{self.name}: the id {image_id!r} stands for {times} images")
        self._require_whole_patients()
        object.__setattr__(self, "pixels", _read_only(self.pixels))
        if self.colour is not None:
            if self.colour.dtype != np.uint8 or self.colour.shape != (*self.pixels.shape, 3):
                raise ImageError(
                    f"{self.name}: colours must be uint8 of shape {(*self.pixels.shape, 3)}, "
                    f"not {self.colour.dtype} of shape {self.colour.shape}"
                )
            object.__setattr__(self, "colour", _read_only(self.colour))

    def _require_whole_patients(self) -> None:
        """Raise an error unless patients are unknown, or each image's is there."""
        if self.patients is None:
            return
        if len(self.patients) != len(self.ids):
            raise ImageError(
                f"{self.name}: {len(self.patients)} patients for {len(self.ids)} images"
            )
        if not all(self.patients):
            image_id = self.ids[self.patients.index("")]
            raise ImageError(f"{self.name}: the image {image_id!r} has an empty patient id")

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        height, width = self.size
        return f"ImageSet({self.name!r}, {len(self)} images, {height}×{width})"

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.pixels.shape[1], self.pixels.shape[2]

    @property
    def shown(self) -> NDArray[np.uint8]:
        """The images as people see them: in colour where that was kept, else grey."""
        return self.pixels if self.colour is None else self.colour

    @cached_property
    def hashes(self) -> tuple[str, ...]:
        """SHA-256 of each image's size and values, of all channels, as hexadecimal digits."""
        return tuple(content_hash(image) for image in self.shown)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the ids and content hashes, in order, as hexadecimal digits."""
        return digest_of(
            f"{i}\t{content}" for i, content in zip(self.ids, self.hashes, strict=True)
        )

    @cached_property
    def content_digest(self) -> str:
        """SHA-256 over the content hashes, whatever the images' order and names.

        Examples
        --------
        >>> images = ImageSet(("a", "b"), np.arange(128, dtype=np.uint8).reshape(2, 8, 8))
        >>> images.content_digest == images.take([1, 0]).content_digest
        True
        """
        return digest_of(sorted(self.hashes))

    def take(self, indices: Sequence[int] | NDArray[np.intp]) -> ImageSet:
        """Return the images at `indices`, in that order.

        Examples
        --------
        >>> ImageSet(("a", "b"), np.zeros((2, 8, 8), np.uint8)).take([1]).ids
        ('b',)
        """
        chosen = [int(i) for i in indices]
        return replace(
            self,
            ids=tuple(self.ids[i] for i in chosen),
            pixels=_rows(self.pixels, chosen),
            origins=None if self.origins is None else tuple(self.origins[i] for i in chosen),
            patients=None if self.patients is None else tuple(self.patients[i] for i in chosen),
            colour=None if self.colour is None else _rows(self.colour, chosen),
        )

    def with_patients(self, patients: Sequence[str], *, notes: Sequence[str] = ()) -> ImageSet:
        """Return the same images, each of the patient that somebody gave, with more notes.

        Examples
        --------
        >>> images = ImageSet(("a", "b"), np.zeros((2, 8, 8), np.uint8))
        >>> images.with_patients(["p1", "p1"]).patients
        ('p1', 'p1')
        """
        return self._changed(
            patients=tuple(patients), patients_confidential=False, notes=(*self.notes, *notes)
        )

    def with_ids(self, ids: Sequence[str]) -> ImageSet:
        """Return the same images under other ids.

        Examples
        --------
        >>> ImageSet(("a", "b"), np.zeros((2, 8, 8), np.uint8)).with_ids(["x", "y"]).ids
        ('x', 'y')
        """
        return self._changed(ids=tuple(ids))

    def _changed(self, **fields: Any) -> ImageSet:
        """Return the same pixels with other fields; hashes that are known are kept."""
        changed = replace(self, **fields)
        if "hashes" in vars(self):
            vars(changed)["hashes"] = self.hashes  # saves a second pass over all pixels
        return changed

    def joined(self, other: ImageSet) -> ImageSet:
        """Return these images followed by those of `other`; ids are set apart by the sets' names.

        Patients are not set apart: one who is in both sets stays one. They are known where both
        sets know theirs.

        Raises
        ------
        ImageError
            If the two sets' images differ in size.

        Examples
        --------
        >>> a = ImageSet(("x",), np.zeros((1, 8, 8), np.uint8), "candidates")
        >>> b = ImageSet(("x",), np.ones((1, 8, 8), np.uint8), "reference")
        >>> a.joined(b).ids
        ('candidates/x', 'reference/x')
        """
        require_same_size(self, other)
        coloured = self.colour is not None and other.colour is not None
        ids = [f"{part.name}/{i}" for part in (self, other) for i in part.ids]
        origins = self.origins and other.origins and self.origins + other.origins
        return ImageSet(
            tuple(ids),
            _end_to_end(self.pixels, other.pixels),
            f"{self.name} and {other.name}",
            origins,
            patients=self.patients and other.patients and self.patients + other.patients,
            patients_confidential=self.patients_confidential or other.patients_confidential,
            colour=_end_to_end(self.shown, other.shown) if coloured else None,
        )


def _read_only(array: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a view that cannot be written to."""
    view = array.view()
    view.flags.writeable = False
    return view


def _rows(array: NDArray[np.uint8], chosen: Sequence[int]) -> NDArray[np.uint8]:
    """Return a copy of some rows, one after the other: a mapped array may be larger than memory."""
    copy = allocate((len(chosen), *array.shape[1:]))
    for first in range(0, len(chosen), ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        copy[rows] = array[chosen[rows]]
        release(array)
        release(copy)
    return copy


def _end_to_end(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a copy of both, one behind the other."""
    both = allocate((len(first) + len(second), *first.shape[1:]))
    step = max(1, BLOCK_BYTES // first[0].nbytes)
    for start, part in ((0, first), (len(first), second)):
        for k in range(0, len(part), step):
            block = part[k : k + step]
            both[start + k : start + k + len(block)] = block
            release(part)
            release(both)
    return both


def require_same_size(*sets: ImageSet) -> None:
    """Raise an error unless all sets hold images of one size, all in colour or all grey.

    Raises
    ------
    ImageError
        Naming each set with its size or kind, and the option that mends it.
    """
    if len({images.colour is None for images in sets}) > 1:
        kinds = ", ".join(f"{s.name} {'grey' if s.colour is None else 'colour'}" for s in sets)
        raise ImageError(
            f"some sets were read in colour and some in grey ({kinds}): read all of them with "
            "--colour (colour=True), or none"
        )
    if len({images.size for images in sets}) > 1:
        sizes = ", ".join(f"{s.name} {s.size[1]}×{s.size[0]}" for s in sets)
        raise ImageError(f"the images differ in size ({sizes}); --resize N brings them to one size")
