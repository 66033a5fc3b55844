"""``whorl methods``: the catalogue as a list."""

from __future__ import annotations

import json

import typer

from whorl.cli.options import Json
from whorl.cli.terminal import console as terminal
from whorl.cli.terminal import show_table

WIDE = 110  # columns from which the table has room for what each method does


def methods(as_json: Json = False) -> None:
    """List every method: name, team, what it needs, fidelity, and the paper's F1."""
    from whorl.runs import CATALOGUE

    if as_json:
        rows = [entry.to_dict() for entry in CATALOGUE.values()]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return

    from rich import box
    from rich.table import Table

    console = terminal()
    wide = console.width >= WIDE
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("name", "team", "needs", *(["fidelity"] if wide else []), "F1"):
        right = name == "F1"
        table.add_column(
            name,
            style="bold" if name == "name" else None,
            justify="right" if right else "left",
            no_wrap=name in ("name", "team", "F1"),
        )
    if wide:
        table.add_column("what it does", ratio=1)
    for entry in CATALOGUE.values():
        f1 = "–" if entry.paper_f1 is None else f"{entry.paper_f1:.3f}"
        cells = [entry.name, entry.team, ", ".join(sorted(entry.method.needs)) or "–"]
        more = [entry.fidelity or "–", f1, entry.summary] if wide else [f1]
        table.add_row(*cells, *more)
    show_table(console, table)
    told = "F1: what the overview paper prints for the run."
    console.print(
        told if wide else f"{told} What each does: --json, or {WIDE} columns.", style="dim"
    )
