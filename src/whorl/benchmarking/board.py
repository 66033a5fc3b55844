"""The leaderboard of one task: results in, ranked rows with their uncertainty out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from whorl.benchmarking.cards import TaskCard
from whorl.benchmarking.pairs import all_pairs
from whorl.benchmarking.resampling import (
    RESAMPLES,
    SCORE_RESAMPLES,
    SCORED,
    Answers,
    Drawn,
    Said,
    figures,
)
from whorl.benchmarking.result import Failure, Reference, Result, Setup
from whorl.benchmarking.rows import (
    Board,
    Difference,
    Figure,
    Row,
    Sees,
    SetTest,
    Winner,
    sees,
    variant_of,
)
from whorl.decisions.multiplicity import holm
from whorl.decisions.settest import whole_set_test
from whorl.errors import WhorlError

Floats = NDArray[np.float64]

TAIL = 0.025
EQUAL = 1e-9
PERMUTATIONS = 1_999
COUNTED = ("all-used", "none-used")


def task_board(
    card: TaskCard,
    results: Iterable[Result],
    failures: Iterable[Failure] = (),
    *,
    measure: str = "f1",
    against: str | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Board:
    """Rank the results of one task.

    Parameters
    ----------
    card : TaskCard
        The task; its truth must be known.
    results, failures : iterables of Result and of Failure
        Of this task. Seeds of one setup make one row; of two versions the newer counts.
    measure : str
        One of ``MEASURES``: the official one of the edition, f1 for 2023, kappa for 2025.
    against : str or None
        Label of the row that differences are to, or a name: of its settings the best that sees
        anything. None = the best that is no control.
    seed, resamples : int
        Of the bootstrap.

    Raises
    ------
    WhorlError
        If the truth is not known, no row has the name in `against`, or a result does not fit the
        task.
    """
    if card.truth is None:
        raise WhorlError(f"{card.name}: its truth is not known: nothing can be ranked")
    groups = _grouped(card, results)
    if not groups:
        return Board(card, measure, tuple(_without(card, failures, set())), (), "", ())
    answers = Answers(np.array(card.truth, bool),
                      None if card.patients is None else np.array(card.patients))  # fmt: skip
    drawn = _means(groups, figures([_said(card, r) for of in groups for r in of], answers,
                                   seed=seed, resamples=resamples,
                                   score_resamples=resamples if measure in SCORED
                                   else SCORE_RESAMPLES))  # fmt: skip
    rows = [_row(card, of, {n: _figure(d, k) for n, d in drawn.items()}, seed)
            for k, of in enumerate(groups)]  # fmt: skip
    official = drawn[measure]
    rows = _ranked(rows, official)
    best = _position(rows, against)
    if best is not None:
        rows = _compared(rows, official, best)
    done = {row.setup for row in rows}
    order = sorted(range(len(rows)), key=lambda k: _order(rows[k]))
    there = [k for k in order if rows[k].rank]
    pairs = all_pairs(Drawn(official.value[there], official.resampled[there]))
    return Board(
        card,
        measure,
        (*(rows[k] for k in order), *_without(card, failures, done)),
        tuple(_winners(rows, official)),
        "" if best is None else rows[best].label,
        tuple(_notes(card, rows)),
        tuple(map(tuple, pairs.tolist())),
    )


def _grouped(card: TaskCard, results: Iterable[Result]) -> list[list[Result]]:
    """Return the results of each setup, one for each seed, the newest where there are several."""
    groups: dict[Setup, dict[int, Result]] = defaultdict(dict)
    for result in results:
        if set(result.used) != set(card.candidates):
            raise WhorlError(f"{result.setup.name}: its result is not of {card.name}'s candidates")
        seeds = groups[result.setup]
        other = seeds.get(result.seed)
        if other is None or other.finished < result.finished:
            seeds[result.seed] = result
    names = {setup.name for setup in groups}
    counted = [[_constant(card, name)] for name in COUNTED if name not in names]
    ordered = sorted(groups, key=lambda setup: setup.model_dump_json())
    return [
        *([groups[setup][k] for k in sorted(groups[setup])] for setup in ordered),
        *(counted if groups else ()),
    ]


def _constant(card: TaskCard, name: str) -> Result:
    """Return what a trivial row says, where it was not run."""
    says = name == "all-used"
    reference: Reference = "reference" if card.reference else "none"
    return Result(
        key=name, task=card.digest, setup=Setup(name=name, reference=reference), seed=0,
        method="", rule="",
        used=dict.fromkeys(card.candidates, says), scores=dict.fromkeys(card.candidates, 0.0),
        null=None, threshold=None, cost=None, versions={}, finished="",
    )  # fmt: skip


def _said(card: TaskCard, result: Result) -> Said:
    """Return a result in the order of the candidates."""
    scores = result.scores
    return Said(
        np.array([result.used[i] for i in card.candidates], bool),
        None if scores is None else np.array([scores[i] for i in card.candidates], float),
    )


def _means(groups: Sequence[Sequence[Result]], drawn: dict[str, Drawn]) -> dict[str, Drawn]:
    """Return the mean of each setup's seeds, resample by resample."""
    starts = np.cumsum([0, *(len(of) for of in groups[:-1])])
    counts = np.array([len(of) for of in groups])
    return {
        name: Drawn(
            np.add.reduceat(of.value, starts) / counts,
            np.add.reduceat(of.resampled, starts, axis=0) / counts[:, None],
        )
        for name, of in drawn.items()
    }


