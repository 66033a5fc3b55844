"""Coverage: what more generated images would show, as far as that can be foretold."""

from __future__ import annotations

import numpy as np

from whorl.auditing.findings import Growth, Interval, Meaning
from whorl.auditing.grouping import Grouping
from whorl.decisions.growth import FACTOR, growth_of_effect
from whorl.methods import Scores

FEWEST_GENERATED = 100  # with which the forecast was tried
FEWEST_PATIENTS = 10  # on either side


def growth_findings(
    scores: Scores, grouping: Grouping, generated: int, seed: int
) -> tuple[Growth, ...]:
    """Return what ten times as many generated images would show; empty if that is not known.

    Parameters
    ----------
    scores : Scores
        Of candidates and reference, with the sums that they are made of; a method that keeps none
        foretells nothing.
    grouping : Grouping
        Their patients.
    generated : int
        The number of generated images.
    seed : int
        Seeds how groups of them are dealt.

    Examples
    --------
    >>> from whorl.auditing.findings import Known
    >>> alone = Grouping(Known.ALONE, np.arange(1), np.arange(0), ("I001",))
    >>> growth_findings(Scores(("a",), np.zeros(1)), alone, 500, 0)
    ()
    """
    sums = None if scores.traces is None else scores.traces.sums
    sides = (grouping.candidates, grouping.reference)
    patients = min(len(np.unique(side)) for side in sides)
    if sums is None or generated < FEWEST_GENERATED or patients < FEWEST_PATIENTS:
        return ()
    found = growth_of_effect(sums, *sides, seed=seed)
    eighth = found.shares.index(1 / 8)
    return (
        Growth(
            meaning=Meaning.ASIDE,
            generated=generated,
            more=FACTOR * generated,
            fewer=round(generated / 8),
            auc_of_fewer=found.effects[eighth],
            auc=found.effects[-1],
            expected=Interval(value=found.value, low=found.low, high=found.high),
        ),
    )
