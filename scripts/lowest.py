"""Print the lowest versions that a pyproject.toml allows, as constraints for pip.

python scripts/lowest.py pyproject.toml > lowest.txt
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

FLOOR = re.compile(r"([A-Za-z0-9._-]+)>=([0-9.]+)")
TOOLS = ("test", "speed", "notebook")  # extras of those who work on it, of which any version does


def lowest(requirements: Iterable[str]) -> Iterator[str]:
    """Yield ``name==version`` for each requirement that has a floor.

    Examples
    --------
    >>> list(lowest(["pillow>=12.2", "torch>=2.6,<3", "whorl-audit[deep]", "pillow>=12.2"]))
    ['pillow==12.2', 'torch==2.6']
    """
    floors = dict(match.groups() for text in requirements if (match := FLOOR.match(text)))
    for name, version in sorted(floors.items(), key=lambda item: item[0].lower()):
        yield f"{name}=={version}"


def requirements_of(pyproject: Path) -> list[str]:
    """Return what a project needs, its extras included but those of its tools."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    return project["dependencies"] + [
        need for name, needs in extras.items() if name not in TOOLS for need in needs
    ]


if __name__ == "__main__":
    print("\n".join(lowest(requirements_of(Path(sys.argv[1])))))
