"""Exact and near duplicates within a set of images and between two."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Duplicates:
    """Pairs of images that are the same, or nearly.

    Attributes
    ----------
    exact : tuple of (str, str)
        Ids of the pairs whose grey values are identical.
    near : tuple of (str, str, float)
        Ids of the other pairs whose correlation reaches the threshold, with that correlation,
        most alike first.
    threshold : float
        The correlation from which a pair counts as near.
    """

    exact: tuple[tuple[str, str], ...]
    near: tuple[tuple[str, str, float], ...]
    threshold: float
