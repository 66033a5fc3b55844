"""The leaderboard as a page: first a plain dict, then HTML that needs nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from whorl.benchmarking.cards import TaskFolder
from whorl.benchmarking.leaderboard import Leaderboard
from whorl.benchmarking.resampling import MEASURES
from whorl.benchmarking.result import Result, Setup
from whorl.benchmarking.rows import Board, Row, Sees
from whorl.benchmarking.tables import LEGEND, breakdown_table, overall_table, p_of, sentence_of
from whorl.errors import WhorlError
from whorl.evaluation import LABELS
from whorl.report.methodcards import method_card
from whorl.report.render import environment, own_file, policy_hash
from whorl.report.taskpictures import task_pictures
from whorl.version import __version__
from whorl.visible import all_visible

CURVES = 5  # methods whose ROC curves are drawn, and the blind classifier's
MAPPED = 20  # methods in the map of pairs
LEVELS = (0.001, 0.01, 0.05)
LEAST_RATE = 0.001
BENDS = 24

Point = tuple[float, float]


def leaderboard_data(
    board: Leaderboard, results: Iterable[Result], folders: Iterable[TaskFolder] = ()
) -> dict[str, Any]:
    """Return all that the page shows, as values that JSON can carry.

    Parameters
    ----------
    board : Leaderboard
        The ranks.
    results : iterable of Result
        What they were made of: gives ROC curves, confusion matrices, and whom a method judges
        worst.
    folders : iterable of TaskFolder
        Tasks whose images are shown, small: those that some method judges worst or most surely.

    Raises
    ------
    WhorlError
        If a folder holds none of the tasks that are ranked.
    """
    every = tuple(results)
    roots = _roots(board, folders)
    boards = [
        _board(one, [r for r in every if r.task == one.card.digest], roots.get(one.card.digest))
        for one in board.boards
    ]
    head, rows = overall_table(board)
    kinds = breakdown_table(board)
    return {
        "version": __version__,
        "measure": LABELS[board.measure],
        "legend": LEGEND,
        "boards": boards,
        "overall": {"head": head, "rows": rows} if board.overall else None,
        "breakdown": None if kinds is None else {"head": kinds[0], "rows": kinds[1]},
        "untold": list(board.untold),
        "teams": sorted({row["team"] for one in boards for row in one["rows"]}),
        "sees": [str(kind) for kind in Sees
                 if any(row["sees"] == kind for one in boards for row in one["rows"])],
    }  # fmt: skip


def render_leaderboard(data: dict[str, Any]) -> str:
    """Return the page of what :func:`leaderboard_data` returned.

    Its content security policy lets only its own style and script run; nothing is fetched.
    """
    style = own_file("report.css") + own_file("leaderboard.css")
    script = own_file("leaderboard.js")
    return (
        environment()
        .get_template("leaderboard.html.j2")
        .render(
            all_visible(data),
            style=Markup(style),  # noqa: S704 (our own file)
            script=Markup(script),  # noqa: S704 (our own file)
            style_hash=policy_hash(style),
            script_hash=policy_hash(script),
        )
    )


def roc_curve(scores: Sequence[float], used: Sequence[bool]) -> list[Point]:
    """Return the corners of an ROC curve, from (0, 0) to (1, 1).

    Examples
    --------
    >>> roc_curve([3, 2, 1], [True, False, True])
    [(0.0, 0.0), (0.0, 0.5), (1.0, 0.5), (1.0, 1.0)]
    """
    values, truth = np.asarray(scores, float), np.asarray(used, bool)
    order = np.argsort(-values, kind="stable")
    last = np.flatnonzero(np.diff(values[order], append=-np.inf))
    true = np.r_[0, np.cumsum(truth[order])[last]] / max(truth.sum(), 1)
    false = np.r_[0, np.cumsum(~truth[order])[last]] / max((~truth).sum(), 1)
    return list(zip(false.tolist(), true.tolist(), strict=True))


def _roots(board: Leaderboard, folders: Iterable[TaskFolder]) -> dict[str, Path]:
    """Return where the images of tasks lie."""
    known = {one.card.digest for one in board.boards}
    roots = {}
    for folder in folders:
        if folder.card.digest not in known:
            raise WhorlError(f"{folder.root}: its images are of no task that is ranked here")
        roots[folder.card.digest] = folder.root
    return roots


def _board(board: Board, results: Sequence[Result], root: Path | None) -> dict[str, Any]:
    """Return what is shown of one task."""
    card = board.card
    first = {r.setup: r for r in sorted(results, key=lambda r: (-r.seed, r.finished))}
    cards = [method_card(row, card, first.get(row.setup)) for row in board.rows]
    measures = (board.measure, *(name for name in MEASURES if name != board.measure))
    ranked = [row for row in board.rows if row.rank]
    best_trivial = [row for row in ranked if row.setup.name == "all-used"]
    return {
        "name": card.name,
        "facts": {
            "candidates": len(card.candidates),
            "used": sum(card.truth or ()),
            "generated": card.generated,
            "reference": len(card.reference),
            "development": sum(card.development or ()),
            "generator": card.generator,
            "memorised": None if card.memorised is None else f"{card.memorised:.0%}",
        },
        "notes": list(board.notes),
        "winners": [sentence_of(winner, board) for winner in board.winners],
        "head": [LABELS[name] for name in measures],
        "against": board.against,
        "trivial": max((_value(row, board.measure) or 0.0 for row in best_trivial), default=0.0),
        "scale": _scale(ranked, board.measure),
        "rows": [_row(row, measures) | {"card": one}
                 for row, one in zip(board.rows, cards, strict=True)],
        "pictures": _pictures(root, cards),
        "roc": _roc(board, ranked, first),
        "pairs": _pairs(board, ranked),
    }  # fmt: skip


def _pictures(root: Path | None, cards: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the images that cards show, none where the task is not at hand."""
    if root is None:
        return {"candidates": {}, "nearest": {}}
    shown = {image_id for card in cards for image_id, _ in (*card["used"], *card["not_used"])}
    best = {card["best"]["id"] for card in cards if card["best"]}
    return asdict(task_pictures(root, shown, best))


