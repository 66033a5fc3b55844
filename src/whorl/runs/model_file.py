"""The bytes of a model file: written alike for alike content, and weighed before they are read."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from whorl.errors import WhorlError
from whorl.schema import plain_json

HEADER, STATE = "model.json", "state.skops"
INNER = "schema.json"  # what skops calls its own
MOST_HEADER_BYTES = 2**20
ALWAYS_FINE = 64 * 2**20
MOST_TIMES = 20  # a forest's nodes shrink to a seventh, weights hardly
EPOCH = (1980, 1, 1, 0, 0, 0)


class ModelError(WhorlError):
    """A file is no model, or one that cannot be used here."""


def write_zip(target: Path | IO[bytes], members: Mapping[str, bytes], compression: int) -> None:
    """Write a zip archive that holds nothing but names and contents: no date, no user."""
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = compression
            archive.writestr(info, content)


def same_for_same(state: bytes) -> bytes:
    """Return what skops dumped with numbers in place of what it names objects by.

    skops names objects by their addresses in memory and draws names for bytes, so that no two dumps
    are the same. Here they are numbered as they come.

    Parameters
    ----------
    state : bytes
        A zip archive, as ``skops.io.dumps`` returns it.
    """
    with zipfile.ZipFile(io.BytesIO(state)) as archive:
        contents = {info.filename: archive.read(info) for info in archive.infolist()}
    schema = json.loads(contents.pop(INNER))
    ids: dict[Any, int] = {}
    files: dict[str, str] = {}
    _number(schema, ids, files)
    members = {new: contents[old] for old, new in files.items()}
    members[INNER] = json.dumps(schema, indent=2).encode()
    written = io.BytesIO()
    write_zip(written, members, zipfile.ZIP_STORED)
    return written.getvalue()


def read_members(path: Path | str) -> tuple[dict[str, Any], bytes]:
    """Return the record and the state of a model file; nothing is inflated before it is weighed.

    Raises
    ------
    ModelError
        If the file cannot be read, holds something else, or more than a model can.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _require_modest(path, archive)
            header, state = plain_json(archive.read(HEADER)), archive.read(STATE)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise ModelError(
            f"{path}: is no model that whorl fit wrote, or damaged: {HEADER} {error}"
        ) from error
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError,
            EOFError) as error:  # fmt: skip
        raise ModelError(f"{path}: is no model that whorl fit wrote, or damaged") from error
    if not isinstance(header, dict):
        raise ModelError(f"{path}: is no model that whorl fit wrote, or damaged")
    _require_stored(path, state)
    return header, state


def _require_modest(path: Path | str, archive: zipfile.ZipFile) -> None:
    """Raise an error unless an archive holds the two members, of sizes that models have."""
    infos = {info.filename: info for info in archive.infolist()}
    if set(infos) != {HEADER, STATE} or len(archive.infolist()) != len(infos):
        raise ModelError(
            f"{path}: is no model that whorl fit wrote, or damaged: expected {HEADER} and {STATE} "
            "within"
        )
    header, state = infos[HEADER], infos[STATE]
    fine = max(ALWAYS_FINE, MOST_TIMES * state.compress_size)
    if header.file_size > MOST_HEADER_BYTES or state.file_size > fine:
        raise ModelError(
            f"{path}: is no model that whorl fit wrote: claims to unpack to "
            f"{(header.file_size + state.file_size) / 1e6:,.0f} MB, more than a model of its size "
            "can (a decompression bomb?)"
        )


def _require_stored(path: Path | str, state: bytes) -> None:
    """Raise an error unless all within the state lies there as it is, so can inflate to no more."""
    try:
        with zipfile.ZipFile(io.BytesIO(state)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise ModelError(f"{path}: is damaged: {STATE} cannot be read: {error}") from error
    packed = any(info.compress_type != zipfile.ZIP_STORED for info in infos)
    if packed or sum(info.file_size for info in infos) > len(state):
        raise ModelError(f"{path}: is damaged: {STATE} is packed as whorl fit packs none")


def _number(part: Any, ids: dict[Any, int], files: dict[str, str]) -> None:
    """Put numbers in place of the names of objects and files in a part of skops' schema."""
    if isinstance(part, list):
        for item in part:
            _number(item, ids, files)
    elif isinstance(part, dict):
        if "__id__" in part:
            part["__id__"] = ids.setdefault(part["__id__"], len(ids))
        if isinstance(part.get("file"), str) and "__module__" in part:
            old = part["file"]
            part["file"] = files.setdefault(old, f"{len(files)}{Path(old).suffix}")
        for value in part.values():
            _number(value, ids, files)
