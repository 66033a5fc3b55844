"""``python -m trust.growth TASK…``: what a tenth of a task's images foretells, and what all show.

Each task is a folder in the official layout with a truth beside it, and a folder ``reference`` or
a development set whose unused images are one. Prints a table; ``--write`` puts it into
docs/statistics.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import fill

import numpy as np
from numpy.typing import NDArray

from trust.page import run
from trust.table import WIDTH, markdown
from whorl.decisions.growth import FACTOR, Growth, growth_of_effect
from whorl.errors import WhorlError
from whorl.methods.explain import ExplainAway
from whorl.tasks.layout import read_view, task_folders
from whorl.tasks.runfile import read_truth
from whorl.tasks.view import View

PAGE = Path(__file__).parents[1] / "docs" / "statistics.md"
START, END = "<!-- made by python -m trust.growth --write -->", "<!-- end of what it made -->"
WHOLE, HALVES = 5, 5  # trials with all candidates and reference, and with a random half of them
KINDS: dict[str, Callable[[NDArray[np.bool_]], NDArray[np.bool_]]] = {
    "half used": np.ones_like,
    "all used": np.array,
    "none used": np.logical_not,
}


@dataclass(frozen=True)
class Trial:
    """A forecast and what it foretold.

    Attributes
    ----------
    tenth, all : float
        The effect (AUC) by a tenth of the generated images, and by all.
    low, middle, high : float
        What the tenth foretells of all.
    """

    tenth: float
    low: float
    middle: float
    high: float
    all: float

    @property
    def holds(self) -> bool:
        """Tell whether the interval holds what came out.

        Examples
        --------
        >>> Trial(0.6, 0.55, 0.7, 0.8, 0.75).holds
        True
        """
        return self.low <= self.all <= self.high


def read(folder: Path) -> tuple[View, NDArray[np.bool_]]:
    """Return a task's view with its reference, and which candidates were used."""
    folders = task_folders(folder)
    own = folder / "reference"
    reference = own if own.is_dir() else folders["development"]["not_used"]
    view = read_view(folder, reference=reference)
    used = read_truth(folder / "truth.csv").used
    return view, np.array([used[i] for i in view.candidates.ids])


def trials(view: View, seed: int = 0) -> Iterator[Trial]:
    """Yield a forecast by each of some tenths, by all images at hand and by halves of them."""
    rng = np.random.default_rng(seed)
    whole = _effect(view)
    for _ in range(WHOLE):
        yield _tried(view, whole, rng)
    for _ in range(HALVES):
        part = _half(view, rng)
        yield _tried(part, _effect(part), rng)


def described(lines: Sequence[tuple[str, ...]], held: int, tried: int) -> str:
    """Return the table with how it was made."""
    said = (
        f"A tenth of a task's generated images foretells what all show: {WHOLE} different tenths "
        f"with all images, and {HALVES} with a random half of candidates and of reference. "
        f"The interval holds in {held} of {tried}."
    )
    columns = (
        "task, generated images", "candidates", "AUC by a tenth", "by all", "forecast, middle",
        "interval holds", "mean width",
    )  # fmt: skip
    return f"{fill(said, WIDTH)}\n\n{markdown(columns, lines)}"


def line(task: str, kind: str, made: Sequence[Trial]) -> tuple[str, ...]:
    """Return a row of the table.

    Examples
    --------
    >>> line("a", "all used", [Trial(0.6, 0.5, 0.7, 0.8, 0.75)] * 2)
    ('a', 'all used', '0.60', '0.75', '0.70', '2 of 2', '0.30')
    """
    means = np.mean([[t.tenth, t.all, t.middle, t.high - t.low] for t in made], axis=0)
    tenth, whole, middle, width = (f"{mean:.2f}" for mean in means)
    held = f"{sum(t.holds for t in made)} of {len(made)}"
    return task, kind, tenth, whole, middle, held, width


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write; 1 and plain words if something is missing."""
    parser = argparse.ArgumentParser(prog="python -m trust.growth", description=__doc__)
    parser.add_argument("tasks", type=Path, nargs="+")
    return run(parser, PAGE, (START, END), _table, arguments)


def _table(options: argparse.Namespace) -> str:
    """Return what is to be written."""
    lines, everything = [], []
    for folder in options.tasks:
        view, used = read(folder)
        for kind, kept in KINDS.items():
            chosen = view.candidates.take(np.flatnonzero(kept(used)))
            made = list(trials(replace(view, candidates=chosen)))
            everything += made
            lines.append(line(f"{folder.name}, {len(view.generated):,}", kind, made))
    return described(lines, sum(t.holds for t in everything), len(everything))


def _tried(view: View, whole: Growth, rng: np.random.Generator) -> Trial:
    """Return what a random tenth foretells, beside what all show."""
    n = len(view.generated)
    tenth = np.sort(rng.choice(n, round(n / FACTOR), replace=False))
    found = _effect(replace(view, generated=view.generated.take(tenth)))
    return Trial(found.effects[-1], found.low, found.value, found.high, whole.effects[-1])


def _half(view: View, rng: np.random.Generator) -> View:
    """Return a view of half of its candidates and of its reference, drawn at random."""
    if view.reference is None:
        raise WhorlError("the task has no reference")
    sides = [
        images.take(np.sort(rng.choice(len(images), len(images) // 2, replace=False)))
        for images in (view.candidates, view.reference)
    ]
    return replace(view, candidates=sides[0], reference=sides[1])


def _effect(view: View) -> Growth:
    """Return the effect by parts of the generated images, each image a patient of its own."""
    scores = ExplainAway().score(view)
    if scores.traces is None or scores.traces.sums is None or scores.null is None:
        raise WhorlError("the method keeps no sums, or the task has no reference")
    n = len(scores.values)
    return growth_of_effect(scores.traces.sums, np.arange(n), np.arange(len(scores.null)))


if __name__ == "__main__":
    sys.exit(main())
