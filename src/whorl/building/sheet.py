"""A picture of a task: real images beside generated ones, as in the overview paper's figure 1."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from whorl.files import written_atomically
from whorl.images import load
from whorl.images.listing import ImageFile, listed
from whorl.images.writing import PAPER, contact_sheet
from whorl.tasks.layout import task_folders
from whorl.tasks.runfile import read_truth

if TYPE_CHECKING:
    from PIL.Image import Image

TRUTH = "truth.csv"
COLUMNS = 8
SMALLEST_SHOWN = 128
GAP, MARGIN, LABEL, TITLE = 4, 24, 18, 24
INK, FAINT = 20, 110

Rows = Mapping[str, NDArray[np.uint8]]


def draw_task(root: Path | str, *, columns: int = COLUMNS, seed: int = 0) -> Image:
    """Draw some images of each part of a task, chosen at random.

    Parameters
    ----------
    root : path
        A task's folder, or that of its test or development set alone. Where it holds
        ``truth.csv``, the candidates are shown by what they are.
    columns : int
        Images of each kind.
    seed : int
        Seeds the choice.

    Returns
    -------
    PIL.Image.Image
        Grey.

    Raises
    ------
    LayoutError, ImageError, RunFileError
        If the task or its truth cannot be read.
    """
    rng = np.random.default_rng(seed)
    truth = Path(root) / TRUTH
    used = read_truth(truth).used if truth.exists() else {}
    sets = {}
    for name, folders in task_folders(root).items():
        files = {
            label: chosen
            for part, folder in folders.items()
            for label, chosen in _labelled(part, folder, used).items()
        }
        sets[name] = {
            f"{label} · {len(chosen):,}": _read_at_random(chosen, columns, rng)
            for label, chosen in sorted(files.items(), key=lambda item: item[0] == "generated")
        }
    return _drawn({f"{name.capitalize()} set": rows for name, rows in sets.items()}, columns)


def save_task_sheet(root: Path | str, path: Path | str, *, seed: int = 0) -> None:
    """Write the picture of a task as PNG, for its owner alone; see :func:`draw_task`."""
    image = draw_task(root, seed=seed)
    with written_atomically(path, private=True) as temporary:
        image.save(temporary, "PNG")


def _labelled(part: str, folder: Path, used: Mapping[str, bool]) -> dict[str, list[ImageFile]]:
    """Return a part's files under what they are to be called."""
    files = listed(folder).files
    if part != "candidates":
        names = {"generated": "generated", "used": "real, used", "not_used": "real, not used"}
        return {names[part]: list(files)}
    sorted_out: dict[str, list[ImageFile]] = {}
    for file in files:
        known = used.get(file.id)
        label = "real" if known is None else "real, used" if known else "real, not used"
        sorted_out.setdefault(label, []).append(file)
    return dict(sorted(sorted_out.items(), reverse=True))


def _read_at_random(files: list[ImageFile], n: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Read n of the images, or all where there are no more."""
    chosen = rng.choice(len(files), min(n, len(files)), replace=False)
    return load([files[i] for i in chosen]).pixels


def _drawn(sets: Mapping[str, Rows], columns: int) -> Image:
    """Lay the sets out below each other: a heading, then for each kind its name and a row."""
    from PIL import Image, ImageDraw, ImageFont

    blocks: list[tuple[str, int, NDArray[np.uint8] | None]] = []
    for heading, rows in sets.items():
        blocks.append((heading, TITLE, None))
        for label, pixels in rows.items():
            scale = max(1, -(-SMALLEST_SHOWN // pixels.shape[2]))
            large = pixels.repeat(scale, axis=1).repeat(scale, axis=2)
            blocks.append((label, LABEL, contact_sheet(large, columns, GAP)))
    width = max(row.shape[1] for _, _, row in blocks if row is not None)
    heights = [size + (16 if row is None else row.shape[0] + 22) for _, size, row in blocks]
    sheet = Image.new("L", (width + 2 * MARGIN, sum(heights) + 2 * MARGIN - 12), PAPER)
    draw = ImageDraw.Draw(sheet)
    top = MARGIN
    for (text, size, row), height in zip(blocks, heights, strict=True):
        font = ImageFont.load_default(size if row is None else size - 2)
        draw.text((MARGIN, top), text, INK if row is None else FAINT, font)
        if row is not None:
            sheet.paste(Image.fromarray(row), (MARGIN, top + size + 8))
        top += height
    return sheet
