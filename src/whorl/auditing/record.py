"""What repeats an audit: versions, options, content hashes, and how long each stage took."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from whorl.compute import available_cores, current
from whorl.images import digest_of
from whorl.runs import Entry
from whorl.tasks.view import View
from whorl.version import __version__

RECORDED = ("numpy", "scipy", "numba", "scikit-image", "scikit-learn", "pillow")


class Stopwatch:
    """Seconds that each named stage took.

    Examples
    --------
    >>> watch = Stopwatch()
    >>> with watch.stage("scoring"):
    ...     pass
    >>> list(watch.seconds)
    ['scoring']
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the block under a name."""
        started = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 3)


def record_of(
    view: View, chosen: Entry, level: float, seed: int, watch: Stopwatch
) -> dict[str, Any]:
    """Return the record of an audit, as values that JSON can carry."""
    settings, weights = current(), chosen.settings.weights
    sets = {"generated": view.generated, "candidates": view.candidates, "reference": view.reference}
    digests = {name: images.digest for name, images in sets.items() if images is not None}
    return {
        "whorl": __version__,
        "python": platform.python_version(),
        "versions": {name: version(name) for name in RECORDED},
        "method": chosen.name,
        "composition": repr(chosen.method),
        "own_rule": repr(chosen.rule),
        "level": level if view.reference is not None else None,
        "seed": seed,
        "settings": chosen.settings.to_dict(),
        "weights": None if weights is None else str(weights),
        "notes": list(chosen.method.notes()),
        "device": settings.place,
        "threads": settings.threads or available_cores(),
        "sha256": digests,
        "inputs_sha256": digest_of(f"{name} {digest}" for name, digest in digests.items()),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": dict(watch.seconds),
    }
