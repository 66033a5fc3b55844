"""Real chest CT with the patients its images are of."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from whorl.images import ImageSet, load


def ct_patients(real_data: Path, most: int | None = None) -> tuple[ImageSet, np.ndarray]:
    """Return slices, at most so many of a patient, and each one's patient as a number."""
    folder = real_data / "data" / "ct_slices"
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        of = {row["image_id"]: row["patient_group"] for row in csv.DictReader(file)}
    paths = sorted((folder / "images").iterdir())
    _, code = np.unique([of[path.stem] for path in paths], return_inverse=True)
    kept = [i for k in range(code.max() + 1) for i in np.flatnonzero(code == k)[:most]]
    return load([paths[i] for i in kept]), code[kept]
