"""What ``whorl evaluate`` does with several run files: rank them, name those at fault."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from whorl.cli.terminal import console as terminal
from whorl.cli.terminal import say, show_table
from whorl.errors import WhorlError
from whorl.files import write_text

if TYPE_CHECKING:
    from whorl.benchmarking.comparing import Comparison, RunFile
    from whorl.tasks.view import Truth

SHOWN = ((110, ("accuracy", "precision", "recall", "auc")), (100, ("accuracy",)))
"""What a terminal of so many columns has room for, beside the measure that ranks."""
SCORED = ((110, ("accuracy", "precision", "recall", "auc")), (86, ("auc",)))
"""The same where there are scores."""


def compare_files(
    files: Sequence[Path],
    truth: Truth,
    scores: Sequence[Path],
    *,
    measure: str,
    md: Path | None,
    csv: Path | None,
    roc: Path | None,
    as_json: bool,
    seed: int,
) -> None:
    """Rank run files, print or write the table, and end with an error if one is broken."""
    from whorl.benchmarking.comparing import compare, comparison_csv, comparison_markdown

    runs, faults = _read(files, truth, scores)
    if not runs:
        raise WhorlError("\n".join(["none of the files can be ranked", *_lines(faults)]))
    found = compare(runs, truth, faults, measure=measure, seed=seed)
    written = [
        (path, write(found))
        for path, write in ((md, comparison_markdown), (csv, comparison_csv))
        if path is not None
    ]
    for path, text in written:
        write_text(path, text)
    if roc is not None:
        write_roc(roc, {run.name: run.scores for run in runs if run.scores is not None}, truth)
    if as_json:
        typer.echo(json.dumps(found.to_records(), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        _print(found)
    for path in [*(path for path, _ in written), *([roc] if roc is not None else [])]:
        say(f"{path}: written", err=as_json)
    if faults:
        told = "\n".join(_lines(faults))
        verb = "is" if len(faults) == 1 else "are"
        raise WhorlError(f"{len(faults)} of {len(files)} files {verb} not ranked\n{told}")


def write_roc(path: Path, scores: Mapping[str, Mapping[str, float]], truth: Truth) -> None:
    """Write the ROC curves of scores: a picture, or their points as CSV."""
    from whorl.evaluation.evaluate import scores_in_order
    from whorl.evaluation.roc import format_roc, roc
    from whorl.report.rocpicture import roc_picture

    ending = path.suffix.lower()
    if ending in (".png", ".jpg", ".jpeg", ".pdf"):
        raise WhorlError(f"--roc {path}: a picture is written as .svg: call it {path.stem}.svg")
    if len(set(truth.used.values())) < 2:
        raise WhorlError(f"--roc {path}: all images of the truth are of one class: no ROC curve")
    curves = {name: roc(*scores_in_order(one, truth)[:2]) for name, one in scores.items()}
    write_text(path, roc_picture(curves) if ending == ".svg" else format_roc(curves))


def named(files: Sequence[Path]) -> dict[str, Path]:
    """Return what tables call files: their names, with the folder where two have the same.

    Examples
    --------
    >>> list(named([Path("a/run.csv"), Path("b/run.csv"), Path("c.csv")]))
    ['a/run.csv', 'b/run.csv', 'c.csv']
    """
    names = Counter(path.name for path in files)
    called: dict[str, Path] = {}
    for path in files:
        alone = names[path.name] == 1
        name = path.name if alone else f"{path.absolute().parent.name}/{path.name}"
        same = sum(known == name or known.startswith(f"{name} (") for known in called)
        called[f"{name} ({same + 1})" if same else name] = path
    return called


def _read(
    files: Sequence[Path], truth: Truth, scores: Sequence[Path]
) -> tuple[list[RunFile], dict[str, str]]:
    """Return what the files say, and what is wrong with those that cannot be read."""
    from whorl.benchmarking.comparing import RunFile
    from whorl.evaluation import read_scores
    from whorl.evaluation.evaluate import scores_in_order
    from whorl.tasks.runfile import read_run

    runs, faults = [], {}
    for k, (name, path) in enumerate(named(files).items()):
        try:
            used = read_run(path, truth.used)
            values = None
            if scores:
                ordered = scores_in_order(read_scores(scores[k]), truth)[0]
                values = dict(zip(truth.used, ordered.tolist(), strict=True))
        except WhorlError as error:
            faults[name] = str(error).removeprefix(f"{path}: ")
        else:
            runs.append(RunFile(name, used, values))
    return runs, faults


def _lines(faults: Mapping[str, str]) -> list[str]:
    """Return what is wrong, each behind the file's name."""
    return [f"{name}: {fault}" for name, fault in faults.items()]


def _print(found: Comparison) -> None:
    """Print the table, and how to read it."""
    from rich import box
    from rich.table import Table

    from whorl.benchmarking.comparing import comparison_table, sentence

    console = terminal()
    truth = found.board.card.truth or ()
    console.print(f"{len(truth):,} candidates, {sum(truth):,} used")
    scored = any((row.figures or {}).get("auc") for row in found.board.rows)
    shown = SCORED if scored else SHOWN
    measures = next((names for width, names in shown if console.width >= width), ())
    head, rows = comparison_table(found, measures)
    head[-2] = "difference"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for k, name in enumerate(head):
        table.add_column(name, overflow="fold", no_wrap=k != 1, min_width=9 if k == 1 else None)
    for cells in rows:
        table.add_row(*cells)
    show_table(console, table)
    console.print(f"{sentence(found)} --csv and --md have all figures.", style="dim")
