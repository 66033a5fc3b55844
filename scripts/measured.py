"""What benchmarks measured: kept as two small files under docs/measured, told in three pages.

``python scripts/make_docs.py --from OUT [TASK…]`` writes the lines of a benchmark's tasks anew and
leaves those of others; ``python scripts/make_docs.py`` writes the tables between the marks in the
pages from the files.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from whorl.benchmarking.cards import TaskCard, survey
from whorl.benchmarking.estimate import work
from whorl.benchmarking.leaderboard import leaderboard
from whorl.benchmarking.result import Result
from whorl.benchmarking.store import Store
from whorl.benchmarking.tables import NONE, markdown_table, p_of
from whorl.errors import WhorlError
from whorl.networks.durations import in_words
from whorl.runs.own import BASELINES

DOCS = Path(__file__).parent.parent / "docs"
COSTS = DOCS.parent / "src" / "whorl" / "benchmarking" / "costs.csv"
ROWS, TASKS = DOCS / "measured" / "leaderboard.csv", DOCS / "measured" / "tasks.csv"
OWN = "whorl"
WITHOUT = " (no reference)"
LUCK = 0.05
COSTLY = 6  # methods that are named for the time they took
MARKS = re.compile(r"(<!-- measured -->\n).*?(<!-- /measured -->)", re.DOTALL)

CHOSE = {
    "ct-latent-diffusion": "maps, tiles, λ, p and weights",
    "ct-pca-diffusion": "maps, tiles, λ, p and weights",
    "ct-pca-400": "the weights and the coarse map",
}
"""Tasks that something of whorl's own attack was chosen on, and what."""
NULL = ("ct-null", "nodules-null")
"""Tasks of images that no generator saw, their truth drawn at random."""
IN_TASKS = (OWN, "vcmi-1", "vcmi-2", "vcmi-3", "nearest-ssim")
FIGURES = ("auc", "f1", "tpr_at_fpr_1", "difference")
KEPT = (
    "task", "rank", "name", "variant", "sees", "budget", "weights", "called_used", "compared_with",
    *(f"{name}{end}" for name in FIGURES for end in ("", "_low", "_high")),
    "p_value_holm", "set_p_value", "paper_f1", "seconds", "peak_mb", "device", "reason",
)  # fmt: skip

Line = dict[str, str]
Record = dict[str, object]


@dataclass(frozen=True)
class Measured:
    """What the two files say.

    Attributes
    ----------
    rows : tuple of dict
        One a method and task, as ``whorl leaderboard --measure auc --against whorl`` has them.
    tasks : tuple of dict
        One a task: how it was made, and how large it is.
    """

    rows: tuple[Line, ...]
    tasks: tuple[Line, ...]

    def of(self, task: str) -> list[Line]:
        """Return a task's rows, best AUC first."""
        return [row for row in self.rows if row["task"] == task]


def measured() -> Measured:
    """Read the two files."""
    return Measured(tuple(_read(ROWS)), tuple(_read(TASKS)))


def _read(path: Path) -> list[Line]:
    """Read the lines of a file."""
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


def _before(path: Path) -> list[Line]:
    """Return the lines of a file that is about to be written; none if there is no such file."""
    return _read(path) if path.exists() else []


def refresh(out: Path, roots: Sequence[Path]) -> None:
    """Write a benchmark's tasks into the two files, and what its jobs took, for estimates.

    All lines of its tasks are replaced, those of other tasks stay.

    Parameters
    ----------
    out : path
        What ``whorl benchmark --out`` wrote.
    roots : sequence of path
        Folders of its tasks, where their cards in `out` do not yet say how they were made.
    """
    store = Store(out)
    again = {card.digest: card for card in (survey(root).card for root in roots)}
    cards = [_told(card, again.get(card.digest)) for card in store.cards() if card.truth]
    known = {card.digest for card in cards}
    results = _once([one for one in store.results() if one.task in known])
    failures = [one for one in store.failures() if one.task in known]
    board = leaderboard(cards, results, failures, measure="auc", against=OWN)
    rows = [{name: record[name] for name in KEPT} for record in board.to_records()]
    _write(ROWS, _with(_before(ROWS), rows))
    _write(TASKS, _with(_before(TASKS), [_facts(card) for card in cards]))
    keep_costs(store)


