from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from whorl.auditing.findings import Known, Meaning
from whorl.auditing.grouping import Grouping
from whorl.auditing.growth import growth_findings
from whorl.methods import Scores, Traces
from whorl.similarity import Explained


def alone(candidates: int, reference: int) -> Grouping:
    n = candidates + reference
    names = tuple(f"I{k:03d}" for k in range(n))
    return Grouping(Known.ALONE, np.arange(candidates), np.arange(candidates, n), names)


def scores_of(candidates: int, reference: int) -> Scores:
    sums = np.random.default_rng(0).exponential(size=(candidates + reference, 32))
    best = np.zeros((candidates, 1), np.intp)
    traces = Traces(Explained(), best, best.astype(float), sums)
    values = sums.sum(axis=1)
    ids = tuple(f"c{k}" for k in range(candidates))
    return Scores(ids, values[:candidates], values[candidates:], traces=traces)


def test_it_says_what_ten_times_as_many_would_show() -> None:
    (found,) = growth_findings(scores_of(20, 15), alone(20, 15), 800, 0)
    assert found.meaning is Meaning.ASIDE
    assert (found.fewer, found.generated, found.more) == (100, 800, 8_000)
    assert found.expected.low <= found.auc <= found.expected.high


@pytest.mark.parametrize(
    ("candidates", "reference", "generated"), [(9, 15, 800), (20, 9, 800), (20, 15, 99)]
)
def test_too_few_foretell_nothing(candidates: int, reference: int, generated: int) -> None:
    scores, grouping = scores_of(candidates, reference), alone(candidates, reference)
    assert growth_findings(scores, grouping, generated, 0) == ()


def test_a_method_without_sums_foretells_nothing() -> None:
    scores = scores_of(20, 15)
    assert scores.traces is not None
    without = replace(scores, traces=replace(scores.traces, sums=None))
    assert growth_findings(without, alone(20, 15), 800, 0) == ()
    assert growth_findings(replace(scores, traces=None), alone(20, 15), 800, 0) == ()
