"""What a leaderboard's table is made of, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from whorl.benchmarking.cards import TaskCard
from whorl.benchmarking.result import Cost, Setup
from whorl.methods.base import Need
from whorl.runs.own import BASELINES

CONTROLS = frozenset(entry.name for entry in BASELINES)
WITHOUT = "no reference"
UNUSED = "unused as reference"


class Sees(StrEnum):
    """What a method looks at beside candidates and generated images."""

    NOTHING = "nothing"
    REFERENCE = "reference"
    DEVELOPMENT = "development labels"
    CONTROL = "control"
    NOT_TOLD = "not told"


@dataclass(frozen=True)
class Figure:
    """A number with its 95 % interval.

    Attributes
    ----------
    value : float
        Higher is better.
    low, high : float
        Percentile bootstrap.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class SetTest:
    """Whether candidates as a whole score above the reference.

    Attributes
    ----------
    p_value : float
        One-sided; small = some candidates were used.
    test : str
        How it was tested.
    """

    p_value: float
    test: str


@dataclass(frozen=True)
class Difference:
    """How far a row lies from another, on the same resampled candidates.

    Attributes
    ----------
    value, low, high : float
        This row's figure less the other's, with its 95 % interval.
    p_value : float
        Two-sided, of no difference.
    adjusted : float
        The same, corrected for all comparisons of the table (Holm).
    """

    value: float
    low: float
    high: float
    p_value: float
    adjusted: float


@dataclass(frozen=True)
class Row:
    """One run of a table.

    Attributes
    ----------
    setup : Setup
        Which run it is.
    variant : str
        What is special about its setting, in a few words; often empty.
    sees : Sees
        What it looks at.
    rank, rank_low, rank_high : int or None
        1 = first, ties share; with its 95 % interval. None where it failed.
    figures : mapping of str to Figure or None
        By the names in ``MEASURES``; None where there is none.
    difference : Difference or None
        To the table's best run that is no control, or to the one that was named.
    set_test : SetTest or None
        Where it saw a reference.
    called_used : float
        How many candidates it calls used, the mean over its seeds.
    seeds : int
        Over how many seeds figures are means.
    cost : Cost or None
        Of its first seed.
    paper_f1 : float or None
        What the overview of 2023 prints.
    reason : str
        Why it has no figures.
    """

    setup: Setup
    variant: str
    sees: Sees
    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    figures: dict[str, Figure | None] | None = None
    difference: Difference | None = None
    set_test: SetTest | None = None
    called_used: float = 0.0
    seeds: int = 0
    cost: Cost | None = None
    paper_f1: float | None = None
    reason: str = ""

    @property
    def label(self) -> str:
        """The run's name, whose it is if it was submitted, what is special about its setting."""
        setup = self.setup
        name = f"{setup.team}: {setup.name}" if setup.needs is None else setup.name
        return f"{name} ({self.variant})" if self.variant else name


@dataclass(frozen=True)
class Winner:
    """Who is first among those that look at the same.

    Attributes
    ----------
    sees : Sees
        What they look at.
    labels : tuple of str
        More than one if tied.
    value : float
        Of the official measure.
    above : str
        Who is next in the group; empty if there is none.
    difference : Difference or None
        To the next.
    beaten_by : str
        The best control, where it scores as high or higher; empty where none does.
    """

    sees: Sees
    labels: tuple[str, ...]
    value: float
    above: str = ""
    difference: Difference | None = None
    beaten_by: str = ""


@dataclass(frozen=True)
class Board:
    """The table of one task.

    Attributes
    ----------
    card : TaskCard
        The task.
    measure : str
        What rows are ranked by.
    rows : tuple of Row
        Best first, those without figures last.
    winners : tuple of Winner
        One for each group in which there is one.
    against : str
        The row that differences are to; empty if there is none.
    notes : tuple of str
        What to know of the table, a sentence each.
    pairs : tuple of tuple of float
        For each two rows with a rank, in their order, the p-value of no difference, corrected for
        all pairs; see :func:`whorl.benchmarking.pairs.all_pairs`.
    """

    card: TaskCard
    measure: str
    rows: tuple[Row, ...]
    winners: tuple[Winner, ...]
    against: str
    notes: tuple[str, ...]
    pairs: tuple[tuple[float, ...], ...] = ()


def variant_of(setup: Setup, card: TaskCard) -> str:
    """Say what is special about a setting on a task."""
    special = {
        "none": WITHOUT if card.reference and setup.needs is not None else "",
        "not_used": UNUSED,
        "reference": "",
    }[setup.reference]
    fast = "fast" if setup.budget == "fast" else ""
    weights = setup.weights.split(" (")[0] if setup.weights else ""
    return ", ".join(part for part in (fast, weights, special) if part)


def sees(setup: Setup) -> Sees:
    """Return what a run looks at.

    Examples
    --------
    >>> sees(Setup(name="vcmi-2")), sees(Setup(name="blind", needs=("development",))).value
    (<Sees.NOTHING: 'nothing'>, 'control')
    """
    if setup.name in CONTROLS and setup.team == "whorl":
        return Sees.CONTROL
    if setup.needs is None:
        return Sees.NOT_TOLD
    if Need.DEVELOPMENT in setup.needs:
        return Sees.DEVELOPMENT
    return Sees.NOTHING if setup.reference == "none" else Sees.REFERENCE