def _once(results: Sequence[Result]) -> list[Result]:
    """Leave out rows to beat that were run again without a reference, which they do not look at."""
    controls = {entry.name for entry in BASELINES}
    seen = {(one.task, one.setup.name) for one in results if one.setup.reference != "none"}
    return [
        one for one in results
        if one.setup.reference != "none"
        or one.setup.name not in controls
        or (one.task, one.setup.name) not in seen
    ]  # fmt: skip


def keep_costs(store: Store) -> None:
    """Write what each method took with each budget, by how much there was to compare."""
    cards = {card.digest: card for card in store.cards()}
    names = ("name", "budget", "work", "seconds")
    lines: dict[tuple[str, ...], Record] = {}
    lines |= {tuple(line[name] for name in names[:3]): dict(line) for line in _before(COSTS)}
    for result in store.results():
        if result.cost is not None:
            much = work(cards[result.task], result.setup)
            of = (result.setup.name, result.setup.budget, str(_short(much)))
            values = (*of, str(_short(result.cost.seconds)))
            lines[of] = dict(zip(names, values, strict=True))
    _write(COSTS, [lines[of] for of in sorted(lines)])


def _with(before: Iterable[Line], now: Sequence[Record]) -> list[Record]:
    """Return lines with those of some tasks replaced, in the order of the tasks."""
    tasks = {record["task"] for record in now}
    kept: list[Record] = [dict(line) for line in before if line["task"] not in tasks]
    return sorted([*kept, *now], key=lambda record: str(record["task"]))


def _told(card: TaskCard, again: TaskCard | None) -> TaskCard:
    """Return a card with what was read anew of the generator."""
    if again is None:
        return card
    names = ("generator", "memorised", "making")
    return card.model_copy(update={name: getattr(again, name) for name in names})


def _facts(card: TaskCard) -> Record:
    """Return a task's line."""
    making, patients = card.making, card.patients
    development = card.development or (0, 0, 0)
    return {
        "task": card.name,
        "generator": card.generator,
        "trained_on": making and making.trained_on,
        "steps": making and making.steps,
        "seconds": making and making.seconds,
        "memorised": card.memorised,
        "copied": making and making.copied,
        "height": card.height,
        "width": card.width,
        "candidates": len(card.candidates),
        "used": sum(card.truth or ()),
        "patients": None if patients is None else len(set(patients)),
        "generated": card.generated,
        "reference": len(card.reference),
        "development_used": development[1],
        "development_not_used": development[2],
    }


def _write(path: Path, records: Iterable[Record]) -> None:
    """Write records as CSV, numbers with four digits."""
    lines = [{name: _short(value) for name, value in record.items()} for record in records]
    if not lines:
        raise WhorlError("the benchmark holds no result of a task whose truth is known")
    text = io.StringIO()
    writer = csv.DictWriter(text, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.getvalue(), "utf-8")


def _short(value: object) -> object:
    """Return a number with four digits."""
    return f"{value:.4g}" if isinstance(value, float) else value


def filled(page: str, section: Callable[[Measured], list[str]]) -> str:
    """Return a page with what stands between its marks made anew."""
    text = (DOCS / page).read_text("utf-8")
    lines = "\n".join(section(measured()))
    found, count = MARKS.subn(lambda marks: f"{marks[1]}\n{lines}\n\n{marks[2]}", text)
    if count != 1:
        raise WhorlError(f"{page}: expected one <!-- measured --> and one <!-- /measured -->")
    return found


def runs_section(of: Measured) -> list[str]:
    """Return a table of all methods for each task."""
    lines = ["", _spent(of)]
    for task in of.tasks:
        lines += ["", f"### {task['task']}", "", _sentence(task), ""]
        rows = [row for row in of.of(task["task"]) if row["rank"]]
        head = ["method", "AUC (95 %) ↑", "F1 (95 %) ↑", "TPR at 1 % FPR (95 %) ↑",
                f"AUC less that of `{OWN}` (95 %)", "p", "called used", "F1 in 2023", "budget",
                "weights", "seconds ↓", "MB ↓"]  # fmt: skip
        lines += markdown_table(head, [_run(row) for row in rows])
        done = {row["name"] for row in rows}
        lines += _lacking([row for row in of.of(task["task"]) if row["name"] not in done])
    return lines[1:]


