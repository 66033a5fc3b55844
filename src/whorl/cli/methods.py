"""``whorl methods``: the catalogue as a list."""

from __future__ import annotations

import json

import typer

from whorl.cli.options import Json

WIDE = 110  # columns from which the table has room for what each method does


def methods(as_json: Json = False) -> None:
    """List every method: name, team, what it needs, fidelity, and the paper's F1."""
    from whorl.runs import CATALOGUE

    if as_json:
        rows = [entry.to_dict() for entry in CATALOGUE.values()]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return

    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    wide = console.width >= WIDE
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("name", style="bold", no_wrap=True)
    table.add_column("team", no_wrap=True)
    table.add_column("needs")
    table.add_column("fidelity")
    table.add_column("paper F1", justify="right")
    if wide:
        table.add_column("what it does", ratio=1)
    for entry in CATALOGUE.values():
        cells = [
            entry.name,
            entry.team,
            ", ".join(sorted(entry.method.needs)) or "–",
            entry.fidelity or "–",
            "–" if entry.paper_f1 is None else f"{entry.paper_f1:.3f}",
        ]
        table.add_row(*cells, *([entry.summary] if wide else []))
    console.print(table)