def _figure(drawn: Drawn, k: int) -> Figure | None:
    """Return a row's figure with its interval."""
    if np.isnan(drawn.value[k]):
        return None
    low, high = _ends(drawn.resampled[k])
    return Figure(float(drawn.value[k]), low, high)


def _ends(values: Floats) -> tuple[float, float]:
    """Return the percentiles that hold 95 %; resamples without one of the classes do not count."""
    low, high = np.nanquantile(values, [TAIL, 1 - TAIL])
    return float(low), float(high)


def _row(card: TaskCard, of: Sequence[Result], found: dict[str, Figure | None], seed: int) -> Row:
    """Return a row that is not ranked yet."""
    first = of[0]
    return Row(
        setup=first.setup,
        variant=variant_of(first.setup, card),
        sees=sees(first.setup),
        figures=found,
        set_test=_set_test(card, first, seed),
        called_used=float(np.mean([sum(one.used.values()) for one in of])),
        seeds=len(of),
        cost=first.cost,
        paper_f1=first.paper_f1,
    )


def _set_test(card: TaskCard, result: Result, seed: int) -> SetTest | None:
    """Test whether the candidates score above the reference, by patient where these are known."""
    if result.null is None or result.scores is None:
        return None
    values = np.array([result.scores[i] for i in card.candidates])
    null = np.array(list(result.null.values()))
    known = result.setup.reference == "reference" and list(result.null) == list(card.reference)
    if known and card.patients is not None and card.reference_patients is not None:
        patients, others = np.array(card.patients), np.array(card.reference_patients)
        test = whole_set_test(
            {"score": (values, null)}, patients, others, seed=seed, permutations=PERMUTATIONS
        )
        return SetTest(test.p_value, "permuted patients")

    from scipy.stats import mannwhitneyu

    p_value = float(mannwhitneyu(values, null, alternative="greater").pvalue)
    return SetTest(p_value, "Mann–Whitney by image")


def _ranked(rows: Sequence[Row], official: Drawn) -> list[Row]:
    """Return the rows with their ranks; ties share, and those without a figure have none."""
    there = np.flatnonzero(~np.isnan(official.value))
    ranks = _ranks(official.value[there, None])[:, 0]
    drawn = _ranks(np.nan_to_num(official.resampled[there]))
    low = np.quantile(drawn, TAIL, axis=1, method="lower")
    high = np.quantile(drawn, 1 - TAIL, axis=1, method="higher")
    ranked = list(rows)
    for k, row in enumerate(there.tolist()):
        ranked[row] = replace(
            rows[row], rank=int(ranks[k]), rank_low=int(low[k]), rank_high=int(high[k])
        )
    return ranked


