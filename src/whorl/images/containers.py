"""Zip files, unpacked into a private folder that is removed afterwards."""

from __future__ import annotations

import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from whorl.errors import ImageError
from whorl.images.kinds import (
    MARK,
    MARK_AT,
    ImageFile,
    image_file,
    is_dicom,
    kind_by_name,
    natural,
    printable,
)
from whorl.images.trees import is_passed_over, within_top
from whorl.images.unread import NO_ENDING, OTHER, SUB_FOLDER, Unread, described
from whorl.progress import track

MOST_MEMBERS = 1_000_000
ALWAYS_FINE = 2**30
MOST_TIMES = 100
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

Member = tuple[PurePosixPath, zipfile.ZipInfo]


@contextmanager
def unpacked(path: Path, unread: Unread, *, flat: bool = False) -> Iterator[list[ImageFile]]:
    """Yield the image files of a zip, which lie in a private temporary folder within the block.

    Nothing is written before the size of all has been weighed, nothing outside that folder, and
    no more of a member than it says it holds. A folder that all lies in is left out of the ids.

    Parameters
    ----------
    path : path
        The zip.
    unread : Unread
        Is told of what it holds besides.
    flat : bool
        Whether to look at its top folder alone.

    Raises
    ------
    ImageError
        If it is no zip, is encrypted or damaged, names places outside itself, or would unpack to
        far more than it holds or than the temporary folder (``TMPDIR``) has room for. Errors within
        the block speak of the zip where they spoke of the temporary folder.
    """
    with tempfile.TemporaryDirectory(prefix="whorl-") as temporary:
        top = Path(temporary)
        try:
            with zipfile.ZipFile(path) as archive:
                files = _unpacked(archive, top, unread, flat=flat)
            yield sorted(files, key=lambda file: natural(within_top(file)))
        except zipfile.BadZipFile as error:
            raise ImageError(f"{path}: is no zip file, or is damaged ({error})") from error
        except (NotImplementedError, RuntimeError, EOFError) as error:
            raise ImageError(f"{path}: cannot be unpacked ({error}): unpack it first") from error
        except ImageError as error:
            raise ImageError(str(error).replace(temporary, str(path))) from error


def _unpacked(
    archive: zipfile.ZipFile, top: Path, unread: Unread, *, flat: bool
) -> list[ImageFile]:
    """Unpack the images of a zip below `top`."""
    members = _without_common_folder(_members(archive, top))
    if flat:
        for folder in sorted({member.parts[0] for member, _ in members if len(member.parts) > 1}):
            unread.add(SUB_FOLDER, folder)
        members = [(member, info) for member, info in members if len(member.parts) == 1]
    wanted = []
    for member, info in members:
        if _is_image(archive, member, info):
            wanted.append((member, info))
        else:
            unread.add(described(member.name), printable(member))
    _require_modest(wanted, top)
    files = []
    with track("unpacking", len(wanted)) as advance:
        for member, info in wanted:
            place = top / member
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(info) as packed, place.open("xb") as file:
                    shutil.copyfileobj(packed, file)
            except OSError as error:
                why = error.strerror or error
                raise ImageError(f"{top}/{member}: cannot be unpacked: {why}") from error
            files.append(image_file(place, "".join(f"{part}/" for part in member.parts[:-1])))
            advance(1)
    return files


def _members(archive: zipfile.ZipFile, top: Path) -> list[Member]:
    """Return the members that are files and no system's own, with their paths made safe."""
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise ImageError(f"{top}: holds {len(infos):,} members, more than {MOST_MEMBERS:,}")
    members = []
    for info in infos:
        member = PurePosixPath(info.filename.replace("\\", "/"))
        if info.is_dir() or any(is_passed_over(p) for p in member.parts if p not in ("..", "/")):
            continue
        told = printable(info.filename)
        if member.is_absolute() or ".." in member.parts or ":" in member.parts[0]:
            raise ImageError(f"{top}: names a place outside itself, {told}: unpack it with care")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise ImageError(f"{top}: holds a link, {told}: zip the files themselves")
        if info.flag_bits & 1:
            raise ImageError(f"{top}: is encrypted ({told}): unpack it first")
        members.append((member, info))
    return members


def _without_common_folder(members: Sequence[Member]) -> list[Member]:
    """Leave out the one folder that everything lies in, as it does where a folder was zipped."""
    tops = {member.parts[0] for member, _ in members}
    if len(tops) != 1 or any(len(member.parts) == 1 for member, _ in members):
        return list(members)
    return [(PurePosixPath(*member.parts[1:]), info) for member, info in members]


def _is_image(archive: zipfile.ZipFile, member: PurePosixPath, info: zipfile.ZipInfo) -> bool:
    """Tell whether a member is an image by its ending, or by DICOM's mark."""
    if kind_by_name(member.name) is not None:
        return True
    if described(member.name) not in (OTHER, NO_ENDING):
        return False
    with archive.open(info) as packed:
        return is_dicom(packed.read(MARK_AT + len(MARK)))


def _require_modest(members: Sequence[Member], top: Path) -> None:
    """Raise an error if members would unpack to too much, or in a way that is not safe."""
    size = sum(info.file_size for _, info in members)
    packed = sum(info.compress_size for _, info in members)
    if size > ALWAYS_FINE and size > MOST_TIMES * packed:
        raise ImageError(
            f"{top}: claims to unpack to {size / 1e9:,.1f} GB, more than {MOST_TIMES} times its "
            "size (a decompression bomb?): unpack it first"
        )
    free = shutil.disk_usage(top).free
    if size > free:
        raise ImageError(
            f"{top}: needs {size / 1e9:,.1f} GB in {top.parent} and {free / 1e9:,.1f} GB are free: "
            "make room, or set TMPDIR to a folder on another disk"
        )
    for member, info in members:
        if info.compress_type not in METHODS:
            raise ImageError(
                f"{top}: {printable(member)} is packed in a way that whorl does not unpack: "
                "unpack it first"
            )
