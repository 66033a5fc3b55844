"""Tiny tasks on disk, in the official layout."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from whorl.images import ImageSet
from whorl.tasks.runfile import write_run
from whorl.testing.worlds import planted_task


def save(images: ImageSet, folder: Path) -> None:
    folder.mkdir(parents=True)
    for image_id, pixels in zip(images.ids, images.pixels, strict=True):
        Image.fromarray(pixels).save(folder / f"{image_id}.png")


def write_task(
    root: Path, seed: int = 0, *, reference: int = 0, truth: bool = True, size: int = 12
) -> Path:
    """Write a task with planted copies; half of its candidates are used."""
    task = planted_task(seed, used=size, not_used=size, reference=reference)
    other = planted_task(seed + 1000, used=8, not_used=8)
    save(task.view.generated, root / "test" / "generated_1")
    save(task.view.candidates, root / "test" / "real_unknown_1")
    if task.view.reference is not None:
        save(task.view.reference, root / "reference")
    ids = other.view.candidates.ids
    sides = {side: [k for k, i in enumerate(ids) if other.truth.used[i] is said]
             for side, said in (("used", True), ("not_used", False))}  # fmt: skip
    save(other.view.generated, root / "development" / "generated")
    for side, indices in sides.items():
        save(other.view.candidates.take(indices), root / "development" / side)
    if truth:
        used = task.truth.used
        write_run(root / "truth.csv", list(used), list(used.values()))
    return root
