"""The overview paper of 2023 redone: its tables and figures, each beside what was published."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from whorl.benchmarking.board import task_board
from whorl.benchmarking.cards import TaskCard, TaskFolder
from whorl.benchmarking.paper import COUNTS, ERRATA, TEAMS, WHERE, published
from whorl.benchmarking.result import Result
from whorl.benchmarking.rows import Board, Row
from whorl.benchmarking.store import Store
from whorl.benchmarking.tables import NONE
from whorl.building.sheet import save_task_sheet
from whorl.evaluation import Counts, trivial_rows
from whorl.files import write_text
from whorl.formulas import neutral
from whorl.runs import Entry
from whorl.tasks.edition import edition_named
from whorl.tasks.runfile import write_run

PAGE, TABLE, AGREEMENT = "paper.md", "table2.csv", "agreement.csv"
FIGURE1, FIGURE2 = "figure1.png", "figure2.svg"
CELL, GAP, TOP = 74, 26, 46


def write_published(out: Path | str) -> None:
    """Write what was published alone, for those who do not have the data."""
    parts = [*_start(), f"{WHERE}.", "", *_table2({}), *_errata()]
    write_text(Path(out) / PAGE, "\n".join(parts) + "\n")
    write_text(Path(out) / TABLE, _csv(_lines({})))


def write_reproduction(folder: TaskFolder, benchmark: Path | str, out: Path | str) -> None:
    """Write the paper's tables and figures from a benchmark of its runs.

    Parameters
    ----------
    folder : TaskFolder
        The official data.
    benchmark : path
        Folder of the benchmark's results.
    out : path
        Folder to write to: the page, Table 2 as CSV, Figure 1, each run's file; with the truth
        Figure 2, without it how far the runs agree.
    """
    out, store, card = Path(out), Store(Path(benchmark)), folder.card
    edition = edition_named(card.edition)
    results = [r for r in store.results() if r.task == card.digest and r.seed == 0]
    latest = {r.setup.name: r for r in sorted(results, key=lambda r: r.finished)}
    ordered = {e.name: latest[e.name] for e in published() if e.name in latest}
    for name, result in ordered.items():
        said = [result.used[i] for i in card.candidates]
        write_run(out / "runs" / f"{name}.csv", card.candidates, said, edition)
    save_task_sheet(folder.root, out / FIGURE1)
    parts = [*_start(), "", "## Figure 1", "", f"![Real images beside generated ones]({FIGURE1})"]
    rows: Mapping[str, Row] = {}
    if card.truth is not None:
        board = task_board(card, latest.values(),
                           [f for f in store.failures() if f.task == card.digest])  # fmt: skip
        rows = {row.setup.name: row for row in reversed(board.rows)}
        write_text(out / FIGURE2, _figure2(card, ordered))
        parts += ["", *_table2(rows), *_trivial(board), *_confusion(card, ordered)]
    else:
        write_text(out / AGREEMENT, _agreement(card, ordered))
        parts += ["", *_agreed(card, ordered), "", *_table2({})]
    write_text(out / PAGE, "\n".join([*parts, *_errata()]) + "\n")
    write_text(out / TABLE, _csv(_lines(rows)))


def counts_of(card: TaskCard, result: Result) -> Counts:
    """Return the confusion table of a result on a task whose truth is known."""
    truth = np.array(card.truth, bool)
    said = np.array([result.used[i] for i in card.candidates], bool)
    return Counts(*(int(np.sum(part)) for part in
                    (said & truth, said & ~truth, ~said & truth, ~said & ~truth)))  # fmt: skip


def best_runs() -> dict[str, Entry]:
    """Return each team's best run by Table 2.

    Examples
    --------
    >>> best_runs()["GAN-ISI"].name
    'gan-isi-5'
    """
    best: dict[str, Entry] = {}
    for entry in published():
        best.setdefault(entry.team, entry)
    return best


def _start() -> list[str]:
    """Return the page's beginning, with Table 1."""
    lines = ["# ImageCLEFmedical GANs 2023, redone", "", "## Table 1", "",
             "| team | institution | country |", "|---|---|---|"]  # fmt: skip
    return [*lines, *(f"| {' | '.join(team)} |" for team in TEAMS), ""]


def _errata() -> list[str]:
    """Return where the paper errs."""
    return ["", "## Where the paper errs", "", *(f"- {sentence}" for sentence in ERRATA)]


def _lines(rows: Mapping[str, Row]) -> list[dict[str, object]]:
    """Return Table 2, line by line, beside our own figures."""
    lines: list[dict[str, object]] = []
    for rank, entry in enumerate(published(), 1):
        row = rows.get(entry.name)
        figure = ((row.figures if row else None) or {}).get("f1")
        paper = entry.paper_f1 or 0.0
        lines.append({
            "rank": rank,
            "team": entry.team,
            "run": entry.name,
            "paper_f1": paper,
            "f1": None if figure is None else figure.value,
            "low": None if figure is None else figure.low,
            "high": None if figure is None else figure.high,
            "difference": None if figure is None else figure.value - paper,
            "fidelity": str(entry.fidelity or ""),
            "setting": row.variant if row else "",
            "reason": row.reason if row else "",
        })  # fmt: skip
    return lines


