"""Which image of a pool goes where: drawn at random, patients whole, balanced over strata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from whorl.errors import WhorlError

TRIES = 50


class AllotmentError(WhorlError):
    """A pool does not give what a task asks for."""


def allot(
    needs: Mapping[str, int],
    patients: Sequence[str] | None,
    strata: Sequence[str],
    eligible: Mapping[str, NDArray[np.bool_]],
    *,
    model: NDArray[np.bool_],
    seed: int,
) -> dict[str, NDArray[np.intp]]:
    """Draw as many images for each cell as it needs; no patient is in two cells.

    Patients come in random order, each to the cell that is fullest last, so that every cell draws
    from as many patients as its need allows. Every cell gets the strata in the same proportions.

    Parameters
    ----------
    needs : mapping of str to int
        Cell → how many images.
    patients : sequence of str or None
        Whose each image is; None = images are drawn one by one.
    strata : sequence of str, length n
        Of each image.
    eligible : mapping of str to ndarray of bool, shape (n,)
        Cell → which images may go there.
    model : ndarray of bool, shape (n,)
        The images whose proportions of strata every cell is to have.
    seed : int
        Seeds the draw.

    Returns
    -------
    dict of str to ndarray of intp
        Cell → positions of its images, in random order.

    Raises
    ------
    AllotmentError
        If there are too few images or patients, naming the cell that lacks most.

    Examples
    --------
    >>> everywhere = np.ones(4, bool)
    >>> drawn = allot({"used": 1, "not used": 2}, list("aabb"), ["x"] * 4,
    ...               {"used": everywhere, "not used": everywhere}, model=everywhere, seed=0)
    >>> sorted(len(positions) for positions in drawn.values())
    [1, 2]
    >>> {int(i) // 2 for i in drawn["used"]} & {int(i) // 2 for i in drawn["not used"]}
    set()
    """
    cells = [cell for cell, need in needs.items() if need > 0]
    rng = np.random.default_rng(seed)
    whose = [str(i) for i in range(len(strata))] if patients is None else patients
    _, patient = np.unique(np.asarray(whose), return_inverse=True)
    names, stratum = np.unique(np.asarray(strata), return_inverse=True)
    able = np.array([eligible[cell] for cell in cells])
    shares = np.bincount(stratum[model], minlength=len(names)) / max(model.sum(), 1)
    wanted = np.array([_portions(needs[cell], shares) for cell in cells])
    supply = np.zeros((patient.max() + 1, len(cells), len(names)))
    for cell in range(len(cells)):
        np.add.at(supply[:, cell], (patient[able[cell]], stratum[able[cell]]), 1.0)
    short = np.zeros_like(wanted)
    for _ in range(TRIES):
        home = _homes(supply, wanted, rng)
        has = np.stack([supply[home == cell, cell].sum(axis=0) for cell in range(len(cells))])
        short = np.maximum(wanted - has, 0)
        if not short.any():
            return {
                name: _drawn((home[patient] == cell) & able[cell], stratum, wanted[cell], rng)
                for cell, name in enumerate(cells)
            } | {name: np.empty(0, np.intp) for name in needs.keys() - set(cells)}
    worst = int(short.sum(axis=1).argmax())
    of = "" if patients is None else f" of {patient.max() + 1:,} patients"
    raise AllotmentError(
        f"the pool of {len(patient):,} images{of} is too small for this task: it lacks "
        f"{short[worst].sum():.0f} of {needs[cells[worst]]:,} images {cells[worst]}; ask for fewer"
    )


def _portions(need: int, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share out `need` over the strata in the given proportions, by the largest remainder."""
    exact: NDArray[np.float64] = need * shares
    whole = np.floor(exact + 1e-9)
    rest = need - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:rest]] += 1.0
    return whole


def _homes(
    supply: NDArray[np.float64], wanted: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.intp]:
    """Give each patient to the cell that lacks most of what the patient has; -1 = to none."""
    home = np.full(len(supply), -1)
    has = np.zeros_like(wanted)
    asked = np.where(wanted > 0, wanted, np.inf)
    for patient in rng.permutation(len(supply)):
        useful = np.where(wanted > 0, supply[patient], 0.0)
        gain = np.where(useful.sum(axis=1) > 0, (useful * (1.0 - has / asked)).sum(axis=1), -np.inf)
        if np.isneginf(gain).all():
            continue
        best = rng.choice(np.flatnonzero(gain == gain.max()))
        home[patient] = best
        has[best] += supply[patient, best]
    return home


def _drawn(
    there: NDArray[np.bool_],
    stratum: NDArray[np.intp],
    wanted: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.intp]:
    """Draw the wanted number of each stratum from the images that are there, in random order."""
    parts = [
        rng.choice(np.flatnonzero(there & (stratum == kind)), int(count), replace=False)
        for kind, count in enumerate(wanted)
    ]
    return np.asarray(rng.permutation(np.concatenate(parts)), np.intp)
