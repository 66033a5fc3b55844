"""A task's files: their number, names, formats, sizes, bit depths and hashes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from whorl.building.checking.findings import Finding, Level
from whorl.building.record import TaskRecord
from whorl.files import file_hash
from whorl.images.listing import ImageFile, Kind
from whorl.images.notes import shortened
from whorl.progress import track

NAMES: Mapping[str, str] = {
    "generated": r"generated_0*(\d+)",
    "candidates": r"real_unknown_0*(\d+)",
    "used": r"(?:real_)?used_0*(\d+)",
    "not_used": r"(?:real_)?not_used_0*(\d+)",
}

Parts = Mapping[tuple[str, str], tuple[ImageFile, ...]]
"""(set, part) → its files: ("test", "candidates") and so on."""


def check_names(parts: Parts) -> Iterator[Finding]:
    """Say which files are not named and numbered as the official ones are."""
    odd = []
    for (name, part), files in parts.items():
        numbers = [re.fullmatch(NAMES[part], file.id) for file in files]
        unmatched = [f.path.name for f, m in zip(files, numbers, strict=True) if m is None]
        given = sorted(int(match[1]) for match in numbers if match)
        if unmatched:
            odd.append(f"{name} {part}: {shortened(unmatched)}")
        elif given != list(range(1, len(files) + 1)):
            odd.append(f"{name} {part}: not numbered from 1 to {len(files):,}")
    if odd:
        yield Finding(Level.WARNING, "names", f"not as the official ones: {'; '.join(odd)}")
    else:
        yield Finding(Level.FINE, "names", "as the official ones")


def check_formats(parts: Parts) -> Iterator[Finding]:
    """Say whether all images are of one size, and all reals of one format and bit depth."""
    from PIL import Image

    sizes: Counter[str] = Counter()
    depths: dict[str, Counter[str]] = {"real": Counter(), "generated": Counter()}
    broken = []
    with track("looking at files", sum(map(len, parts.values()))) as advance:
        for (_, part), files in parts.items():
            for file in files:
                advance(1)
                if file.kind is not Kind.RASTER:
                    depths["generated" if part == "generated" else "real"][file.kind] += 1
                    continue
                try:
                    with Image.open(file.path) as picture:
                        picture.verify()
                        sizes[f"{picture.width}×{picture.height}"] += 1
                        kind = "generated" if part == "generated" else "real"
                        depths[kind][f"{picture.format} {_depth(picture.mode)}"] += 1
                except (OSError, SyntaxError, ValueError) as error:
                    broken.append(f"{file.path.name} ({error})")
    if broken:
        yield Finding(Level.FAULT, "files", f"cannot be read: {shortened(broken)}")
    one = len(sizes) == 1
    level = Level.FINE if one else Level.FAULT
    yield Finding(level, "size", f"{'all' if one else 'mixed:'} {_counted(sizes)}")
    for kind, found in depths.items():
        level = Level.FINE if set(found) == {"PNG 8-bit grey"} else Level.WARNING
        if len(found) > 1 and kind == "real":
            level = Level.FAULT
        yield Finding(level, "bit depth", f"{kind} images: {_counted(found)}")


def check_hashes(root: Path, parts: Parts, record: TaskRecord | None) -> Iterator[Finding]:
    """Say whether the files are those that ``task.json`` names, by their bytes."""
    if record is None:
        return
    there = [file.path.relative_to(root).as_posix() for files in parts.values() for file in files]
    faults = [f"{name} was added" for name in there if name not in record.files]
    with track("hashing files", len(record.files)) as advance:
        for name, file in record.files.items():
            path = root / name
            if not path.is_file():
                faults.append(f"{name} is missing")
            elif file_hash(path) != file.sha256:
                faults.append(f"{name} was changed")
            advance(1)
    if faults:
        yield Finding(Level.FAULT, "hashes", f"against task.json: {shortened(faults)}")
    else:
        yield Finding(Level.FINE, "hashes", f"all {len(record.files):,} files as in task.json")


def _depth(mode: str) -> str:
    """Say a Pillow mode in words."""
    words = {"1": "1-bit", "L": "8-bit grey", "I;16": "16-bit grey", "RGB": "8-bit colour"}
    return words.get(mode, mode)


def _counted(found: Counter[str]) -> str:
    """Name what was found, each with its count where they differ."""
    if len(found) == 1:
        return next(iter(found))
    return shortened([f"{what} ({count:,})" for what, count in found.most_common()])
