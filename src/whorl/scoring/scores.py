"""Scoring a generated set: three sets in, one table out."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.auditing.findings import Known
from whorl.auditing.record import RECORDED, Stopwatch
from whorl.errors import NeedError, WhorlError
from whorl.features.embeddings import Embedding
from whorl.methods import Method
from whorl.networks.backbones import Backbone, find_weights
from whorl.networks.packaged import ARCHITECTURE, PACKAGE
from whorl.networks.weights import IMAGENET, Weights
from whorl.runs import Entry, as_entry
from whorl.scoring.attack import attacked, require_unaided
from whorl.scoring.neighbours import Neighbours, find_neighbours, named_twice
from whorl.scoring.quality_rows import quality_rows
from whorl.scoring.result import SetScores
from whorl.scoring.rows import (
    attack_row,
    diversity_rows,
    memorised_row,
    nearest_row,
    patients_row,
)
from whorl.scoring.sets import Images, Sets, read_sets
from whorl.seeds import require_seed
from whorl.similarity import SSIM, Correlation, Measure
from whorl.tasks.patients import Patients
from whorl.version import __version__

MEASURES: dict[str, Measure] = {"correlation": Correlation(), "ssim": SSIM()}
STRICT = 100  # holdout images from which a false-positive rate of 1 % allows any
UNEVEN = 1.5  # images for each patient on one side, to those on the other
WHOSE = {
    Known.GIVEN: "Patients are as given.",
    Known.HEADERS: "Patients are as the files' headers say.",
    Known.FOUND: "Nobody said whose the images are: those that look like one patient's count as "
    "one patient.",
    Known.ALONE: "Nobody said whose the images are: each counts as a patient, and intervals are "
    "too narrow where some are of one.",
}


def score_set(
    generated: Images,
    training: Images,
    holdout: Images,
    *,
    method: str | Method | Entry = "whorl",
    measure: str | Measure = "correlation",
    patients: Patients | None = None,
    drop_shared_patients: bool = False,
    weights: str | None = PACKAGE,
    backbone: str = ARCHITECTURE,
    title: str = "",
    seed: int = 0,
    **reading: Any,
) -> SetScores:
    """Score a generated set: what it gives away of its training images, and how good it is.

    Parameters
    ----------
    generated : ImageSet, path or what :func:`whorl.images.load` reads
        The set.
    training
        The images its generator was trained on, given alike.
    holdout
        Real images of the same kind, of patients the generator never saw.
    method : str, Method or Entry
        The attack: one of the catalogue, or your own, that needs only generated images and
        candidates.
    measure : {"correlation", "ssim"} or Measure
        By what images are near.
    patients : path, str or mapping, optional
        Whose each real image is, as :func:`whorl.tasks.patients.with_patients` takes it.
    drop_shared_patients : bool
        Go on without the holdout images of patients who are in training; else they are an error.
    weights : str or None
        Of the network whose embeddings FID and KID compare: "package", "imagenet" or a file; None
        leaves quality out.
    backbone : str
        Its name in timm.
    title : str
        What the page is called.
    seed : int
        Seeds every random draw.
    **reading
        How folders are read: resize, window, skip_unreadable, flat, slices and colour of
        :func:`whorl.images.load`.

    Returns
    -------
    SetScores

    Raises
    ------
    WhorlError
        If images cannot be read or differ in size, training and holdout share a patient or an
        image, the measure or the method is unknown, or the method needs more; if the weights
        cannot be had. What only lacks a library is no error: its row says what to install.

    Examples
    --------
    >>> from whorl.tasks.sample import sample_task
    >>> task = sample_task()
    >>> used = [k for k, i in enumerate(task.view.candidates.ids) if task.truth.used[i]]
    >>> training = task.view.candidates.take(used)
    >>> found = score_set(task.view.generated, training, task.view.reference,
    ...                   method="nearest-correlation", weights=None)
    >>> found["nearest_in_training"].value > 0.5
    True
    """
    require_seed(seed)
    chosen = as_entry(method)
    require_unaided(chosen)
    by = _measure(measure)
    embedding, lacking = _embedding(weights, backbone)
    watch = Stopwatch()
    with watch.stage("reading"):
        sets = read_sets(
            generated, training, holdout,
            patients=patients, drop_shared_patients=drop_shared_patients, seed=seed, **reading,
        )  # fmt: skip
    with watch.stage("neighbours"):
        found = find_neighbours(sets.generated, sets.training, sets.holdout, by)
    with watch.stage("attack"):
        attack = attacked(sets, chosen, seed=seed)
    with watch.stage("diversity"):
        diversity, repeated = diversity_rows(sets)
    with watch.stage("quality"):
        quality = quality_rows(sets, embedding, lacking)
    rows = (
        memorised_row(sets, found, seed),
        nearest_row(sets, found, seed),
        attack_row(sets, attack, chosen.name),
        patients_row(sets, found, seed),
        *diversity,
        *quality,
    )
    record = _record(sets, chosen, found, embedding, seed, watch) | {"title": title}
    return SetScores(rows, sets, found, _columns(sets, found, repeated), _notes(sets), record)


def _measure(measure: str | Measure) -> Measure:
    """Return the measure of that name."""
    if isinstance(measure, Measure):
        return measure
    if measure not in MEASURES:
        raise WhorlError(f"--measure {measure}: is none of {', '.join(MEASURES)}")
    return MEASURES[measure]


def _embedding(weights: str | None, backbone: str) -> tuple[Embedding | None, str]:
    """Return what quality is measured by, or why it cannot be for want of a library."""
    if weights is None:
        return None, "Left out on request."
    try:
        return Embedding(Backbone(backbone, find_weights(weights, backbone))), ""
    except NeedError as error:
        return None, str(error)


def _columns(
    sets: Sets, found: Neighbours, repeated: NDArray[np.bool_] | None
) -> dict[str, Sequence[object]]:
    """Return a line for each generated image."""
    named = named_twice(found, sets.training_patients, sets.holdout_patients)
    in_training = np.isin(named, sets.training_patients)
    known = sets.known in (Known.GIVEN, Known.HEADERS)
    n = len(sets.generated)
    return {
        "image_id": sets.generated.ids,
        "score": found.training.similarity[:, 0].tolist(),
        "nearest_training": [sets.training.ids[k] for k in found.training.position[:, 0]],
        "nearest_holdout": [sets.holdout.ids[k] for k in found.holdout.position[:, 0]],
        "similarity_holdout": found.holdout.similarity[:, 0].tolist(),
        "memorised": found.memorised.astype(int).tolist(),
        "nearer_to_training": found.nearer.tolist(),
        "patient_named": in_training.astype(int).tolist() if known else [None] * n,
        "near_duplicate": [None] * n if repeated is None else repeated.astype(int).tolist(),
    }


def _notes(sets: Sets) -> tuple[str, ...]:
    """Say what to know when reading the table."""
    sides = (sets.training, sets.training_patients), (sets.holdout, sets.holdout_patients)
    each = [len(images) / len(np.unique(codes)) for images, codes in sides]
    notes = [*sets.notes, WHOSE[sets.known]]
    if max(each) > UNEVEN * min(each):
        notes.append(
            f"A training patient has {each[0]:.1f} images on average, one of the holdout "
            f"{each[1]:.1f}: patients with more images are named more often by chance, and other "
            "figures may suffer too."
        )
    if len(sets.holdout) < STRICT:
        notes.append(
            f"With {len(sets.holdout):,} holdout images, a false-positive rate of at most 1 % "
            "allows no false positive at all."
        )
    notes.append(
        "FID of few images is too high, by an amount that depends on their number: compare it only "
        "between sets of the same number, or go by KID."
    )
    return tuple(notes)


def _record(
    sets: Sets,
    chosen: Entry,
    found: Neighbours,
    embedding: Embedding | None,
    seed: int,
    watch: Stopwatch,
) -> dict[str, Any]:
    """Return what repeats the scores, as values that JSON can carry."""
    parts = (sets.generated, sets.training, sets.holdout)
    return {
        "whorl": __version__,
        "python": platform.python_version(),
        "versions": {name: version(name) for name in RECORDED},
        "attack": chosen.name,
        "composition": repr(chosen.method),
        "measure": found.measure,
        "bar": found.bar,
        "embedding": None if embedding is None else embedding.backbone.architecture,
        "weights": None if embedding is None else _told(embedding.backbone.weights),
        "seed": seed,
        "sets": {
            images.name: {"folder": images.source, "count": len(images), "width": images.size[1],
                          "height": images.size[0], "sha256": images.content_digest}
            for images in parts
        },
        "patients": {
            "known": str(sets.known),
            "training": len(np.unique(sets.training_patients)),
            "holdout": len(np.unique(sets.holdout_patients)),
        },
        "seconds": dict(watch.seconds),
    }  # fmt: skip


def _told(weights: Weights | None) -> str | None:
    """Return which weights they are, without the way to a file."""
    if weights is None or weights.source in (PACKAGE, IMAGENET):
        return None if weights is None else str(weights)
    return f"file (SHA-256 {weights.tag})"