def _spent(of: Measured) -> str:
    """Say how long all of it took, and where the time went."""
    took: dict[str, float] = {}
    for row in of.rows:
        if row["seconds"]:
            took[row["name"]] = took.get(row["name"], 0.0) + float(row["seconds"])
    most = sorted(took, key=lambda name: -took[name])[:COSTLY]
    named = ", ".join(f"`{name}` {in_words(took[name])}" for name in most)
    total, jobs = sum(took.values()), sum(bool(row["seconds"]) for row in of.rows)
    return f"{jobs:,} jobs, one after the other {in_words(total)}; the most of it: {named}."


def _sentence(task: Line) -> str:
    """Say what a task is."""
    made = "" if task["generator"] == "unknown" else f"`{task['generator']}`"
    made += (
        f" trained on {int(task['trained_on']):,}, " if task["trained_on"] else ", " * bool(made)
    )
    said = f"{made}{task['width']}×{task['height']}; {task['candidates']} candidates, "
    said += f"{task['used']} used"
    said += f", of {task['patients']} patients" if task["patients"] else ""
    said += f"; {int(task['generated']):,} generated images"
    said += f"; a reference of {task['reference']}" if task["reference"] != "0" else ""
    used, not_used = task["development_used"], task["development_not_used"]
    said += f"; for development {used} used and {not_used} not" if used != "0" else ""
    if chose := CHOSE.get(task["task"]):
        said += f". **{chose[0].upper()}{chose[1:]} of `{OWN}` were chosen on it**"
    return f"{said}."


def _run(row: Line) -> list[str]:
    """Return a method's cells."""
    trained = "fast" if row["budget"] == "fast" else ""
    weights = row["weights"].partition(" (")[0]
    return [
        _shown(_label(row)),
        *(_figure(row, name) for name in ("auc", "f1", "tpr_at_fpr_1")),
        _difference(row),
        p_of(float(row["p_value_holm"])) if row["p_value_holm"] else "",
        f"{float(row['called_used']):g}",
        f"{float(row['paper_f1']):.3f}" if row["paper_f1"] else "",
        trained,
        weights,
        f"{float(row['seconds']):,.0f}" if row["seconds"] else "",
        f"{float(row['peak_mb']):,.0f}" if row["peak_mb"] else "",
    ]


def _label(row: Line) -> str:
    """Return a method's name, and what is special beside its budget and weights, if anything is."""
    alone = row["name"] == OWN and row["sees"] == "nothing"
    return row["name"] + WITHOUT * (alone or "no reference" in row["variant"])


def by_label(rows: Sequence[Line]) -> dict[str, Line]:
    """Return the best row of each method with a result, by name and what is special about it."""
    return {_label(row): row for row in reversed(rows) if row["auc"]}