def _ranks(values: Floats) -> NDArray[np.int64]:
    """Return the rank of each row in each column, 1 = highest, equal ones alike."""
    from scipy.stats import rankdata

    rounded = np.round(-values / EQUAL) * EQUAL
    return rankdata(rounded, method="min", axis=0).astype(np.int64)


def _position(rows: Sequence[Row], against: str | None) -> int | None:
    """Return which row differences are to."""
    if against is not None:
        found = [k for k, row in enumerate(rows) if against in (row.label, row.setup.name)]
        if not found:
            raise WhorlError(f"--against {against}: no row has this name")
        return min(found, key=lambda k: (rows[k].sees is Sees.NOTHING, rows[k].rank or np.inf))
    able = [k for k, row in enumerate(rows) if row.sees is not Sees.CONTROL and row.rank]
    return min(able, key=lambda k: _order(rows[k]), default=None)


def _compared(rows: Sequence[Row], official: Drawn, best: int) -> list[Row]:
    """Return the rows with their differences to one of them, corrected for their number."""
    others = [k for k, row in enumerate(rows) if row.rank and k != best]
    found = [difference(official, k, best) for k in others]
    adjusted = holm(np.array([one.p_value for one in found])) if found else ()
    compared = list(rows)
    for k, one, p_value in zip(others, found, adjusted, strict=True):
        compared[k] = replace(rows[k], difference=replace(one, adjusted=float(p_value)))
    return compared


def difference(drawn: Drawn, row: int, other: int) -> Difference:
    """Compare two rows on the same resamples.

    The p-value is twice the share of resamples on whose other side of nothing the difference lies.
    """
    values = drawn.resampled[row] - drawn.resampled[other]
    values = values[~np.isnan(values)]
    tails = [(np.sum(side) + 1) / (len(values) + 1) for side in (values <= 0, values >= 0)]
    p_value = float(min(1.0, 2 * min(tails)))
    low, high = _ends(values)
    exact = float(drawn.value[row] - drawn.value[other])
    return Difference(exact, low, high, p_value, p_value)


def _winners(rows: Sequence[Row], official: Drawn) -> Iterable[Winner]:
    """Yield who is first in each group, and by how much."""
    ranked = sorted((k for k, row in enumerate(rows) if row.rank), key=lambda k: _order(rows[k]))
    control = next((k for k in ranked if rows[k].sees is Sees.CONTROL), None)
    for group in Sees:
        of = [k for k in ranked if rows[k].sees is group]
        if group is Sees.CONTROL or not of:
            continue
        first = [k for k in of if rows[k].rank == rows[of[0]].rank]
        behind = of[len(first) :]
        beaten = control is not None and (rows[control].rank or 0) <= (rows[of[0]].rank or 0)
        yield Winner(
            group,
            tuple(rows[k].label for k in first),
            float(official.value[first[0]]),
            rows[behind[0]].label if behind else "",
            difference(official, first[0], behind[0]) if behind else None,
            rows[control].label if control is not None and beaten else "",
        )


def _order(row: Row) -> tuple[float, str]:
    """Return what puts rows in order: rank, then name; those without a rank last."""
    return row.rank or np.inf, row.label


def _without(card: TaskCard, failures: Iterable[Failure], done: set[Setup]) -> Iterable[Row]:
    """Yield the rows of what left no result, in the order of their names."""
    seen = set(done)
    for failure in sorted(failures, key=lambda f: (f.kind, f.setup.name, f.seed)):
        if failure.setup not in seen:
            seen.add(failure.setup)
            setup = failure.setup
            reason = f"{failure.kind}: {failure.reason}"
            yield Row(setup, variant_of(setup, card), sees(setup), reason=reason)


def _notes(card: TaskCard, rows: Sequence[Row]) -> Iterable[str]:
    """Say what to know of a table."""
    truth = card.truth or ()
    patients = "images" if card.patients is None else f"{len(set(card.patients)):,} patients"
    yield (
        f"{len(truth):,} candidates, {sum(truth):,} used, {card.generated:,} generated images; "
        f"95 % intervals by resampling {patients}, the same for all rows"
    )
    if all(row.setup.name != "blind" for row in rows):
        yield (
            "The blind classifier was not run: whether real images alone give the answers away "
            "is not known"
        )
