"""What scoring a set finds: the table's rows, a line for each generated image, a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from whorl.scoring.figures import Figure
from whorl.scoring.neighbours import Neighbours
from whorl.scoring.sets import Sets


@dataclass(frozen=True, eq=False)
class SetScores:
    """The scores of a generated set.

    Attributes
    ----------
    figures : tuple of Figure
        The table's rows; of all of them lower is better.
    sets : Sets
        What was scored.
    neighbours : Neighbours
        The real images nearest to each generated one.
    columns : dict of str to sequence
        Column name → one value for each generated image.
    notes : tuple of str
        What to know when reading the table, a sentence each.
    record : dict
        What repeats it, as values that JSON can carry.
    """

    figures: tuple[Figure, ...]
    sets: Sets
    neighbours: Neighbours
    columns: dict[str, Sequence[object]]
    notes: tuple[str, ...]
    record: dict[str, Any]

    def __getitem__(self, name: str) -> Figure:
        """Return a row by its name."""
        return {figure.name: figure for figure in self.figures}[name]