def _csv(lines: Sequence[Mapping[str, object]]) -> str:
    """Return lines as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: neutral(v) for k, v in line.items()} for line in lines)
    return text.getvalue()


def _table2(rows: Mapping[str, Row]) -> list[str]:
    """Return Table 2 as Markdown."""
    head = ("rank", "team", "run", "F1 in the paper", "F1 here (95 %)", "difference", "fidelity",
            "here")  # fmt: skip
    lines = ["## Table 2", "", f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for line in _lines(rows):
        here, difference = NONE, NONE
        if line["f1"] is not None:
            here = f"{line['f1']:.3f} ({line['low']:.3f}–{line['high']:.3f})"
            difference = f"{line['difference']:+.3f}"
        said = str(line["setting"] or "") + (f" {line['reason']}" if line["reason"] else "")
        cells = (line["rank"], line["team"], f"`{line['run']}`", f"{line['paper_f1']:.3f}", here,
                 difference, line["fidelity"], said.strip().replace("\n", " "))  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def _trivial(board: Board) -> list[str]:
    """Return what the trivial rows score."""
    truth = board.card.truth or ()
    values = trivial_rows(sum(truth), len(truth) - sum(truth))
    said = ", ".join(f"{row} {found['f1']:.3f}" for row, found in values.items())
    return ["", f"For comparison, F1 of what looks at no image: {said}."]


def _confusion(card: TaskCard, results: Mapping[str, Result]) -> list[str]:
    """Return Figure 2 and its numbers, beside those that are known of the paper."""
    lines = ["", "## Figure 2", "", f"![Confusion matrices]({FIGURE2})", "",
             "| team | run | TP | FP | FN | TN | in 2023 |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    for team, entry in best_runs().items():
        found = results.get(entry.name)
        ours = [NONE] * 4 if found is None else [str(int(k)) for k in counts_of(card, found)]
        known = COUNTS.get(entry.name)
        then = NONE if known is None else ", ".join(str(k) for k in known)
        lines.append(f"| {team} | `{entry.name}` | {' | '.join(ours)} | {then} |")
    return lines


def _figure2(card: TaskCard, results: Mapping[str, Result]) -> str:
    """Return each team's best run as a confusion matrix, as SVG; axes as in the paper."""
    runs = [(team, entry.name) for team, entry in best_runs().items() if entry.name in results]
    width = GAP + 4 * (2 * CELL + GAP)
    height = (len(runs) + 3) // 4 * (2 * CELL + TOP + GAP) + GAP
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
             f'font-family="sans-serif" font-size="13">',
             f'<rect width="{width}" height="{height}" fill="#fff"/>']  # fmt: skip
    for k, (team, name) in enumerate(runs):
        x, y = GAP + k % 4 * (2 * CELL + GAP), TOP + k // 4 * (2 * CELL + TOP + GAP)
        tp, fp, fn, tn = (int(n) for n in counts_of(card, results[name]))
        parts.append(f'<text x="{x}" y="{y - 22}" font-weight="600">{team}</text>')
        parts.append(f'<text x="{x}" y="{y - 6}" fill="#56616c">{name}</text>')
        for (row, column), n in {(0, 0): tn, (0, 1): fp, (1, 0): fn, (1, 1): tp}.items():
            share = n / max(tn + fp if row == 0 else fn + tp, 1)
            left, top = x + column * CELL, y + row * CELL
            ink = "#fff" if share > 0.6 else "#1a1f24"
            parts.append(
                f'<rect x="{left}" y="{top}" width="{CELL}" height="{CELL}" '
                f'fill="#2f74ad" fill-opacity="{share:.2f}" stroke="#d7dce1"/>'
            )
            parts.append(f'<text x="{left + CELL / 2}" y="{top + CELL / 2 + 5}" fill="{ink}" '
                         f'text-anchor="middle">{n}</text>')  # fmt: skip
        for side in (0, 1):
            middle = side * CELL + CELL / 2
            parts.append(f'<text x="{x - 12}" y="{y + middle + 5}" fill="#56616c">{side}</text>')
            parts.append(f'<text x="{x + middle}" y="{y + 2 * CELL + 16}" fill="#56616c" '
                         f'text-anchor="middle">{side}</text>')  # fmt: skip
    return "\n".join([*parts, "</svg>"]) + "\n"


def _agreement(card: TaskCard, results: Mapping[str, Result]) -> str:
    """Return for each two runs the share of candidates on which they agree, as CSV."""
    said = {name: np.array([r.used[i] for i in card.candidates]) for name, r in results.items()}
    lines = [f"{a},{b},{np.mean(said[a] == said[b]):.4f}" for a, b in combinations(said, 2)]
    return "\n".join(["run,other,agreement", *lines]) + "\n"


def _agreed(card: TaskCard, results: Mapping[str, Result]) -> list[str]:
    """Say how far the runs agree, where the truth is not known."""
    said = np.array([[r.used[i] for i in card.candidates] for r in results.values()], bool)
    lines = ["## Agreement", "",
             f"The truth is not known here: put it beside the data as truth.csv to have F1. The "
             f"runs' files are in runs/, and for each two of them {AGREEMENT} has the share of "
             "candidates on which they agree.", "",
             "| run | called used | mean agreement with the others |", "|---|---|---|"]  # fmt: skip
    for k, name in enumerate(results):
        others = np.delete(said, k, axis=0)
        mean = f"{np.mean(others == said[k]):.2f}" if len(others) else NONE
        lines.append(f"| `{name}` | {said[k].sum()} | {mean} |")
    return lines
