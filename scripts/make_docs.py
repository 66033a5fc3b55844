"""Write what is made from the code, and the tables that are made from benchmarks.

From the code: docs/methods.md, docs/commands.md and the JSON Schemas. Run it after a change of the
catalogue or of the command line; a test holds the pages to the code.

From docs/measured: the tables of docs/runs.md, docs/tasks.md and docs/explain-away.md, and the
picture docs/leaderboard.svg.
``--from OUT [TASK…]`` first writes docs/measured anew from the folder of a benchmark; tasks are
named where the benchmark was run before their cards told how their generators were made.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from boardpicture import board_picture
from measured import SECTIONS, filled, refresh

from whorl.report import Summary
from whorl.report.scoreset import SetSummary
from whorl.runs import CATALOGUE

DOCS = Path(__file__).parent.parent / "docs"
COMMANDS = (
    "audit", "verify", "score-set", "methods", "fit", "run", "pretrain", "validate", "evaluate",
    "attribute", "evaluate-subsets", "leaderboard", "benchmark", "benchmark add", "reproduce",
    "reproduce imageclef2023", "export",
    "export codabench", "generator", "generator train", "generator sample", "task", "task build",
    "task build-grouping", "task build-subsets", "task check", "task show", "group",
    "group evaluate", "group test", "cache", "cache info", "cache clear",
)  # fmt: skip

ASKING = """
import sys
import typer.main
from whorl.cli.main import app
for words in sys.argv[1:]:
    command = typer.main.get_command(app)
    command.main([*words.split(), "--help"], "whorl", standalone_mode=False)
    print("\\f", end="")
"""


def methods_page() -> str:
    """Return the catalogue as a page."""
    lines = [
        "# Methods",
        "",
        "Made from the catalogue by `scripts/make_docs.py`. F1 is what the overview paper prints",
        "for the run on the official test set. Fidelity says how closely an entry follows the run",
        "that the team sent: *specified* (every step is known), *partial* (the steps are known,",
        "some values are ours), *reconstruction* (only the idea is known).",
        "",
        "| name | what it does | team | needs | fidelity | paper F1 | citation |",
        "|---|---|---|---|---|---|---|",
    ]
    for entry in CATALOGUE.values():
        needs = ", ".join(sorted(entry.method.needs))
        f1 = "" if entry.paper_f1 is None else f"{entry.paper_f1:.3f}"
        cells = (entry.summary, entry.team, needs, entry.fidelity or "", f1, entry.citation)
        lines.append(f"| `{entry.name}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Return every command's help as a page."""
    parts = ["# Commands", "", "Made from `--help` by `scripts/make_docs.py`."]
    commands = ("", *COMMANDS)
    for command, told in zip(commands, _helps(commands), strict=True):
        parts += ["", f"## {f'whorl {command}'.strip()}", "", "```", told, "```"]
    return "\n".join(parts) + "\n"


def summary_schema() -> str:
    """Return the JSON Schema of summary.json."""
    schema = Summary.model_json_schema(mode="serialization")
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _helps(commands: Sequence[str]) -> list[str]:
    """Return what each command says of itself: all are asked in one process of known width."""
    plain = {"COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1", "TERM": "dumb"}
    printed = subprocess.run(  # noqa: S603
        [sys.executable, "-c", ASKING, *commands],
        capture_output=True, text=True, check=True, env={**os.environ, **plain},
    ).stdout  # fmt: skip
    pages = printed.split("\f")[:-1]
    return ["\n".join(line.rstrip() for line in page.strip().splitlines()) for page in pages]


def score_set_schema() -> str:
    """Return the JSON Schema of the summary.json that score-set writes."""
    schema = SetSummary.model_json_schema(mode="serialization")
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


PAGES = {
    "methods.md": methods_page,
    "commands.md": commands_page,
    "summary.schema.json": summary_schema,
    "score-set.schema.json": score_set_schema,
    "leaderboard.svg": board_picture,
    **{page: partial(filled, page, section) for page, section in SECTIONS.items()},
}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--from", dest="out", type=Path, help="what whorl benchmark --out wrote")
    parser.add_argument("tasks", type=Path, nargs="*", help="folders of its tasks")
    asked = parser.parse_args()
    if asked.out is not None:
        refresh(asked.out, asked.tasks)
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(DOCS / name)
