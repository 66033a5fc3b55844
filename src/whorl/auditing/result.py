"""What an audit found, as arrays and plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from whorl.auditing.blanks import BlankIds
from whorl.auditing.findings import Finding
from whorl.auditing.grouping import Grouping
from whorl.auditing.words import advice_of, first_of, guarantee_of, reasons_of, sentence_of
from whorl.decisions.patients import PatientDecisions
from whorl.decisions.rules import Decisions
from whorl.extras import imported
from whorl.images.unread import unread_sentences
from whorl.methods.base import Nearest, Scores
from whorl.similarity.duplicates import Duplicates
from whorl.tasks.view import View

if TYPE_CHECKING:
    import pandas as pd


class Outcome(StrEnum):
    """The three things an audit may say."""

    LEAKAGE = "leakage shown"
    NO_EVIDENCE = "no evidence"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class Verdict:
    """The answer, and the findings it rests on.

    Attributes
    ----------
    outcome : Outcome
        Leakage shown, no evidence, or inconclusive.
    findings : tuple of Finding
        Every test that was made, in the order in which they are told.
    """

    outcome: Outcome
    findings: tuple[Finding, ...]

    @property
    def sentence(self) -> str:
        """The whole answer in one sentence."""
        return sentence_of(self.findings)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What was found, one plain sentence each."""
        return reasons_of(self.findings)

    @property
    def guarantee(self) -> str:
        """What is guaranteed of the flagged images, or that nothing is."""
        return guarantee_of(self.findings)

    @property
    def first(self) -> str:
        """What is to be said before all else; empty if nothing."""
        return first_of(self.findings)

    @property
    def advice(self) -> tuple[str, ...]:
        """What to do, one sentence each."""
        return advice_of(self.findings)


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
    grouping : Grouping
        The patient of each real image.
    patients : PatientDecisions or None
        P-values and flags of patients and images, where a reference was given.
    duplicates : mapping of str to Duplicates
        Keys "within candidates", "candidates and generated" and, with a reference,
        "candidates and reference".
    blank : mapping of str to tuple of str
        The ids of the blank and nearly blank images that were left out, by the part that their set
        plays.
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
    grouping: Grouping
    patients: PatientDecisions | None
    duplicates: Mapping[str, Duplicates]
    record: Mapping[str, Any] = field(default_factory=dict)
    blank: BlankIds = field(default_factory=dict)
    phantom: bool = False

    def to_columns(self) -> dict[str, list[Any]]:
        """Return one row a candidate as columns: what ``scores.csv`` holds.

        Patients are called by their pseudonyms, or by their group where they were only found.

        Returns
        -------
        dict of str to list
            image_id, patient, score, p_value (None without a reference), decision ("used" or
            "not used"), nearest_generated (an id) and similarity.
        """
        p_values = self.decisions.p_values
        generated = self.view.generated.ids
        return {
            "image_id": list(self.scores.ids),
            "patient": [self.grouping.names[code] for code in self.grouping.candidates],
            "score": self.scores.values.tolist(),
            "p_value": [None] * len(self.scores.ids) if p_values is None else p_values.tolist(),
            "decision": ["used" if used else "not used" for used in self.decisions.used],
            "nearest_generated": [generated[i] for i in self.nearest.index],
            "similarity": self.nearest.similarity.tolist(),
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row a candidate as a pandas data frame, with the columns of `to_columns`.

        Raises
        ------
        NeedError
            If pandas is not installed.
        """
        frame: pd.DataFrame = imported("pandas", "notebook", "a data frame").DataFrame(
            self.to_columns()
        )
        return frame

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the verdict, its reasons and what is guaranteed."""
        from html import escape

        view = self.view
        sets = [s for s in (view.generated, view.candidates, view.reference) if s is not None]
        unread = "".join(f"<p>{escape(said)}</p>" for said in unread_sentences(*sets))
        reasons = "".join(f"<li>{escape(reason)}</li>" for reason in self.verdict.reasons)
        return (
            f"{unread}<p><strong>{escape(self.verdict.sentence)}</strong></p><ul>{reasons}</ul>"
            f"<p>{escape(self.verdict.guarantee)}</p>"
        )
