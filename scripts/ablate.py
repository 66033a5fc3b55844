"""What each part of whorl's own attack is worth: the table of docs/explain-away.md.

``python scripts/ablate.py TASK…`` prints one row a variant, with its AUC on each task. A task is a
folder in the official layout with ``truth.csv``; its reals are the candidates, with the folder
``reference`` or the development set's unused images. Nothing is written.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from whorl.images import load
from whorl.similarity import Explained, MapSimilarity, reduce_pairs
from whorl.similarity.explained import HOUSE_WEIGHTS
from whorl.similarity.mapped import HOUSE_MAPS
from whorl.similarity.maps import Coarse
from whorl.similarity.reductions import Matrix
from whorl.tasks.runfile import read_truth

Images = NDArray[np.uint8]
Shares = NDArray[np.float32]
Statistic = Callable[[Shares], NDArray[np.float64]]

Score = Callable[["Known"], NDArray[np.float64]]

HOUSE = Explained(weights=HOUSE_WEIGHTS)
SAMPLE = 256


@dataclass(frozen=True)
class Known:
    """A task whose truth is known: candidates come first among the reals."""

    name: str
    generated: Images
    reals: Images
    used: NDArray[np.bool_]


def known(folder: Path) -> Known:
    """Read a task; the shared one without a test reference takes its development images."""
    few = (folder / "development" / "generated", folder / "development" / "not_used")
    reference = folder / "reference" if (folder / "reference").exists() else few[1]
    candidates = load(folder / "test" / "real_unknown_1")
    truth = read_truth(folder / "truth.csv").used
    return Known(
        folder.name,
        load(folder / "test" / "generated_1").pixels,
        np.concatenate([candidates.pixels, load(reference).pixels]),
        np.array([truth[i] for i in candidates.ids]),
    )


def power_mean(power: float) -> Statistic:
    """Return the power mean of what lies above 0."""
    return lambda shares: np.mean(np.maximum(shares, 0).astype(float) ** power, 1) ** (1 / power)


HOUSE_STATISTIC = power_mean(6)


def largest(k: int) -> Statistic:
    """Return the mean of the k largest."""
    return lambda shares: np.sort(shares, axis=1)[:, -k:].mean(axis=1, dtype=float)


def shares(measure: MapSimilarity, reals: Images, generated: Images) -> Shares:
    """Return the whole matrix of a measure; given weights are adapted, as the attack does it."""
    if isinstance(measure, Explained) and measure.weights:
        measure = measure.adapted(reals, generated[:SAMPLE])
    matrix: Shares = reduce_pairs(measure, reals, generated, {"all": Matrix()})["all"]
    return matrix


def by(measure: MapSimilarity, statistic: Statistic = HOUSE_STATISTIC) -> Score:
    """Return what scores by a statistic of a measure."""
    return lambda task: statistic(shares(measure, task.reals, task.generated))


def of_maps() -> Iterator[tuple[str, Score]]:
    """Yield the rows that tell of the maps and their weights."""
    yield "**whorl**: six maps, weights adapted, 3×3 tiles, λ = 2, p = 6", by(HOUSE)
    yield "nothing competes: plain similarity of the maps, largest", by(MapSimilarity(), largest(1))
    yield "candidates alone compete", candidates_alone
    yield "all but detail alike, not adapted", by(Explained(HOUSE_MAPS[:-1]))
    yield "all six maps alike, not adapted", by(Explained())
    for each in HOUSE_MAPS:
        yield f"{each.name} alone", by(Explained((each,)))
    for k, each in enumerate(HOUSE_MAPS):
        others = [i for i in range(len(HOUSE_MAPS)) if i != k]
        rest, weights = (tuple(x[i] for i in others) for x in (HOUSE_MAPS, HOUSE_WEIGHTS))
        yield f"without {each.name}", by(Explained(rest, weights=weights))
    for fine, coarse in ((1, 4), (2, 8), (4, 32)):
        yield f"coarse: between {fine} and {coarse} pixels", by(with_coarse(fine, coarse))


def with_coarse(fine: float, coarse: float) -> Explained:
    """Return the measure with a coarse map of another scale."""
    other = Coarse(fine, coarse)
    maps = tuple(other if isinstance(each, Coarse) else each for each in HOUSE_MAPS)
    return replace(HOUSE, maps=maps)


def variants() -> Iterator[tuple[str, Score]]:
    """Yield each row's name and what scores the reals."""
    yield from of_maps()
    for tiles in (1, 2, 4):
        yield f"{tiles}×{tiles} tiles", by(replace(HOUSE, tiles=tiles))
    yield "tiles scored one by one, then added; maps alike", tile_by_tile
    for penalty in (0.5, 1, 4, 8):
        yield f"λ = {penalty:g}", by(replace(HOUSE, penalty=penalty))
    yield (
        "λ by the evidence, tile by tile; maps alike",
        lambda task: HOUSE_STATISTIC(by_evidence(task)),
    )
    for power in (2, 3, 4, 8, 12):
        yield f"p = {power}", by(HOUSE, power_mean(power))
    for k in (1, 5, 10):
        yield f"mean of the {k} largest" if k > 1 else "the largest", by(HOUSE, largest(k))
    for name, change in EXTRA.items():
        yield f"{name} as further generated images", with_extra(change)
    yield "body mask", masked
    for parts in (8, 4, 2):
        yield f"1/{parts} of the generated images", fewer(parts)


