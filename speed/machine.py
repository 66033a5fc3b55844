"""The machine that was measured on: what bears on speed, and nothing that names it."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

from speed.libraries import LIBRARIES

OTHERS = ("numpy", "numba", "torch")


def machine() -> dict[str, Any]:
    """Return the processor's model, the cores that may be used, and versions."""
    from importlib import metadata

    from whorl.compute import available_cores

    versions = {library.package: library.version() for library in LIBRARIES}
    for name in OTHERS:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return {
        "processor": _processor(),
        "cores": available_cores(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": versions,
    }


def _processor() -> str:
    """Return the processor's model as the system tells it."""
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        for line in listing.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
