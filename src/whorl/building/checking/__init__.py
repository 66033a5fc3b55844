"""Whether a task is sound: that nothing but the generator tells used from not used."""

from whorl.building.checking.check import check_task
from whorl.building.checking.findings import Finding, Level, TaskCheck
from whorl.building.checking.shortcuts import Shortcut, clustered_auc, find_shortcuts

__all__ = [
    "Finding",
    "Level",
    "Shortcut",
    "TaskCheck",
    "check_task",
    "clustered_auc",
    "find_shortcuts",
]
