"""The score distributions: counted into bins as data, then laid out for drawing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

FEWEST_BINS, MOST_BINS = 16, 40
TOP, STRIP, PANEL, AXIS = 22, 34, 92, 44
LEAST_HEIGHT = 3


def distribution(
    values: NDArray[np.float64],
    used: NDArray[np.bool_],
    null: NDArray[np.float64] | None,
    threshold: float,
) -> dict[str, Any]:
    """Count scores into common bins, one edge of which is the threshold.

    A bin holds the scores above its lower edge, up to and with its upper one, so that none
    mixes flagged and other candidates.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        The candidates' scores.
    used : ndarray of bool, shape (n,)
        Which candidates are flagged.
    null : ndarray of float64, shape (m,), or None
        Null scores.
    threshold : float
        A candidate is flagged above this. It sets an edge where it lies within one range's width
        of the scores; elsewhere it is not drawn.

    Returns
    -------
    dict
        ``edges`` (k + 1), ``flagged`` and ``others`` (k counts of candidates each), ``null``
        (k counts, or None), ``threshold`` (None if infinite) and ``drawn`` (whether it is an edge).

    Examples
    --------
    >>> bins = distribution(np.array([0.0, 4.0]), np.array([False, True]), None, 2.0)
    >>> bins["edges"], bins["flagged"]
    ([-1.0, 0.0, 1.0, 2.0, 3.0, 4.0], [0, 0, 0, 0, 1])
    """
    pooled = values if null is None else np.concatenate([values, null])
    low, high = float(pooled.min()), float(pooled.max())
    span = high - low or 1.0
    drawn = math.isfinite(threshold) and low - span <= threshold <= high + span
    step = span / min(max(round(2 * math.sqrt(len(values))), FEWEST_BINS), MOST_BINS)
    if np.all(pooled == np.round(pooled)):
        step = float(math.ceil(step))
    anchor = threshold if drawn else low
    below = max(math.floor((anchor - low) / step), 0) + 1
    above = max(math.ceil((high - anchor) / step), 0)
    edges = anchor + step * np.arange(-below, above + 1, dtype=np.float64)
    edges[-1] = max(edges[-1], high)
    return {
        "edges": edges.tolist(),
        "flagged": _counts(values[used], edges),
        "others": _counts(values[~used], edges),
        "null": None if null is None else _counts(null, edges),
        "threshold": threshold if math.isfinite(threshold) else None,
        "drawn": drawn,
    }


def chart(bins: dict[str, Any]) -> dict[str, Any]:
    """Lay out the distributions as panels, one above the other, on one scale.

    Parameters
    ----------
    bins : dict
        What `distribution` returns.

    Returns
    -------
    dict
        ``height`` in pixels, ``panels`` (each with its bars and gridlines), ``ticks`` and
        ``threshold``. Across, places are percentages of the width, so that the drawing stretches
        and its text does not; down, they are pixels.
    """
    edges = bins["edges"]
    candidates = [("flagged", bins["flagged"]), ("others", bins["others"])]
    stacks = [("candidates", candidates)]
    if bins["null"] is not None:
        stacks.append(("null", [("null", bins["null"])]))
    shares = [_shares(parts) for _, parts in stacks]
    most = max(float(np.sum(parts, axis=0).max()) for parts in shares)
    top = TOP if bins["drawn"] else 0
    panels = [
        _panel(name, parts, share, edges, most, top + (STRIP + PANEL) * row + STRIP)
        for row, ((name, parts), share) in enumerate(zip(stacks, shares, strict=True))
    ]
    line = bins["threshold"] if bins["drawn"] else None
    return {
        "panels": panels,
        "top": top,
        "bottom": panels[-1]["base"],
        "height": panels[-1]["base"] + AXIS,
        "ticks": [(tick, _across(tick, edges)) for tick in nice_ticks(edges[0], edges[-1])],
        "threshold": None if line is None else _across(line, edges),
    }


def nice_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return at most `most` + 1 round numbers from `low` to `high`.

    Examples
    --------
    >>> nice_ticks(0.13, 0.97)
    [0.2, 0.4, 0.6, 0.8]
    """
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{k * step:.12g}") for k in range(first, last + 1)]


def decimals(values: NDArray[np.float64]) -> int:
    """Return how many decimals tell the values apart to a thousandth of their range.

    Examples
    --------
    >>> decimals(np.array([0.2, 0.9])), decimals(np.array([3.0, 7.0]))
    (4, 0)
    """
    if np.all(values == np.round(values)):
        return 0
    span = float(np.ptp(values)) or 1.0
    return min(max(3 - math.floor(math.log10(span)), 1), 10)


def _counts(values: NDArray[np.float64], edges: NDArray[np.float64]) -> list[int]:
    """Count values into bins that are open below and closed above."""
    index = np.searchsorted(edges, values, side="left") - 1
    counts = np.bincount(np.clip(index, 0, len(edges) - 2), minlength=len(edges) - 1)
    return [int(count) for count in counts]


def _shares(parts: list[tuple[str, list[int]]]) -> list[NDArray[np.float64]]:
    """Return each part's counts as shares of the whole panel."""
    total = sum(sum(counts) for _, counts in parts)
    return [np.asarray(counts, np.float64) / max(total, 1) for _, counts in parts]


def _panel(
    name: str,
    parts: list[tuple[str, list[int]]],
    shares: list[NDArray[np.float64]],
    edges: list[float],
    most: float,
    start: int,
) -> dict[str, Any]:
    """Lay out one panel: stacked bars upward from its base, and its gridlines.

    A bar is never lower than can be seen: the few candidates that stand out are what matters.
    """
    base = start + PANEL
    bars = []
    tops = np.full(len(edges) - 1, float(base))
    for (kind, counts), share in zip(parts, shares, strict=True):
        for k in np.flatnonzero(share).tolist():
            left, right = _across(edges[k], edges), _across(edges[k + 1], edges)
            height = max(PANEL * float(share[k]) / most, LEAST_HEIGHT)
            tops[k] -= height
            bars.append(
                {
                    "kind": kind,
                    "left": left,
                    "width": round(right - left, 3),
                    "y": round(float(tops[k]), 2),
                    "height": round(height, 2),
                    "count": counts[k],
                    "share": float(share[k]),
                    "low": edges[k],
                    "high": edges[k + 1],
                }
            )
    grid = [(tick, round(base - PANEL * tick / most, 2)) for tick in nice_ticks(0.0, most, 4)[1:]]
    return {"name": name, "label": start - 8, "base": base, "bars": bars, "grid": grid}


def _across(value: float, edges: list[float]) -> float:
    """Return a score's place across the drawing, in percent."""
    return round(100 * (value - edges[0]) / (edges[-1] - edges[0]), 3)
