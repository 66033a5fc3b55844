"""The rows of privacy and diversity, each made of what was found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.auditing.findings import Known
from whorl.scoring.attack import Attacked
from whorl.scoring.dealing import Dealt, Floats, balanced_interval, p_value, share_interval
from whorl.scoring.diversity import find_repeats
from whorl.scoring.figures import Figure
from whorl.scoring.neighbours import Neighbours, named_twice
from whorl.scoring.sets import Sets


def falling(sets: Sets, found: Neighbours) -> Floats:
    """Return how many generated images are nearest to each patient: shape (patients,).

    One that is equally near to both sides counts half for each.
    """
    counts = np.zeros(sets.patients)
    nearer = found.nearer
    np.add.at(counts, sets.training_patients[found.training.position[:, 0]], nearer)
    np.add.at(counts, sets.holdout_patients[found.holdout.position[:, 0]], 1 - nearer)
    return counts


def trained(sets: Sets) -> NDArray[np.bool_]:
    """Return whether each patient is one of the training images': shape (patients,)."""
    return np.isin(np.arange(sets.patients), sets.training_patients)


def images_each(sets: Sets) -> Floats:
    """Return how many real images each patient has: shape (patients,)."""
    both = np.r_[sets.training_patients, sets.holdout_patients]
    return np.bincount(both, minlength=sets.patients).astype(float)


def memorised_row(sets: Sets, found: Neighbours, seed: int) -> Figure:
    """Return the share of generated images nearer to a training image than the bar."""
    owner = sets.training_patients[found.training.position[:, 0]]
    hits = np.bincount(owner[found.memorised], minlength=sets.patients).astype(float)
    of = np.bincount(owner, minlength=sets.patients).astype(float)
    (low, high), made = share_interval(hits, of, trained(sets), seed=seed)
    return Figure(
        name="memorised",
        label="Memorised",
        about="privacy",
        meaning=(
            f"Generated images whose {found.measure} with a training image is above "
            f"{found.bar:.3f}, the largest of any holdout image with any training image."
        ),
        value=float(found.memorised.mean()),
        low=low,
        high=high,
        interval=made,
        beside=float(found.like_holdout.mean()),
        beside_is="that near to a holdout image",
    )


def nearest_row(sets: Sets, found: Neighbours, seed: int) -> Figure:
    """Return the share whose nearest real image is a training image, sides of one size."""
    dealt = Dealt(falling(sets, found), images_each(sets), trained(sets))
    (low, high), made = balanced_interval(dealt, seed=seed)
    return Figure(
        name="nearest_in_training",
        label="Nearest in training",
        about="privacy",
        meaning=(
            f"Generated images whose nearest real image, by {found.measure}, is a training image "
            f"({100 * dealt.share:.1f} % as counted), as if there were as many images in "
            "training as in the holdout."
        ),
        value=dealt.balanced(dealt.share),
        low=low,
        high=high,
        interval=made,
        beside=0.5,
        beside_is="chance",
        p_value=p_value(dealt, seed=seed),
    )


def attack_row(sets: Sets, found: Attacked, method: str) -> Figure:
    """Return the attack's true-positive rate at 1 % false positives."""
    return Figure(
        name="attack_tpr_at_fpr_1",
        label="Attack, TPR at FPR ≤ 1 %",
        about="privacy",
        meaning=(
            f"Training images that the attack {method} finds while at most 1 % of "
            f"{len(sets.holdout):,} holdout images are taken for one; its AUC is {found.auc:.3f}."
        ),
        value=found.tpr,
        low=found.interval[0],
        high=found.interval[1],
        interval=found.made,
        beside=0.01,
        beside_is="chance",
    )


def patients_row(sets: Sets, found: Neighbours, seed: int) -> Figure:
    """Return the share whose two nearest real images are two of one training patient."""
    row = Figure(
        name="patient_named",
        label="Patients re-identified, top 1",
        about="privacy",
        meaning=(
            "Generated images whose nearest real image names a training patient, and whose next "
            f"nearest, another image, names the same one, by {found.measure}."
        ),
    )
    if sets.known not in (Known.GIVEN, Known.HEADERS):
        return row.model_copy(update={"missing": "Patients are not known: give --patients."})
    images, on_training = images_each(sets), trained(sets)
    able = images >= 2
    sides = int((able & on_training).sum()), int((able & ~on_training).sum())
    if not all(sides):
        return row.model_copy(update={
            "missing": "It takes patients with two images or more on both sides: here are "
                       f"{sides[0]} in training and {sides[1]} in the holdout."
        })  # fmt: skip
    named = named_twice(found, sets.training_patients, sets.holdout_patients)
    counts = np.bincount(named[named >= 0], minlength=sets.patients).astype(float)
    hits, of = np.where(on_training, counts, 0.0), falling(sets, found)
    (low, high), made = share_interval(hits, of, on_training, seed=seed)
    n = len(sets.generated)
    more = images[able & on_training].sum() / images[able & ~on_training].sum()
    chance = more * counts[~on_training].sum() / n
    return row.model_copy(update={
        "value": float(hits.sum() / n),
        "low": low,
        "high": high,
        "interval": made,
        "beside": min(1.0, float(chance)),
        "beside_is": "chance, from the holdout's patients",
        "p_value": p_value(Dealt(counts[able], images[able], on_training[able]), seed=seed),
    })  # fmt: skip


def diversity_rows(sets: Sets) -> tuple[list[Figure], NDArray[np.bool_] | None]:
    """Return the shares of images and of pairs that are near duplicates, and which images are."""
    repeats, reals = find_repeats(sets.generated), find_repeats(sets.training)
    names = {
        "repeated_images": ("Images with a near duplicate", "Generated images that have"),
        "repeated_pairs": ("Pairs that are near duplicates", "Pairs of generated images that are"),
    }
    rows = []
    for name, (label, what) in names.items():
        images = name == "repeated_images"
        row = Figure(
            name=name,
            label=label,
            about="diversity",
            meaning=f"{what} {'a near duplicate' if images else 'near duplicates'} within the set: "
            "thumbnails of 32×32 pixels that correlate by 0.98 or more."
            + (" It grows with the set." if images else ""),
        )
        if repeats is None:
            update: dict[str, object] = {"missing": "It takes two generated images or more."}
        else:
            update = {"value": repeats.images if images else repeats.pairs}
            if reals is not None:
                beside = reals.images if images else reals.pairs
                update |= {"beside": beside, "beside_is": "the training images themselves"}
        rows.append(row.model_copy(update=update))
    return rows, None if repeats is None else repeats.repeated
