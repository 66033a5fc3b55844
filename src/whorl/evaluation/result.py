"""What an evaluation says, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from whorl.evaluation.metrics import Counts


@dataclass(frozen=True)
class Metric:
    """One metric of a run.

    Attributes
    ----------
    value : float or None
        None where it is undefined.
    low, high : float or None
        95 % interval; None where there is none.
    interval : str
        How the interval was made.
    note : str
        Why the value or the interval is undefined; empty if it is not.
    """

    value: float | None
    low: float | None
    high: float | None
    interval: str
    note: str = ""


@dataclass(frozen=True)
class Evaluation:
    """How well a run tells used from not used.

    Attributes
    ----------
    counts : Counts
        The confusion table, in whole images.
    metrics : mapping of str to Metric
        First those of the decisions, then, where scores were given, those of the scores; their
        names for readers are in ``whorl.evaluation.LABELS``.
    trivial : mapping of str to mapping of str to float
        What "all used", "none used" and "random" score on the same truth, by decision metric.
        "random" calls each image used with the truth's share of used images; its values are
        exact expectations.
    warnings : tuple of str
        What makes the numbers say less than they seem to, one sentence each.
    seed : int
        Seed of the bootstrap.
    """

    counts: Counts
    metrics: Mapping[str, Metric]
    trivial: Mapping[str, Mapping[str, float]]
    warnings: tuple[str, ...]
    seed: int

    @property
    def used(self) -> int:
        """Number of used images in the truth."""
        return int(self.counts.tp) + int(self.counts.fn)

    @property
    def not_used(self) -> int:
        """Number of images in the truth that were not used."""
        return int(self.counts.fp) + int(self.counts.tn)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values for JSON; what is undefined is None, never NaN."""
        return {
            "images": self.used + self.not_used,
            "used": self.used,
            "not_used": self.not_used,
            "counts": self.counts._asdict(),
            "metrics": {name: asdict(metric) for name, metric in self.metrics.items()},
            "trivial": {row: dict(values) for row, values in self.trivial.items()},
            "warnings": list(self.warnings),
            "seed": self.seed,
        }


@dataclass(frozen=True)
class ScoreEvaluation:
    """How well scores rank the used images above the others.

    Attributes
    ----------
    used, not_used : int
        Numbers of images in the truth.
    metrics : mapping of str to Metric
        AUC, and true-positive rates at low false-positive rates.
    notes : tuple of str
        How ids were read that are written otherwise.
    warnings : tuple of str
        What makes the numbers say less than they seem to, one sentence each.
    seed : int
        Seed of the bootstrap.
    """

    used: int
    not_used: int
    metrics: Mapping[str, Metric]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values for JSON; what is undefined is None, never NaN."""
        return {
            "images": self.used + self.not_used,
            "used": self.used,
            "not_used": self.not_used,
            "metrics": {name: asdict(metric) for name, metric in self.metrics.items()},
            "warnings": [*self.notes, *self.warnings],
            "seed": self.seed,
        }