def _figure(row: Line, name: str) -> str:
    """Return a figure with its interval."""
    if not row[name]:
        return NONE
    value, low, high = (float(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
    return f"{value:.3f} ({low:.3f}–{high:.3f})"


def _difference(row: Line) -> str:
    """Return a difference with its interval."""
    if not row["difference"]:
        return ""
    value, low, high = (float(row[f"difference{end}"]) for end in ("", "_low", "_high"))
    return f"{value:+.3f} ({low:+.3f} to {high:+.3f})".replace("-", "−")


def _lacking(rows: Sequence[Line]) -> list[str]:
    """Say which methods have no result, and why."""
    reasons: dict[str, dict[str, None]] = {}
    for row in rows:
        # a dictionary, as one may have been tried both with weights and without
        reasons.setdefault(row["reason"].partition(": ")[2], {})[f"`{row['name']}`"] = None
    lines = [f"- {', '.join(names)}: {why}" for why, names in reasons.items()]
    return ["", "Without a result:", "", *lines] if lines else []


def tasks_section(of: Measured) -> list[str]:
    """Return the table of generators: how they were made, and what attacks find."""
    head = ["task", "generator", "trained on", "steps", "seconds", "memorised", "copied",
            *(f"AUC of `{name}`" for name in IN_TASKS)]  # fmt: skip
    rows = []
    for task in of.tasks:
        if not task["trained_on"]:
            continue
        aucs = {name: row["auc"] for name, row in by_label(of.of(task["task"])).items()}
        rows.append([
            f"`{task['task']}`", f"`{task['generator']}`",
            *(f"{float(task[name]):,.0f}" for name in ("trained_on", "steps", "seconds")),
            *(f"{float(task[name]):.1%}".replace("%", " %") for name in ("memorised", "copied")),
            *(f"{float(aucs[name]):.3f}" if name in aucs else NONE for name in IN_TASKS),
        ])  # fmt: skip
    return markdown_table(head, rows)


def comparison_section(of: Measured) -> list[str]:
    """Return the comparison with whorl's own attack: apart where it was chosen on the task."""
    names = [task["task"] for task in of.tasks]
    groups = (
        ("Tasks that report", [name for name in names if name not in (*CHOSE, *NULL)]),
        ("Tasks that something was chosen on", [name for name in names if name in CHOSE]),
        ("Tasks where nothing is to be found", [name for name in names if name in NULL]),
    )
    lines = ["", "### By itself", "", *_alone(of, names)]
    for title, tasks in (group for group in groups if group[1]):
        lines += ["", f"### {title}", "", _won(of, tasks), ""]
        heads = [f"{task} (chose {CHOSE[task]})" if task in CHOSE else task for task in tasks]
        lines += markdown_table(["method", *heads], _compared(of, tasks))
    return lines[1:]


def _alone(of: Measured, tasks: Sequence[str]) -> list[str]:
    """Return what whorl's own attack reaches on each task, and what is learned on top of it."""
    head = ["task", "AUC (95 %) ↑", "F1 (95 %), its own rule ↑", "TPR at 1 % FPR (95 %) ↑",
            "set p ↓", "AUC, F1 without a reference ↑", f"AUC, F1 of `{OWN}-fitted` ↑"]  # fmt: skip
    rows = []
    for task in tasks:
        first = by_label(of.of(task))
        own, others = first[OWN], (first.get(OWN + WITHOUT), first.get(f"{OWN}-fitted"))
        set_p = f"{float(own['set_p_value']):.0e}" if own["set_p_value"] else NONE
        rows.append([task, *(_figure(own, name) for name in ("auc", "f1", "tpr_at_fpr_1")), set_p,
                     *(_both(one) if one else NONE for one in others)])  # fmt: skip
    return markdown_table(head, rows)


def _both(row: Line) -> str:
    """Return AUC and F1 of a row."""
    return f"{float(row['auc']):.3f}, {float(row['f1']):.3f}"


def _compared(of: Measured, tasks: Sequence[str]) -> list[list[str]]:
    """Return a line of cells a method, the highest mean difference first."""
    found: dict[str, dict[str, Line]] = {}
    for task in tasks:
        for name, row in by_label(of.of(task)).items():
            found.setdefault(name, {})[task] = row
    order = sorted(found, key=lambda name: (name != OWN, -_mean(found[name].values()), name))
    return [[_shown(name), *(_cell(found[name].get(task)) for task in tasks)] for name in order]


def _shown(label: str) -> str:
    """Return a method's name as code, and what is special about it as it is."""
    name, blank, special = label.partition(" ")
    return f"`{name}`{blank}{special}"


def _mean(rows: Iterable[Line]) -> float:
    """Return the mean difference to whorl's own attack."""
    values = [float(row["difference"] or 0) for row in rows]
    return math.fsum(values) / len(values)


def _cell(row: Line | None) -> str:
    """Return an AUC, and below it the difference with its interval and p."""
    if row is None:
        return NONE
    value = f"**{float(row['auc']):.3f}**"
    if not row["difference"]:
        low, high = float(row["auc_low"]), float(row["auc_high"])
        return f"{value}<br>({low:.3f}–{high:.3f})"
    p_value = p_of(float(row["p_value_holm"]))
    sign = "" if p_value.startswith("<") else "= "
    return f"{value}<br>{_difference(row)}<br>p {sign}{p_value}"


def _won(of: Measured, tasks: Sequence[str]) -> str:
    """Say how often whorl's own attack is ahead, or behind, by more than luck."""
    ahead, behind, every = 0, [], 0
    for task in tasks:
        for row in of.of(task):
            if row["difference"] and row["sees"] != "control" and row["name"] != OWN:
                every += 1
                sure = float(row["p_value_holm"]) <= LUCK
                ahead += sure and float(row["difference"]) < 0
                if sure and float(row["difference"]) > 0:
                    behind.append(f"`{row['name']}` on {task}")
    said = (
        f"Of {every:,} comparisons, controls left out, `{OWN}` is ahead by more than luck in "
        f"{ahead:,}, and behind in "
    )
    return said + (f"{len(behind):,}: {', '.join(behind)}." if behind else "none.")


SECTIONS: dict[str, Callable[[Measured], list[str]]] = {
    "runs.md": runs_section,
    "tasks.md": tasks_section,
    "explain-away.md": comparison_section,
}
