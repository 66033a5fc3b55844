"""How much of a generated image falls to each real, if all reals together had to explain it.

A plain attack asks how near a candidate is to a generated image. All chest slices are near each
other, and that shared anatomy drowns the trace. Here all reals at hand compete: a ridge regression
of the generated image on all of them, whose coefficients say what this real alone can account for.
Every image is mapped (:mod:`whorl.similarity.maps`) and cut into tiles, each of which is explained
by itself: a generator of images composes them of parts that it learned from different originals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.compute import available_cores, current
from whorl.similarity.device_kernels import DeviceKernel
from whorl.similarity.mapped import HOUSE_MAPS, Columns, MapSimilarity, MapSimilarityKernel
from whorl.similarity.maps import Coarse, ImageMap

if TYPE_CHECKING:
    from torch import Tensor

EVEN = 1e-6  # standard deviation over the reals below which they are all alike

LEFT_OUT = 0.03  # of the generated images, those of the heaviest tails, when maps are weighed

HOUSE_WEIGHTS = (1.0, 1.0, 1.0, 1.0, 1.0, 0.0)  # where influence is spread thin, detail misleads


@dataclass(frozen=True, eq=False)
class Explainers:
    """What turns mapped generated images into coefficients of all reals.

    Attributes
    ----------
    weights : ndarray of float32, shape (reals, values)
        Tile by tile Q X over the square root of Q's diagonal, Q = (X Xᵀ + λI)⁻¹.
    columns : tuple of Columns
        Where the tiles stand.
    """

    weights: NDArray[np.float32]
    columns: tuple[Columns, ...]


@dataclass(frozen=True)
class Explained(MapSimilarity):
    r"""How much more of a generated image falls to this real than to others.

    With the rows of X all reals and g a generated image, both mapped, tile by tile centred and of
    length 1:

    .. math:: z = Q X g / \sqrt{\operatorname{diag} Q}, \quad Q = (X X^T + \lambda I)^{-1}

    a ridge regression, each coefficient in units of its own uncertainty. z is standardised over
    the reals in each tile, added up over the tiles and standardised, and once more over the maps:
    mean 0 and standard deviation 1 over all reals, for each generated image. Higher = more.

    The first set compared is *all* that compete; the values of one depend on all of them.

    Attributes
    ----------
    penalty : float
        λ, above 0.
    weights : tuple of float
        Of the maps, 0 or more; all alike where there are none.

    References
    ----------
    Hoerl, Kennard. Ridge regression. Technometrics 1970.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 256, (5, 32, 32), np.uint8)
    >>> measure = Explained()
    >>> rows = measure.prepare_rows(images)
    >>> measure.compare(rows, measure.prepare(images[:1])).argmax()
    np.int64(0)
    """

    maps: tuple[ImageMap, ...] = HOUSE_MAPS
    penalty: float = 2.0
    weights: tuple[float, ...] = ()

    name: ClassVar[str] = "share explained"
    whole_rows: ClassVar[bool] = True

    def plain(self) -> MapSimilarity:
        """Return the plain similarity of the same maps, without the coarse one beside others."""
        fine = tuple(each for each in self.maps if not isinstance(each, Coarse))
        return MapSimilarity(fine or self.maps, self.tiles)

    def prepare_rows(self, pixels: NDArray[np.uint8]) -> Explainers:
        """Return what explains by all these reals: for each tile the inverse, times the reals.

        Tiles are shared out among threads, and each is worked out by one: its last digits do not
        depend on how many there are.
        """
        from threadpoolctl import threadpool_limits

        weights = self.prepare(pixels)
        columns = self.columns(pixels.shape[1:])

        def explain(column: Columns) -> None:
            part = weights[:, column.start : column.stop]
            part[:] = _explaining(part, self.penalty)

        threads = current().threads or available_cores()
        with threadpool_limits(1), ThreadPoolExecutor(threads, "whorl-tiles") as pool:
            list(pool.map(explain, columns))
        return Explainers(weights, columns)

    def compare(self, a: Explainers, b: NDArray[np.float32]) -> NDArray[np.float32]:  # type: ignore[override]
        """Return the standardised coefficient of every real for every generated image."""
        fused: NDArray[np.float32] = self.fused(self.by_map(a, b))
        return fused

    def by_map(self, a: Explainers, b: NDArray[np.float32]) -> list[Any]:
        """Return what each map says, standardised: one (reals, generated) array for each."""
        return _by_map(a.columns, a.weights, b)

    def fused(self, each: Sequence[Any]) -> Any:
        """Return the maps' shares added up by their weights, and standardised."""
        pairs = zip(self.weights or (1.0,) * len(each), each, strict=True)
        return _standardised(sum(weight * z for weight, z in pairs))

    def adapted(self, reals: NDArray[np.uint8], generated: NDArray[np.uint8]) -> Explained:
        r"""Return the measure with weights that follow how a generator leaks.

        Where a few reals explain much of each generated image, the shares have heavy tails, and the
        map with the heaviest tells most. Where influence is spread thin they have none, and the
        given weights hold. With κ how heavy the tail of a map's shares is,

        .. math:: w = w_0 + κ^3.

        κ is the excess kurtosis, and no more than the positive shares alone give: a copy that was
        moved has large negative ones in fine maps, which tell nothing. The few generated images
        with the heaviest tails are left out: a handful of copies would else set the weights for
        all others. The power and the share left out are choices of ours. κ is rounded to three
        places, so that no rounding of products changes the weights.

        Parameters
        ----------
        reals : ndarray of uint8, shape (n, height, width)
            All that compete.
        generated : ndarray of uint8, shape (m, height, width)
            A sample of what is explained.
        """
        shares = self.by_map(self.prepare_rows(reals), self.prepare(generated))
        before = self.weights or (1.0,) * len(self.maps)
        weights = tuple(round(w + _tail(z) ** 3, 3) for w, z in zip(before, shares, strict=True))
        return replace(self, weights=weights)

    def by_tile(self, a: Explainers, b: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what each tile of each map says: shape (maps, tiles², reals, generated)."""
        found = [
            _standardised(a.weights[:, start:stop] @ b[:, start:stop].T)
            for _, _, start, stop in a.columns
        ]
        return np.stack(found).reshape(len(self.maps), self.tiles**2, *found[0].shape)

    def on_device(self) -> DeviceKernel | None:
        """Return the GPU half."""
        return ExplainedKernel(self)


class ExplainedKernel(MapSimilarityKernel):
    """The GPU half of the share explained: the reals' inverses come from the CPU half."""

    def __init__(self, measure: Explained) -> None:
        super().__init__(measure)
        self._explained = measure
        self._columns: tuple[Columns, ...] = ()

    def prepare_rows(self, items: Tensor) -> Tensor:
        """Return what explains by all these reals, one row a real."""
        import torch

        rows = self._explained.prepare_rows(items.cpu().numpy())
        self._columns = rows.columns
        return torch.from_numpy(rows.weights).to(items.device)

    def compare(self, a: Tensor, b: Tensor, memory: int) -> Tensor:  # noqa: ARG002
        """Return the standardised coefficient of every real for every generated image."""
        fused: Tensor = self._explained.fused(_by_map(self._columns, a, b))
        return fused


def _tail(shares: NDArray[np.floating]) -> float:
    """Return how heavy the tail of shares is, of the positive side alone at most: 0 or more.

    The excess kurtosis, by generated image, without those where it is highest.

    Examples
    --------
    >>> _tail(np.array([[3.0], [-1.0], [-1.0], [-1.0]]))
    18.0
    >>> _tail(np.array([[-3.0], [1.0], [1.0], [1.0]]))
    0.0
    """
    fourth = shares.astype(np.float64) ** 4
    kept = max(1, math.ceil((1 - LEFT_OUT) * shares.shape[1]))
    sides = (fourth, np.where(shares > 0, 2 * fourth, 0))
    means = (float(np.sort(side.mean(axis=0))[:kept].mean()) for side in sides)
    return round(max(min(means) - 3, 0.0), 3)


def _explaining(rows: NDArray[np.float32], penalty: float) -> NDArray[np.float32]:
    """Return Q X over the square root of Q's diagonal, for the rows X of one tile."""
    from scipy.linalg import cho_factor, cho_solve

    kernel = (rows @ rows.T).astype(np.float64)
    kernel[np.diag_indices_from(kernel)] += penalty
    inverse = cho_solve(cho_factor(kernel, lower=True), np.eye(len(kernel)))
    inverse /= np.sqrt(np.diag(inverse))[:, np.newaxis]
    return inverse.astype(np.float32) @ rows


def _by_map(columns: Sequence[Columns], a: Any, b: Any) -> list[Any]:
    """Return the standardised sums over the tiles of each map, of arrays or tensors."""
    each: dict[int, Any] = {}
    for of_map, _, start, stop in columns:
        z = _standardised(a[:, start:stop] @ b[:, start:stop].T)
        each[of_map] = each[of_map] + z if of_map in each else z
    return [_standardised(z) for z in each.values()]


def _standardised(z: Any) -> Any:
    """Return each column less its mean over its standard deviation; 0 where all are alike."""
    centred = z - z.mean(0)
    spread = (centred * centred).mean(0) ** 0.5
    return centred * ((spread > EVEN) / (spread + (spread <= EVEN)))
