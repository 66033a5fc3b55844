"""Many audits of one world: rates, their intervals, and whether what must hold does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pydantic import BaseModel, ConfigDict
from scipy.stats import beta, chisquare

from trust.trials import audited
from trust.worlds import Bound, World
from whorl.progress import track

CONFIDENCE = 0.95  # of the intervals that are shown
CERTAINTY = 0.999  # with which a bound is said to be broken
BINS = 10  # of p-values; their number of steps is a multiple of it


class Tally(BaseModel):
    """What came of a world's audits.

    Attributes
    ----------
    world : str
        Its name.
    audits, seed : int
        How many, and what seeded them.
    rates : mapping of str to float
        Averages over audits.
    uniform : float or None
        The p-value of image p-values, one an audit, being uniform; None where they need not be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    world: str
    audits: int
    seed: int
    rates: dict[str, float]
    uniform: float | None = None

    def interval(self, rate: str, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Return the interval of Clopper and Pearson.

        Of a share of false flags too, which varies no more than a yes or no of the same mean: for
        those it is too wide rather than too narrow.

        Examples
        --------
        >>> low, high = Tally(world="", audits=400, seed=0, rates={"x": 0.05}).interval("x")
        >>> round(low, 3), round(high, 3)
        (0.031, 0.076)
        """
        hits, error = self.rates[rate] * self.audits, (1 - confidence) / 2
        low = beta.ppf(error, hits, self.audits - hits + 1) if hits > 0 else 0.0
        high = beta.ppf(1 - error, hits + 1, self.audits - hits) if hits < self.audits else 1.0
        return float(low), float(high)

    def holds(self, bound: Bound) -> bool:
        """Tell whether the rate is credible under a bound."""
        low, high = self.interval(bound.rate, 2 * CERTAINTY - 1)
        return low <= bound.limit if bound.at_most else high >= bound.limit


def tallied(world: World, audits: int, seed: int) -> Tally:
    """Draw so many audits of a world and make them."""
    said = []
    with track(world.name, audits) as advance:
        for number in range(audits):
            trial = world.draw(np.random.default_rng((seed, number)))
            said.append(audited(trial, seed=number))
            advance(1)
    rates = {name: float(np.mean([each.rates[name] for each in said])) for name in said[0].rates}
    uniform = _uniform([each.p_value for each in said]) if world.uniform else None
    return Tally(world=world.name, audits=audits, seed=seed, rates=rates, uniform=uniform)


def broken(world: World, tally: Tally) -> Iterator[str]:
    """Yield a sentence on each thing that does not hold."""
    for bound in world.bounds:
        if not tally.holds(bound):
            ought = "at most" if bound.at_most else "at least"
            yield (
                f"{world.name}: {bound.rate} in {tally.rates[bound.rate]:.1%} of {tally.audits} "
                f"audits, but {ought} {bound.limit:.0%} is promised"
            )
    if tally.uniform is not None and tally.uniform < 1 - CERTAINTY:
        yield f"{world.name}: p-values of images are not uniform (p = {tally.uniform:.2g})"


def _uniform(p_values: list[float]) -> float:
    """Test p-values by the numbers of them in bins."""
    bins = np.ceil(np.array(p_values) * BINS - 1e-9).astype(int) - 1
    return float(chisquare(np.bincount(bins, minlength=BINS)).pvalue)
