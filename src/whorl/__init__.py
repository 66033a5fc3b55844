"""Tell which real images a generator was trained on."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from whorl.version import __version__

if TYPE_CHECKING:
    from whorl.auditing import AuditResult, Outcome, Verdict, audit
    from whorl.building.checking import check_task
    from whorl.building.construction import build_task
    from whorl.compute import Compute, computing
    from whorl.decisions import ConformalFDR, Decisions, Rule
    from whorl.errors import WhorlError
    from whorl.evaluation import Evaluation, evaluate
    from whorl.generators import load_generator, train_in_folder
    from whorl.images import ImageSet, Window, load
    from whorl.methods import Method, Nearest, Need, Scores
    from whorl.report import write_audit
    from whorl.report.scoreset import write_score_set
    from whorl.runs import CATALOGUE, Entry, Settings, entry, load_model, save_model
    from whorl.scoring import SetScores, score_set
    from whorl.similarity import Measure, find_duplicates, reduce_pairs
    from whorl.tasks.sample import sample_task
    from whorl.tasks.view import Development, Task, Truth, View

_HOMES = {
    "whorl.auditing": ("AuditResult", "Outcome", "Verdict", "audit"),
    "whorl.building.checking": ("check_task",),
    "whorl.building.construction": ("build_task",),
    "whorl.compute": ("Compute", "computing"),
    "whorl.decisions": ("ConformalFDR", "Decisions", "Rule"),
    "whorl.errors": ("WhorlError",),
    "whorl.evaluation": ("Evaluation", "evaluate"),
    "whorl.generators": ("load_generator", "train_in_folder"),
    "whorl.images": ("ImageSet", "Window", "load"),
    "whorl.methods": ("Method", "Nearest", "Need", "Scores"),
    "whorl.report": ("write_audit",),
    "whorl.report.scoreset": ("write_score_set",),
    "whorl.runs": ("CATALOGUE", "Entry", "Settings", "entry", "load_model", "save_model"),
    "whorl.scoring": ("SetScores", "score_set"),
    "whorl.similarity": ("Measure", "find_duplicates", "reduce_pairs"),
    "whorl.tasks.sample": ("sample_task",),
    "whorl.tasks.view": ("Development", "Task", "Truth", "View"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "CATALOGUE",
    "AuditResult",
    "Compute",
    "ConformalFDR",
    "Decisions",
    "Development",
    "Entry",
    "Evaluation",
    "ImageSet",
    "Measure",
    "Method",
    "Nearest",
    "Need",
    "Outcome",
    "Rule",
    "Scores",
    "SetScores",
    "Settings",
    "Task",
    "Truth",
    "Verdict",
    "View",
    "WhorlError",
    "Window",
    "__version__",
    "audit",
    "build_task",
    "check_task",
    "computing",
    "entry",
    "evaluate",
    "find_duplicates",
    "load",
    "load_generator",
    "load_model",
    "reduce_pairs",
    "sample_task",
    "save_model",
    "score_set",
    "train_in_folder",
    "write_audit",
    "write_score_set",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that ``import whorl`` is quick."""
    if name not in _HOME:
        raise AttributeError(f"module 'whorl' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
