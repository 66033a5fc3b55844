"""Conformal p-values, and decisions with a bound on the false discovery rate."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.decisions.rules import Decisions, Rule, null_of, without_ranking
from whorl.methods.base import Scores


def conformal_p_values(
    values: NDArray[np.float64], null: NDArray[np.float64]
) -> NDArray[np.float64]:
    r"""Return the conformal p-value of each score.

    .. math:: p(x) = \frac{1 + \#\{r : s(r) \ge s(x)\}}{m + 1}

    Valid (super-uniform for non-members) if the m null scores are exchangeable with the scores of
    candidates that are not members.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Scores of the candidates.
    null : ndarray of float, shape (m,)
        Scores of known non-members, computed in the same way.

    Returns
    -------
    ndarray of float64, shape (n,)
        Between 1/(m + 1) and 1.

    References
    ----------
    Bates, Candès, Lei, Romano, Sesia. Testing for outliers with conformal p-values. Annals of
    Statistics 51(1), 2023.

    Examples
    --------
    >>> conformal_p_values(np.array([5.0, 2.0, 0.0]), np.array([1.0, 2.0, 3.0]))
    array([0.25, 0.75, 1.  ])
    """
    at_least = len(null) - np.searchsorted(np.sort(null), values, side="left")
    return (1 + at_least) / (len(null) + 1)


@dataclass(frozen=True)
class ConformalFDR(Rule):
    """Benjamini–Hochberg on conformal p-values: the expected share of false flags is at most `fdr`.

    The bound holds if the reference images are exchangeable with the candidates that are not
    members (Bates et al. 2023, theorem 2).

    Attributes
    ----------
    fdr : float
        Between 0 and 1, both excluded.

    Examples
    --------
    >>> null = np.arange(39.0)
    >>> rule = ConformalFDR(0.05)
    >>> rule.decide(Scores(("x", "y"), np.array([50.0, 45.0]), null)).used
    array([ True,  True])
    """

    fdr: float = 0.05

    def __post_init__(self) -> None:
        if not 0 < self.fdr < 1:
            raise ValueError(f"fdr must lie between 0 and 1, not {self.fdr}")

    def describe(self) -> str:
        """Say the rule in words."""
        return (
            f"Benjamini–Hochberg on conformal p-values, false discovery rate at most {self.fdr:g}"
        )

    def decide(self, scores: Scores) -> Decisions:
        """Decide for every candidate, and give the p-values.

        The threshold is the largest score that is not flagged, infinite if none is flagged. That
        none is flagged is no warning: it is what to expect where nothing was used.
        """
        from scipy.stats import false_discovery_control

        p_values = conformal_p_values(scores.values, null_of(scores))
        used = false_discovery_control(p_values) <= self._level
        threshold = np.inf
        if used.any():
            kept = np.concatenate([scores.values[~used], null_of(scores)])
            below = kept[kept < scores.values[used].min()]
            threshold = float(below.max()) if below.size else -np.inf
        warnings = (*without_ranking(scores.values), *self._too_small(len(null_of(scores))))
        return Decisions(
            scores.ids, used, float(threshold), self.describe(), p_values, self.fdr, warnings
        )

    @property
    def _level(self) -> float:
        """The rate, a little above it: p·n/k may round up."""
        return self.fdr * (1 + 1e-12)

    def _too_small(self, m: int) -> Iterator[str]:
        """Say so where no p-value from m null scores can be as small as the rate."""
        if 1 / (m + 1) > self._level:
            yield (
                f"{m} reference images are too few to flag any candidate: the smallest p-value is "
                f"1/{m + 1}, and a rate of {self.fdr:g} needs at least "
                f"{math.ceil(1 / self._level) - 1}"
            )
