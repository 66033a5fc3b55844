"""What an audit found, as arrays and plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from whorl.decisions.rules import Decisions
from whorl.methods.base import Nearest, Scores
from whorl.similarity.duplicates import Duplicates
from whorl.tasks.view import View


class Outcome(StrEnum):
    """The three things an audit may say."""

    LEAKAGE = "leakage shown"
    NO_EVIDENCE = "no evidence"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class SetTest:
    """Whether the candidates as a set lie closer to the generated images than the reference does.

    Attributes
    ----------
    auc : float
        Probability that a random candidate scores above a random reference image (ties half);
        0.5 = no difference.
    low, high : float
        95 % interval of the AUC.
    p_value : float
        One-sided Mann–Whitney p-value.
    """

    auc: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class Verdict:
    """The answer in a sentence, and the reasons for it.

    Attributes
    ----------
    outcome : Outcome
        Leakage shown, no evidence, or inconclusive.
    sentence : str
        The whole answer in one sentence.
    reasons : tuple of str
        Why, one plain sentence each.
    guarantee : str
        What is guaranteed of the flagged images, or that nothing is.
    set_test : SetTest or None
        The test of the whole set, where a reference was given.
    """

    outcome: Outcome
    sentence: str
    reasons: tuple[str, ...]
    guarantee: str
    set_test: SetTest | None = None


@dataclass(frozen=True)
class AuditResult:
    """What an audit found.

    Attributes
    ----------
    view : View
        The images that were compared.
    method : str
        Name of the catalogue entry.
    scores : Scores
        Scores of the candidates; ``scores.null`` holds the reference's scores where one was given.
    decisions : Decisions
        Which candidates are said to be used.
    nearest : Nearest
        The generated image most like each candidate.
    verdict : Verdict
        The answer in words.
    duplicates : mapping of str to Duplicates
        Keys "within candidates", "candidates and generated" and, with a reference,
        "candidates and reference".
    record : mapping of str to JSON-able values
        What repeats the audit: versions, seed, options, hashes of the sets, device, seconds.
    phantom : bool
        True for the embedded sample, whose images are drawn, not taken of patients.
    """

    view: View
    method: str
    scores: Scores
    decisions: Decisions
    nearest: Nearest
    verdict: Verdict
    duplicates: Mapping[str, Duplicates]
    record: Mapping[str, Any] = field(default_factory=dict)
    phantom: bool = False

    def to_columns(self) -> dict[str, list[Any]]:
        """Return one row a candidate as columns: what ``scores.csv`` holds.

        ``pandas.DataFrame(result.to_columns())`` makes it a data frame.

        Returns
        -------
        dict of str to list
            image_id, score, p_value (None without a reference), decision ("used" or "not used"),
            nearest_generated (an id) and similarity.
        """
        p_values = self.decisions.p_values
        generated = self.view.generated.ids
        return {
            "image_id": list(self.scores.ids),
            "score": self.scores.values.tolist(),
            "p_value": [None] * len(self.scores.ids) if p_values is None else p_values.tolist(),
            "decision": ["used" if used else "not used" for used in self.decisions.used],
            "nearest_generated": [generated[i] for i in self.nearest.index],
            "similarity": self.nearest.similarity.tolist(),
        }