def _scale(rows: Sequence[Row], measure: str) -> dict[str, Any]:
    """Return the axis of the intervals: from nothing, or below, to 1."""
    figures = [figure for row in rows if (figure := (row.figures or {})[measure]) is not None]
    low = math.floor(10 * min(0.0, *(figure.low for figure in figures), 0.0)) / 10
    return {"low": low, "high": 1.0, "ticks": [0, 0.5, 1] if low == 0 else [low, 0, 0.5, 1]}


def _row(row: Row, measures: Sequence[str]) -> dict[str, Any]:
    """Return what is shown of one row."""
    difference, cost = row.difference, row.cost
    return {
        "label": row.label,
        "team": row.setup.team,
        "sees": str(row.sees),
        "control": row.sees is Sees.CONTROL,
        "rank": row.rank,
        "ranks": None if row.rank is None else [row.rank_low, row.rank_high],
        "figures": [_figure(row, name) for name in measures],
        "difference": None if difference is None else
            [difference.value, difference.low, difference.high],
        "p_value": None if difference is None else difference.adjusted,
        "p": "" if difference is None else p_of(difference.adjusted),
        "set_p_value": None if row.set_test is None else row.set_test.p_value,
        "set_p": "" if row.set_test is None else p_of(row.set_test.p_value),
        "called_used": row.called_used,
        "seconds": None if cost is None else cost.seconds,
        "paper_f1": row.paper_f1,
        "reason": row.reason,
    }  # fmt: skip


def _figure(row: Row, name: str) -> list[float] | None:
    """Return a figure and its interval."""
    figure = (row.figures or {}).get(name)
    return None if figure is None else [figure.value, figure.low, figure.high]


def _value(row: Row, name: str) -> float | None:
    """Return a figure."""
    figure = (row.figures or {}).get(name)
    return None if figure is None else figure.value


def _roc(
    board: Board, ranked: Sequence[Row], first: Mapping[Setup, Result]
) -> dict[str, Any] | None:
    """Return the curves of the highest AUC and of the blind classifier, on log axes."""
    able = [row for row in ranked if _value(row, "auc") is not None and row.setup in first]
    able.sort(key=lambda row: -(_value(row, "auc") or 0.0))
    chosen = [row for row in able if row.sees is not Sees.CONTROL][:CURVES]
    chosen += [row for row in able if row.setup.name == "blind"][:1]
    truth = board.card.truth or ()
    used = sum(truth)
    if not chosen or used in (0, len(truth)):
        return None
    rarest = max(LEAST_RATE, min(1 / used, 1 / (len(truth) - used)) / 2)
    decades = math.ceil(-math.log10(rarest))
    curves = []
    for k, row in enumerate(chosen, 1):
        scores = first[row.setup].scores or {}
        points = roc_curve([scores[i] for i in board.card.candidates], truth)
        curves.append({"label": row.label, "auc": _value(row, "auc"),
                       "colour": "blind" if row.sees is Sees.CONTROL else f"c{k}",
                       "path": _path(points, rarest)})  # fmt: skip
    ticks = [10.0**-k for k in range(decades + 1) if 10.0**-k >= rarest]
    return {
        "curves": curves,
        "ticks": [[f"{100 * tick:g}", 100 * (1 - math.log10(tick) / math.log10(rarest))]
                  for tick in ticks],
        "chance": _path([(rarest, rarest), (1.0, 1.0)], rarest),
    }  # fmt: skip


def _path(points: Sequence[Point], rarest: float) -> str:
    """Return an SVG path on log axes, in a square of 100; what is rarer than `rarest` is its edge.

    Where both rates change at once, as where scores are tied, the line between is bent by the axes.
    """

    def at(rate: float) -> float:
        return 100 * (1 - math.log10(max(rate, rarest)) / math.log10(rarest))

    bent = [points[0]]
    for (false, true), (next_false, next_true) in pairwise(points):
        steps = BENDS if next_false > false and next_true > true else 1
        shares = [k / steps for k in range(1, steps + 1)]
        bent += [(false + s * (next_false - false), true + s * (next_true - true)) for s in shares]
    parts = [f"{at(false):.2f} {100 - at(true):.2f}" for false, true in bent]
    return f"M{'L'.join(parts)}"


def _pairs(board: Board, ranked: Sequence[Row]) -> dict[str, Any] | None:
    """Return the map of pairs: for each, whether the upper is ahead by more than luck."""
    shown = list(range(min(len(ranked), MAPPED)))
    if len(shown) < 2:
        return None
    levels = [[sum(board.pairs[i][j] <= level for level in LEVELS) for j in shown] for i in shown]
    return {
        "labels": [ranked[k].label for k in shown],
        "levels": levels,
        "p": [[p_of(board.pairs[i][j]) for j in shown] for i in shown],
        "left_out": len(ranked) - len(shown),
    }