def candidates_alone(task: Known) -> NDArray[np.float64]:
    """Leave the reference out."""
    return HOUSE_STATISTIC(shares(HOUSE, task.reals[: len(task.used)], task.generated))


def tile_by_tile(task: Known) -> NDArray[np.float64]:
    """Score each tile of each map by itself and add up robust deviations."""
    rows = HOUSE.prepare_rows(task.reals)
    blocks = np.array_split(task.generated, max(1, len(task.generated) // 100))
    found = np.concatenate([HOUSE.by_tile(rows, HOUSE.prepare(g)) for g in blocks], axis=3)
    each = [HOUSE_STATISTIC(tile) for tile in found.reshape(-1, *found.shape[2:])]
    return np.sum([robust(values) for values in each], axis=0)


def robust(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return robust deviations from the median, clipped to −3 … 8."""
    away = values - np.median(values)
    return np.clip(away / (1.4826 * np.median(np.abs(away)) + 1e-12), -3, 8)


def by_evidence(task: Known) -> Shares:
    """Choose λ for each tile by the marginal likelihood of the generated images there."""
    rows, made = HOUSE.prepare(task.reals), HOUSE.prepare(task.generated)
    fused: dict[int, NDArray[np.float64]] = {}
    for column in HOUSE.columns(task.reals.shape[1:]):
        x, g = (part[:, column.start : column.stop].astype(float) for part in (rows, made))
        values, vectors = np.linalg.eigh(x @ x.T)
        values = np.clip(values, 0, None)
        across = (vectors.T @ (x @ g.T)) ** 2
        penalty = max(
            (0.1, 0.3, 1, 2, 4, 8, 16),
            key=lambda each: log_evidence(each, values, across, np.sum(g * g), g.size),
        )
        inverse = (vectors / (values + penalty)) @ vectors.T
        z = inverse @ (x @ g.T) / np.sqrt(np.diag(inverse))[:, np.newaxis]
        fused[column.of_map] = fused.get(column.of_map, 0) + standardised(z)
    return standardised(sum(map(standardised, fused.values()))).astype(np.float32)


def log_evidence(
    penalty: float,
    values: NDArray[np.float64],
    across: NDArray[np.float64],
    length: float,
    freedom: int,
) -> float:
    """Return the log marginal likelihood of ridge regression, up to a constant.

    Parameters
    ----------
    penalty : float
        λ.
    values : ndarray, shape (reals,)
        Eigenvalues of X Xᵀ.
    across : ndarray, shape (reals, generated)
        Squared products of X's left singular vectors, times X, with the generated images.
    length, freedom
        The squares of all values explained, added up, and their number.
    """
    left = length - np.sum(across / (values + penalty)[:, np.newaxis])
    return -0.5 * (across.shape[1] * np.sum(np.log1p(values / penalty)) + freedom * np.log(left))


def standardised(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each column at mean 0 and deviation 1."""
    return (z - z.mean(axis=0)) / np.maximum(z.std(axis=0), 1e-12)


EXTRA: dict[str, Callable[[Images], list[Images]]] = {
    "mirror images": lambda g: [g[:, :, ::-1]],
    "quarter turns": lambda g: [np.rot90(g, k, (1, 2)) for k in (1, 2, 3)],
    "shifts by 2 pixels": lambda g: [np.roll(g, s, a) for s in (-2, 2) for a in (1, 2)],
    "darker and lighter (γ 0.7, 1.4)": lambda g: [
        (255 * (g / 255.0) ** gamma).astype(np.uint8) for gamma in (0.7, 1.4)
    ],
}


def with_extra(change: Callable[[Images], list[Images]]) -> Score:
    """Score with changed generated images beside the generated ones."""

    def scored(task: Known) -> NDArray[np.float64]:
        more = np.concatenate([task.generated, *map(np.ascontiguousarray, change(task.generated))])
        return HOUSE_STATISTIC(shares(HOUSE, task.reals, more))

    return scored


def masked(task: Known) -> NDArray[np.float64]:
    """Blacken what is dark in the mean real, far from any body."""
    body = task.reals.mean(axis=0) > 20
    return HOUSE_STATISTIC(shares(HOUSE, task.reals * body, task.generated * body))


def fewer(parts: int) -> Score:
    """Score with a part of the generated images."""
    return lambda task: HOUSE_STATISTIC(shares(HOUSE, task.reals, task.generated[::parts]))


def main() -> None:
    """Print the table."""
    tasks = [known(Path(argument)) for argument in sys.argv[1:]]
    print("| | " + " | ".join(task.name for task in tasks) + " |")
    print("|---|" + "---|" * len(tasks))
    for name, score in variants():
        aucs = [
            roc_auc_score(task.used, np.asarray(score(task))[: len(task.used)]) for task in tasks
        ]
        print(f"| {name} | " + " | ".join(f"{auc:.3f}" for auc in aucs) + " |", flush=True)


if __name__ == "__main__":
    main()
