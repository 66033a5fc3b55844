"""What stands behind a row of a leaderboard: its method, where it errs, what it shows best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from whorl.benchmarking.cards import TaskCard
from whorl.benchmarking.resampling import MEASURES
from whorl.benchmarking.result import Result
from whorl.benchmarking.rows import Row
from whorl.evaluation import LABELS
from whorl.runs import CATALOGUE

HARDEST = 3
"""How many images of each class are shown that a method judges worst."""


def method_card(row: Row, card: TaskCard, result: Result | None) -> dict[str, Any]:
    """Return what a row unfolds to, as values that JSON can carry.

    Parameters
    ----------
    row : Row
        Of the task's table.
    card : TaskCard
        The task, whose truth is known.
    result : Result or None
        What the row was made of, of several seeds the first; None for a row that was counted, or
        that failed.

    Returns
    -------
    dict
        ``summary``, ``facts`` (name → text), ``figures`` (name → value, low, high), ``confusion``
        (used and called used, used and not called, not used but called, neither), ``used`` and
        ``not_used`` (the worst judged: id, and how many candidates score higher), ``best`` (the
        one that scores highest: id, and whether it was used). The last four are None or empty
        where there are no decisions, or no scores that differ.
    """
    scores = None if result is None else result.scores
    differ = scores is not None and len(set(scores.values())) > 1
    return {
        "summary": _summary(row),
        "facts": _facts(row, result),
        "figures": [[LABELS[name], figure.value, figure.low, figure.high] for name in MEASURES
                    if (figure := (row.figures or {}).get(name)) is not None],
        "confusion": None if result is None else _confusion(card, result),
        **(hardest(card, scores) if scores and differ else
           {"used": [], "not_used": [], "best": None}),
    }  # fmt: skip


def hardest(card: TaskCard, scores: dict[str, float]) -> dict[str, Any]:
    """Return whom scores judge worst, and whom they judge most surely.

    Examples
    --------
    >>> from whorl.benchmarking.comparing import truth_card
    >>> from whorl.tasks.view import Truth
    >>> card = truth_card(Truth({"a": True, "b": True, "c": False, "d": False}))
    >>> found = hardest(card, {"a": 9.0, "b": 1.0, "c": 5.0, "d": 0.0})
    >>> found["used"][0], found["not_used"][0], found["best"]
    (['b', 2], ['c', 1], {'id': 'a', 'used': True})
    """
    values = np.array([scores[i] for i in card.candidates])
    truth = np.array(card.truth, bool)
    above = (values[:, None] < values[None, :]).sum(axis=1)
    order = np.argsort(-values, kind="stable")
    missed = [k for k in order[::-1].tolist() if truth[k]][:HARDEST]
    taken = [k for k in order.tolist() if not truth[k]][:HARDEST]
    first = int(order[0])
    return {
        "used": [[card.candidates[k], int(above[k])] for k in missed],
        "not_used": [[card.candidates[k], int(above[k])] for k in taken],
        "best": {"id": card.candidates[first], "used": bool(truth[first])},
    }


def _summary(row: Row) -> str:
    """Say what a method does."""
    setup = row.setup
    entry = CATALOGUE.get(setup.name)
    if setup.needs is None:
        return f"A run file that {setup.team} sent."
    if entry is None or entry.team != setup.team:
        return "Not in the catalogue."
    return f"{entry.summary[:1].upper()}{entry.summary[1:].rstrip('.')}."


def _facts(row: Row, result: Result | None) -> dict[str, str]:
    """Return how a method was set, and what it took."""
    setup, cost = row.setup, row.cost
    entry = CATALOGUE.get(setup.name) if setup.needs is not None else None
    said = {
        "needs": "" if setup.needs is None else ", ".join(setup.needs),
        "saw as reference": "" if setup.needs is None else setup.reference.replace("_", " "),
        "budget": setup.budget if setup.needs is not None else "",
        "weights": setup.weights or "",
        "seeds": f"{row.seeds}" if row.seeds > 1 else "",
        "took": "" if cost is None else _took(row),
        "fidelity": str(entry.fidelity or "") if entry else "",
        "paper": entry.citation if entry else "",
        "notes": " ".join(result.notes) if result else "",
        "method": result.method if result else "",
        "rule": result.rule if result else "",
        "made by": "" if result is None else _versions(result),
    }
    return {name: text for name, text in said.items() if text}


def _took(row: Row) -> str:
    """Say what a run took."""
    cost = row.cost
    if cost is None:
        return ""
    memory = "" if cost.peak_mb is None else f", {cost.peak_mb:,.0f} MB at most"
    threads = "1 thread" if cost.threads == 1 else f"{cost.threads} threads"
    return (f"{cost.seconds:,.1f} s, {cost.cpu_seconds:,.1f} s of processor time{memory}; "
            f"{cost.device}, {threads}")  # fmt: skip


def _versions(result: Result) -> str:
    """Say with which versions a result was made."""
    return ", ".join(f"{name} {version}" for name, version in result.versions.items())


def _confusion(card: TaskCard, result: Result) -> list[int]:
    """Count the four kinds of answers."""
    pairs: Sequence[tuple[bool, bool]] = [
        (used, result.used[i]) for i, used in zip(card.candidates, card.truth or (), strict=True)
    ]
    return [
        pairs.count(kind) for kind in ((True, True), (True, False), (False, True), (False, False))
    ]
