"""The curve of a training's losses: as numbers, and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from whorl.files import write_text, written_atomically

LINES = 200

Stages = Sequence[tuple[str, int]]


def write_curve(folder: Path, losses: Sequence[float], stages: Stages) -> None:
    """Write ``losses.csv`` and ``losses.png`` into a folder, each atomically.

    Parameters
    ----------
    folder : path
        Where they go.
    losses : sequence of float
        The loss of each step done.
    stages : sequence of (str, int)
        What was trained one after the other, with its steps; the picture has a panel for each.
    """
    points = mean_losses(losses)
    lines = [f"{step},{loss:.6g}\n" for step, loss in points]
    write_text(folder / "losses.csv", "step,mean_loss\n" + "".join(lines))
    with written_atomically(folder / "losses.png") as temporary:
        _draw(temporary, losses, stages)


def mean_losses(losses: Sequence[float], *, first: int = 0) -> list[tuple[int, float]]:
    """Return at most 200 means of successive losses, each with the last step that it counts.

    Examples
    --------
    >>> mean_losses([3.0, 1.0])
    [(1, 3.0), (2, 1.0)]
    """
    blocks = np.array_split(np.array(losses), min(LINES, len(losses)) or 1)
    ends = first + np.cumsum([len(block) for block in blocks])
    pairs = zip(ends, blocks, strict=True)
    return [(int(end), float(block.mean())) for end, block in pairs if len(block)]


def _draw(path: Path, losses: Sequence[float], stages: Stages) -> None:
    """Draw one panel for each stage."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.5 * len(stages), 3.2), layout="constrained")
    panels = figure.subplots(1, len(stages), squeeze=False)[0]
    first = 0
    for panel, (name, steps) in zip(panels, stages, strict=True):
        points = mean_losses(losses[first : first + steps], first=first)
        panel.plot(*zip(*points, strict=True) if points else ([], []), linewidth=1.0)
        panel.set(title=name, xlabel="step", ylabel="mean loss", xlim=(first, first + steps))
        first += steps
    figure.savefig(path, format="png", dpi=110, metadata={"Software": None})
