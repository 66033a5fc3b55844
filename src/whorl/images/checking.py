"""The first pass over files: what each says it holds, and where its images will stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

from whorl.errors import ImageError
from whorl.files import without_paths
from whorl.images.kinds import ImageFile, printable
from whorl.images.listing import require_distinct_ids
from whorl.images.notes import shortened
from whorl.images.reading import check, in_parallel, workers_for
from whorl.images.slices import Slices
from whorl.progress import track

UNSLICED = "--slices leaves nothing out here: no DICOM series and no volume of several slices"


@dataclass(frozen=True, slots=True)
class Part:
    """A file that passed the check.

    Attributes
    ----------
    file : ImageFile
        The file.
    size : (int, int)
        Height and width of its images.
    count : int
        How many images it holds.
    taken : range
        Which of them are taken.
    start : int
        The row of the first of these in the set.
    """

    file: ImageFile
    size: tuple[int, int]
    count: int
    taken: range
    start: int

    @property
    def rows(self) -> range:
        """The rows of its images in the set."""
        return range(self.start, self.start + len(self.taken))

    @property
    def ids(self) -> list[str]:
        """The ids of its images that are taken: of several, with their places in the file."""
        if self.count == 1:
            return [self.file.id]
        digits = max(3, len(str(self.count - 1)))
        return [f"{self.file.id}_{number:0{digits}d}" for number in self.taken]


@dataclass
class Skipping:
    """Raises the errors of single files, or keeps their messages where that is asked for."""

    allowed: bool
    lines: list[str] = field(default_factory=list)

    def over(self, file: ImageFile, error: ImageError) -> None:
        """Pass over a file, keeping its name without the way to it for the report, or raise."""
        if not self.allowed:
            raise ImageError(f"{error} (--skip-unreadable passes over such files)") from error
        reason = without_paths(str(error).removeprefix(printable(file.path)))
        self.lines.append(f"{printable(file.path.name)}{reason}")

    def require_rest(self, rest: Sequence[object], name: str) -> None:
        """Raise an error if every file was passed over."""
        if not rest:
            raise ImageError(
                f"{name}: none of {len(self.lines)} files can be read; the first: {self.lines[0]}"
            )


def checked(
    files: Sequence[ImageFile], name: str, skipping: Skipping, slices: Slices | None = None
) -> list[Part]:
    """Check all files and lay out their images one after the other.

    Parameters
    ----------
    files : sequence of ImageFile
        What is to be read.
    name : str
        What the set is called.
    skipping : Skipping
        What becomes of files that cannot be read.
    slices : Slices or None
        Which images to take of a file that holds several.

    Raises
    ------
    ImageError
        Naming the first file that cannot be read, unless it may be skipped; if nothing remains;
        if two images have the same id.
    """
    parts: list[Part] = []
    start = 0
    with (
        track(f"checking {name}", len(files)) as advance,
        closing(in_parallel(check, files, workers_for(files))) as headers,
    ):
        for file, header in zip(files, headers, strict=True):
            advance(1)
            if isinstance(header, ImageError):
                skipping.over(file, header)
                continue
            every = range(header.count)
            taken = every if slices is None or header.count == 1 else slices.of(header.count)
            parts.append(Part(file, (header.height, header.width), header.count, taken, start))
            start += len(taken)
    skipping.require_rest(parts, name)
    if not start:
        raise ImageError(
            f"{name}: --slices {slices.text if slices else ''} takes none of the slices of "
            f"{len(parts):,} volumes"
        )
    require_distinct_ids((image_id, part.file.path) for part in parts for image_id in part.ids)
    return parts


def one_size(parts: Sequence[Part], name: str) -> tuple[int, int]:
    """Return the one size that all images have.

    Raises
    ------
    ImageError
        Listing the sizes, if there are several.
    """
    sizes: Counter[tuple[int, int]] = Counter()
    first: dict[tuple[int, int], str] = {}
    for part in parts:
        sizes[part.size] += len(part.taken)
        first.setdefault(part.size, part.file.path.name)
    if len(sizes) > 1:
        listed = [f"{w}×{h} ({n}, first {first[h, w]})" for (h, w), n in sizes.most_common()]
        raise ImageError(
            f"{name}: the images differ in size: {shortened(listed)}; --resize N brings them to "
            "N×N, --size N where a generator is to learn from them"
        )
    return parts[0].size


def slice_notes(
    parts: Sequence[Part], slices: Slices | None, of_series: Sequence[str] = ()
) -> list[str]:
    """Say how many slices of volumes were left out, beside what is said of series; or that none."""
    if slices is None:
        return list(of_series)
    volumes = [part for part in parts if part.count > 1]
    there, taken = sum(part.count for part in volumes), sum(len(part.taken) for part in volumes)
    left_out = f"{there - taken:,} of {there:,} slices of volumes left out by --slices"
    return [*([left_out] if there > taken else []), *of_series] or [UNSLICED]
