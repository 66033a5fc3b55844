"""Run files compared with a truth, without a benchmark's folder: ranked, with paired intervals."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from whorl.benchmarking.board import task_board
from whorl.benchmarking.cards import TaskCard
from whorl.benchmarking.resampling import MEASURES
from whorl.benchmarking.result import Result, Setup
from whorl.benchmarking.rows import Board, Row
from whorl.benchmarking.tables import difference_of, figure_of, markdown_table, rank_of
from whorl.errors import WhorlError
from whorl.evaluation import LABELS
from whorl.formulas import neutral
from whorl.images import digest_of
from whorl.tasks.view import Truth

TRIVIAL = ("all-used", "none-used")


@dataclass(frozen=True)
class RunFile:
    """What a run file says.

    Attributes
    ----------
    name : str
        What the table calls it.
    used : mapping of str to bool
        Candidate id → True (said to be used) or False.
    scores : mapping of str to float, or None
        Candidate id → finite score, where they are known.
    """

    name: str
    used: Mapping[str, bool]
    scores: Mapping[str, float] | None = None


@dataclass(frozen=True)
class Comparison:
    """Run files ranked.

    Attributes
    ----------
    board : Board
        The ranked rows, the trivial ones among them.
    faults : mapping of str to str
        Name of a file that cannot be ranked → why.
    """

    board: Board
    faults: Mapping[str, str]

    def to_records(self) -> list[dict[str, Any]]:
        """Return one flat record a row, the files at fault last, all with the same names."""
        records = [*map(_record, self.board.rows)]
        blank = dict.fromkeys(records[0])
        return [*records, *(blank | {"run": n, "fault": why} for n, why in self.faults.items())]


def compare(
    runs: Sequence[RunFile],
    truth: Truth,
    faults: Mapping[str, str] | None = None,
    *,
    measure: str = "f1",
    seed: int = 0,
) -> Comparison:
    """Rank run files, with the trivial rows, on the same resamples of the candidates.

    Parameters
    ----------
    runs : sequence of RunFile
        At least one; of the truth's candidates, and each with a name of its own.
    truth : Truth
        Which candidates were used.
    faults : mapping of str to str, or None
        Files that could not be read → why.
    measure : str
        What ranks, one of :data:`~whorl.benchmarking.resampling.MEASURES`.
    seed : int
        Seeds the bootstrap.

    Raises
    ------
    WhorlError
        If there is no such measure, there is no run, or a run names other images than the truth.

    Examples
    --------
    >>> truth = Truth({"a": True, "b": True, "c": False, "d": False})
    >>> runs = [RunFile("best.csv", truth.used), RunFile("worse.csv", {**truth.used, "c": True})]
    >>> found = compare(runs, truth, {"broken.csv": "line 3: is empty"})
    >>> [(row["rank"], row["run"], row["fault"]) for row in found.to_records()]
    ... # doctest: +NORMALIZE_WHITESPACE
    [(1, 'best.csv', None), (2, 'worse.csv', None), (3, 'all-used', None), (4, 'none-used', None),
     (None, 'broken.csv', 'line 3: is empty')]
    """
    if measure not in MEASURES:
        raise WhorlError(f"--measure {measure}: is none of {', '.join(MEASURES)}")
    if not runs:
        raise WhorlError("none of the files can be ranked")
    card = truth_card(truth)
    results = [
        Result(
            key=run.name, task=card.digest, setup=Setup(name=run.name, team="", needs=None), seed=0,
            method="", rule="", used=dict(run.used),
            scores=None if run.scores is None else dict(run.scores), null=None, threshold=None,
            cost=None, versions={}, finished="",
        )
        for run in runs
    ]  # fmt: skip
    return Comparison(task_board(card, results, measure=measure, seed=seed), dict(faults or {}))


def truth_card(truth: Truth) -> TaskCard:
    """Return the card of a task of which nothing is known but the answers."""
    ids = tuple(truth.used)
    return TaskCard(
        digest=digest_of(ids), name="truth", height=1, width=1, candidates=ids, reference=(),
        generated=0, development=None, truth=tuple(truth.used.values()), patients=None,
        reference_patients=None, generator="unknown", memorised=None,
    )  # fmt: skip


def comparison_table(
    found: Comparison, measures: Sequence[str] = MEASURES
) -> tuple[list[str], list[list[str]]]:
    """Return the head and the cells of the table; measures that no run has are left out.

    Parameters
    ----------
    found : Comparison
        What to show.
    measures : sequence of str
        What to show beside the measure that ranks.
    """
    board = found.board
    others = [name for name in _beside(board) if name in measures]
    to = board.against.removeprefix(": ")
    head = ["rank ↓", "run", *(f"{LABELS[name]} ↑" for name in (board.measure, *others)),
            f"difference to {to}" if to else "difference", "p"]  # fmt: skip
    rows = []
    for row in board.rows:
        figures = [figure_of(row, name, name == board.measure) for name in (board.measure, *others)]
        rows.append([rank_of(row), row.setup.name, *figures, *difference_of(row.difference)])
    return head, rows


def comparison_markdown(found: Comparison) -> str:
    """Return the table, and what is wrong with the files that are not in it."""
    truth = found.board.card.truth or ()
    lines = [*markdown_table(*comparison_table(found)), "", sentence(found)]
    if found.faults:
        lines += ["", "Not ranked:", ""]
        lines += [f"- {name}: {why.replace(chr(10), ' ')}" for name, why in found.faults.items()]
    return "\n".join([f"{len(truth):,} candidates, {sum(truth):,} used.", "", *lines]) + "\n"


def comparison_csv(found: Comparison) -> str:
    """Return all figures, one line a run, with a header."""
    text = io.StringIO()
    records = found.to_records()
    writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: neutral(v) for k, v in record.items()} for record in records)
    return text.getvalue()


def sentence(found: Comparison) -> str:
    """Say how to read the table."""
    to = found.board.against.removeprefix(": ")
    return (
        "↑ higher is better, ↓ lower is better; in brackets 95 % intervals from the same resamples "
        f"for all runs, drawn within each class. Difference: to {to}; p: of no difference, "
        "two-sided, corrected for all comparisons (Holm)."
    )


def _beside(board: Board) -> Iterator[str]:
    """Yield the measures beside the first that some run has."""
    for name in MEASURES:
        trivial = [row.setup.name in TRIVIAL and row.setup.team == "whorl" for row in board.rows]
        runs = [row for row, other in zip(board.rows, trivial, strict=True) if not other]
        if name != board.measure and any((row.figures or {}).get(name) for row in runs):
            yield name


def _record(row: Row) -> dict[str, Any]:
    """Return a row as a flat record."""
    record: dict[str, Any] = {
        "rank": row.rank,
        "rank_low": row.rank_low,
        "rank_high": row.rank_high,
        "run": row.setup.name,
        "called_used": int(row.called_used),
    }
    for name in MEASURES:
        figure = (row.figures or {}).get(name)
        record[name] = figure and figure.value
        record[f"{name}_low"] = figure and figure.low
        record[f"{name}_high"] = figure and figure.high
    other = row.difference
    return record | {
        "difference": other and other.value,
        "difference_low": other and other.low,
        "difference_high": other and other.high,
        "p_value": other and other.p_value,
        "p_value_holm": other and other.adjusted,
        "fault": None,
    }
