"""The rows of quality: FID and KID to the holdout and to training."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.errors import NeedError
from whorl.features import extract
from whorl.features.embeddings import Embedding
from whorl.scoring.dealing import Floats
from whorl.scoring.figures import Figure
from whorl.scoring.quality import fid, kid
from whorl.scoring.sets import Sets

Z = 1.959964  # standard errors on either side of a 95 % interval
FEWEST = 3  # images of each set, for FID and KID
REALS = "training images to the holdout"
DISTANCES = {
    "fid": ("Fréchet distance", "; of so few images it is too high."),
    "kid": ("Kernel inception distance", ", unbiased; 0 means alike."),
}


def quality_rows(sets: Sets, embedding: Embedding | None, lacking: str) -> list[Figure]:
    """Return FID and KID to the holdout and to training, or why they are not there.

    Parameters
    ----------
    sets : Sets
        What is scored.
    embedding : Embedding or None
        By what images are compared; None where there is none.
    lacking : str
        Why there is none.
    """
    parts = (sets.generated, sets.training, sets.holdout)
    of, values = "", None
    if min(map(len, parts)) < FEWEST:
        lacking = f"It takes {FEWEST} images or more of each set."
    elif embedding is not None:
        of = f" of {embedding.backbone.architecture} embeddings"
        try:
            values = [np.asarray(extract(embedding, images), np.float64) for images in parts]
        except NeedError as error:
            lacking = str(error)
    patients = {"holdout": sets.holdout_patients, "training": sets.training_patients}
    rows = [
        Figure(
            name=f"{kind}_{side}",
            label=f"{kind.upper()} to {side}",
            about="quality",
            unit="number",
            meaning=f"{DISTANCES[kind][0]}{of} from the generated to the {side} "
            f"images{DISTANCES[kind][1]}",
            missing=lacking,
        )
        for side in patients
        for kind in DISTANCES
    ]
    if values is None:
        return rows
    made, trained_on, held = values
    found = _fids(made, trained_on, held)
    found |= _kids(made, {"holdout": held, "training": trained_on}, patients)
    return [row.model_copy(update=found[row.name]) for row in rows]


def _fids(made: Floats, trained_on: Floats, held: Floats) -> dict[str, dict[str, object]]:
    """Return the Fréchet distances to both sets, the one between them beside."""
    try:
        beside = fid(trained_on, held)
        values = {"fid_holdout": fid(made, held), "fid_training": fid(made, trained_on)}
    except NeedError as error:
        return {name: {"missing": str(error)} for name in ("fid_holdout", "fid_training")}
    return {
        name: {"value": value, "beside": beside, "beside_is": REALS}
        for name, value in values.items()
    }


def _kids(
    made: Floats, reals: dict[str, Floats], patients: dict[str, NDArray[np.intp]]
) -> dict[str, dict[str, object]]:
    """Return the kernel distances to both sets, the one between them beside."""
    if any(len(codes) - np.bincount(codes).max() < 2 for codes in patients.values()):
        lacking = "Its standard error takes images of two patients or more on either side."
        return {f"kid_{side}": {"missing": lacking} for side in reals}
    beside = kid(reals["training"], reals["holdout"], patients["holdout"]).value
    rows: dict[str, dict[str, object]] = {}
    for side, values in reals.items():
        found = kid(made, values, patients[side])
        rows[f"kid_{side}"] = {
            "value": found.value,
            "low": found.value - Z * found.error,
            "high": found.value + Z * found.error,
            "interval": f"± 1.96 standard errors ({found.error:.4f}), jackknife over patients",
            "beside": beside,
            "beside_is": REALS,
        }
    return rows
