"""The house's order: imports point one way, and the start is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import whorl

ORDER = (
    "errors", "files", "seeds", "formulas", "visible", "progress", "extras", "version",
    "schema", "cache", "compute", "images", "tasks", "similarity", "networks", "features",
    "generators", "methods", "decisions", "evaluation", "grouping", "building", "attribution",
    "runs",
    "auditing", "benchmarking", "scoring", "report", "testing", "cli",
)  # fmt: skip
SOURCE = Path(whorl.__file__).parent
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path.parent != SOURCE or
                 path.stem in ORDER)  # fmt: skip


def part_of(path: Path) -> str:
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def imported_parts(path: Path) -> set[str]:
    """Return the parts of whorl that a module imports, at its top or within functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module)
    return {name.split(".")[1] for name in names if name.startswith("whorl.")}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_point_one_way(path: Path) -> None:
    own = ORDER.index(part_of(path))
    for part in imported_parts(path):
        assert ORDER.index(part) <= own, f"{path.name} in {ORDER[own]} imports {part}"


def test_every_module_has_its_place() -> None:
    parts = {part_of(path) for path in SOURCE.rglob("*.py")} - {"__init__"}
    assert parts <= set(ORDER)


@pytest.mark.parametrize("start", ["import whorl", "import whorl.cli.main"])
def test_start_loads_nothing_heavy(start: str) -> None:
    heavy = {"torch", "matplotlib", "numba", "scipy", "sklearn", "skimage", "numpy", "PIL"}
    code = f"import sys; {start}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not heavy & set(loaded)
