"""What summary.json holds: a versioned model, from which its JSON Schema in the docs is made."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from whorl.auditing.findings import Finding
from whorl.auditing.result import AuditResult, Outcome, Verdict
from whorl.images import ImageSet
from whorl.images.unread import unread_sentences
from whorl.similarity.duplicates import Duplicates
from whorl.tasks.view import View

FIRST_PAIRS = 20


class _Facts(BaseModel):
    """What every part of the summary has."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class VerdictFacts(_Facts):
    """The answer: what was not read, its words, and every finding as data."""

    outcome: Outcome
    unread: list[str]
    first: str
    sentence: str
    reasons: list[str]
    advice: list[str]
    guarantee: str
    findings: list[Finding]


class DecisionFacts(_Facts):
    """How many candidates are called used, and by which rule; an infinite threshold is null."""

    candidates: int
    flagged: int
    threshold: float | None
    rule: str
    fdr: float | None
    warnings: list[str]


class Spread(_Facts):
    """How scores are spread."""

    count: int
    lowest: float
    median: float
    highest: float


class ScoreFacts(_Facts):
    """The scores of candidates, and of null images where there are some."""

    candidates: Spread
    null: Spread | None


class SetFacts(_Facts):
    """A set of images: the folder's name, not the way to it; sizes in pixels.

    What was there and was not read is counted by kind in ``unread``; ``skipped`` names what could
    not be read and was passed over on request.
    Blank images were left out, and are not in the count.
    """

    folder: str | None
    count: int
    width: int
    height: int
    notes: list[str]
    skipped: list[str]
    unread: dict[str, int]
    blank: list[str]


class DuplicateFacts(_Facts):
    """Pairs of images that are equal, or nearly: their number, and the first of them."""

    exact: int
    near: int
    threshold: float
    first_exact: list[tuple[str, str]]
    first_near: list[tuple[str, str, float]]


class PatientFacts(_Facts):
    """A candidate patient: the pseudonym, or the group where patients were only found."""

    patient: str
    images: int
    flagged_images: int
    p_value: float | None
    flagged: bool
    benjamini_hochberg: bool
    best_image: str
    best_score: float


class Summary(_Facts):
    """An audit without pixels and without a table of candidates.

    Attributes
    ----------
    format : int
        Version of this layout; it changes when a field goes or changes its meaning.
    verdict, decisions, patients, scores, sets, duplicates
        What was found.
    phantom : bool
        True where the images are drawn phantoms.
    method, measure : str
        The catalogue entry, and the measure by which the nearest generated image is found.
    record : mapping of str to JSON-able values
        What repeats the audit.
    """

    format: Literal[1] = 1
    verdict: VerdictFacts
    phantom: bool
    method: str
    measure: str
    decisions: DecisionFacts
    patients: list[PatientFacts]
    scores: ScoreFacts
    sets: dict[str, SetFacts]
    duplicates: dict[str, DuplicateFacts]
    record: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return the summary in types that JSON can carry."""
        return self.model_dump(mode="json")


def summary_of(result: AuditResult) -> Summary:
    """Return what summary.json holds of an audit."""
    decisions = result.decisions
    facts = {
        "verdict": _verdict(result.verdict, result.view),
        "phantom": result.phantom,
        "method": result.method,
        "measure": result.nearest.measure,
        "decisions": {
            "candidates": len(decisions.ids),
            "flagged": int(decisions.used.sum()),
            "threshold": decisions.threshold,
            "rule": decisions.rule,
            "fdr": decisions.fdr,
            "warnings": decisions.warnings,
        },
        "patients": list(_patients(result)),
        "scores": {
            "candidates": _spread(result.scores.values),
            "null": None if result.scores.null is None else _spread(result.scores.null),
        },
        "sets": {
            role: _set(images, result.blank.get(role, ())) for role, images in _sets(result.view)
        },
        "duplicates": {k: _duplicates(found) for k, found in result.duplicates.items()},
        "record": result.record,
    }
    return Summary.model_validate(plain(facts))


def plain(value: Any) -> Any:
    r"""Return the value in types that JSON can carry; numbers that are not finite become None.

    Bytes of a file name that are no UTF-8 are written out as escapes.

    Examples
    --------
    >>> plain({"seconds": np.float64(2.5), "sizes": (1, math.inf), "name": "a\udcff"})
    {'seconds': 2.5, 'sizes': [1, None], 'name': 'a\\udcff'}
    """
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {plain(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")


def _verdict(verdict: Verdict, view: View) -> dict[str, Any]:
    return {
        "outcome": verdict.outcome,
        "unread": unread_sentences(*(images for _, images in _sets(view))),
        "first": verdict.first,
        "sentence": verdict.sentence,
        "reasons": verdict.reasons,
        "advice": verdict.advice,
        "guarantee": verdict.guarantee,
        "findings": [finding.model_dump() for finding in verdict.findings],
    }


def _patients(result: AuditResult) -> Iterator[dict[str, Any]]:
    """Yield each candidate patient, those of the smallest p-value first, then of the best score."""
    codes, values, decided = result.grouping.candidates, result.scores.values, result.patients
    present = np.unique(codes)
    best = [int(np.flatnonzero(codes == code)[values[codes == code].argmax()]) for code in present]
    p_values = np.ones(len(present)) if decided is None else decided.patients.p_values
    for k in np.lexsort((-values[best], p_values)).tolist():
        own = codes == present[k]
        yield {
            "patient": result.grouping.names[present[k]],
            "images": int(own.sum()),
            "flagged_images": int(result.decisions.used[own].sum()),
            "p_value": None if decided is None else decided.patients.p_values[k],
            "flagged": decided is not None and bool(decided.patients.flagged[k]),
            "benjamini_hochberg": decided is not None and bool(decided.patients.flagged_bh[k]),
            "best_image": result.scores.ids[best[k]],
            "best_score": values[best[k]],
        }


def _sets(view: View) -> Iterator[tuple[str, ImageSet]]:
    """Yield each set of the view under the part it plays."""
    yield "generated", view.generated
    yield "candidates", view.candidates
    if view.reference is not None:
        yield "reference", view.reference


def _set(images: ImageSet, blank: tuple[str, ...]) -> dict[str, Any]:
    height, width = images.size
    return {
        "folder": _folder(images),
        "count": len(images),
        "width": width,
        "height": height,
        "notes": images.notes,
        "skipped": images.skipped,
        "unread": images.unread,
        "blank": blank,
    }


def _folder(images: ImageSet) -> str | None:
    """Return the name of the folder the images came from, without the way to it."""
    if images.source is not None or images.origins is None:
        return images.source
    folders = {origin.path.absolute().parent for origin in images.origins}
    return folders.pop().name if len(folders) == 1 else f"{len(folders)} folders"


def _duplicates(found: Duplicates) -> dict[str, Any]:
    return {
        "exact": found.exact_count,
        "near": found.near_count,
        "threshold": found.threshold,
        "first_exact": found.exact[:FIRST_PAIRS],
        "first_near": found.near[:FIRST_PAIRS],
    }


def _spread(values: NDArray[np.float64]) -> dict[str, Any]:
    return {
        "count": len(values),
        "lowest": values.min(),
        "median": np.median(values),
        "highest": values.max(),
    }
