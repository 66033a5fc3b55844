"""Results to a leaderboard: a table for each task, and one over all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whorl.benchmarking.board import task_board
from whorl.benchmarking.cards import TaskCard
from whorl.benchmarking.overall import BANDS, OverallRow, band, overall
from whorl.benchmarking.resampling import MEASURES, RESAMPLES
from whorl.benchmarking.result import Failure, Result
from whorl.benchmarking.rows import Board, Row
from whorl.benchmarking.store import Store
from whorl.errors import WhorlError
from whorl.extras import imported
from whorl.tasks.edition import UNTOLD, edition_named

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Leaderboard:
    """Methods ranked, task by task and over all tasks.

    Attributes
    ----------
    measure : str
        What they are ranked by.
    boards : tuple of Board
        One for each task whose truth is known.
    overall : tuple of OverallRow
        Empty unless there are several.
    untold : tuple of str
        Names of the tasks whose truth is not known.
    """

    measure: str
    boards: tuple[Board, ...]
    overall: tuple[OverallRow, ...]
    untold: tuple[str, ...]

    def to_records(self) -> list[dict[str, Any]]:
        """Return one flat record a row of each task's table, all with the same names."""
        return [_record(board, row) for board in self.boards for row in board.rows]

    def to_overall_records(self) -> list[dict[str, Any]]:
        """Return one flat record a run over all tasks, all with the same names."""
        return [self._overall_record(row) for row in self.overall]

    def to_pandas(self) -> pd.DataFrame:
        """Return :meth:`to_records` as a pandas data frame.

        Raises
        ------
        NeedError
            If pandas is not installed.
        """
        frame: pd.DataFrame = imported("pandas", "notebook", "a data frame").DataFrame(
            self.to_records()
        )
        return frame

    def _overall_record(self, row: OverallRow) -> dict[str, Any]:
        """Return a run over all tasks as a flat record."""
        kinds = dict.fromkeys(one.card.generator for one in self.boards)
        shares = {band(one.card.memorised) for one in self.boards}
        return {
            "name": row.label,
            "sees": str(row.sees),
            "mean_rank": row.mean_rank,
            "win_rate": row.win_rate,
            "tried": row.tried,
            "failed": row.failed,
            **{f"{self.measure} on {b.card.name}": row.by_task.get(b.card.name)
               for b in self.boards},
            **{f"{self.measure}, {kind}": row.by_generator.get(kind) for kind in kinds},
            **{f"{self.measure}, memorised {share}": row.by_memorised.get(share)
               for share in BANDS if share in shares},
        }  # fmt: skip


def leaderboard(
    cards: Iterable[TaskCard],
    results: Iterable[Result],
    failures: Iterable[Failure] = (),
    *,
    measure: str | None = None,
    against: str | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Leaderboard:
    """Rank results: a pure function of them, the tasks' cards and the seed.

    Parameters
    ----------
    cards : iterable of TaskCard
        The tasks.
    results, failures : iterables of Result and of Failure
        Each of one of these tasks.
    measure : str or None
        One of ``MEASURES``; None = the official one of the tasks' edition.
    against : str or None
        Whom differences are to, by label or name, as :func:`task_board` has it; None = each
        task's best that is no control.
    seed, resamples : int
        Of the bootstrap.

    Raises
    ------
    WhorlError
        If there is no such measure or row, a result is of a task without a card, or no measure is
        given and the tasks' editions have several.
    """
    cards, results, failures = tuple(cards), tuple(results), tuple(failures)
    measure = measure or _official(cards)
    if measure not in MEASURES:
        raise WhorlError(f"--measure {measure}: is none of {', '.join(MEASURES)}")
    known = {card.digest for card in cards}
    for result in results:
        if result.task not in known:
            raise WhorlError(
                f"{result.setup.name}: its task has no card: run whorl benchmark with it again"
            )
    boards = tuple(
        task_board(
            card,
            (result for result in results if result.task == card.digest),
            (failure for failure in failures if failure.task == card.digest),
            measure=measure,
            against=against,
            seed=seed,
            resamples=resamples,
        )
        for card in cards
        if card.truth is not None
    )
    return Leaderboard(
        measure,
        boards,
        overall(boards) if len(boards) > 1 else (),
        tuple(card.name for card in cards if card.truth is None),
    )


def _official(cards: Iterable[TaskCard]) -> str:
    """Return the official measure of the tasks' editions."""
    measures = {edition_named(card.edition).measure: card.edition for card in cards}
    if len(measures) > 1:
        both = " and ".join(f"{name} of {edition}" for name, edition in sorted(measures.items()))
        raise WhorlError(f"--measure: the tasks' editions rank by {both}: say which")
    return next(iter(measures), UNTOLD.measure)


def read_leaderboard(
    folder: Path | str, *, measure: str | None = None, against: str | None = None, seed: int = 0
) -> Leaderboard:
    """Rank what a benchmark's folder holds.

    Raises
    ------
    WhorlError
        If it holds no task's card, or as :func:`leaderboard` does.
    """
    store = Store(Path(folder))
    cards = store.cards()
    if not cards:
        raise WhorlError(f"{folder}: holds no benchmark: whorl benchmark TASK --out {folder}")
    return leaderboard(
        cards, store.results(), store.failures(), measure=measure, against=against, seed=seed
    )


def _record(board: Board, row: Row) -> dict[str, Any]:
    """Return a row as a flat record."""
    difference, cost, test = row.difference, row.cost, row.set_test
    record: dict[str, Any] = {
        "task": board.card.name,
        "generator": board.card.generator,
        "memorised": board.card.memorised,
        "rank": row.rank,
        "rank_low": row.rank_low,
        "rank_high": row.rank_high,
        "name": row.setup.name,
        "variant": row.variant,
        "team": row.setup.team,
        "sees": str(row.sees),
        "budget": row.setup.budget,
        "weights": row.setup.weights,
        "candidates": len(board.card.candidates),
        "called_used": row.called_used if row.rank else None,
        "seeds": row.seeds,
    }
    for name in MEASURES:
        figure = (row.figures or {}).get(name)
        record[name] = None if figure is None else figure.value
        record[f"{name}_low"] = None if figure is None else figure.low
        record[f"{name}_high"] = None if figure is None else figure.high
    return record | {
        "compared_with": board.against if difference else None,
        "difference": difference.value if difference else None,
        "difference_low": difference.low if difference else None,
        "difference_high": difference.high if difference else None,
        "p_value": difference.p_value if difference else None,
        "p_value_holm": difference.adjusted if difference else None,
        "set_p_value": test.p_value if test else None,
        "set_test": test.test if test else None,
        "paper_f1": row.paper_f1,
        "seconds": cost.seconds if cost else None,
        "cpu_seconds": cost.cpu_seconds if cost else None,
        "peak_mb": cost.peak_mb if cost else None,
        "device": cost.device if cost else None,
        "reason": row.reason or None,
    }
