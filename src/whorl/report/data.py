"""What the page shows, as plain values that JSON can carry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.auditing.aligning import aligned
from whorl.auditing.evidence import Explanation, explanations
from whorl.auditing.findings import Copies
from whorl.auditing.result import AuditResult
from whorl.report.evidence import LARGEST_SIDE, THUMBNAIL, difference_map, explained_map, picture
from whorl.report.figures import decimals, distribution
from whorl.report.summary import plain, summary_of

PATIENT_COLUMNS = (
    "patient", "images", "flagged_images", "best_score", "p_value", "flagged", "best_image",
)  # fmt: skip
PICTURED = 8  # copies by another road that are shown
WITHOUT_FLAG = 4  # candidates whose explained images are shown where none is flagged
COLUMNS = ("image_id", "patient", "score", "p_value", "decision", "nearest_generated", "similarity")


def report_data(result: AuditResult, *, images: bool = True, gallery: int = 24) -> dict[str, Any]:
    """Return all that the page shows.

    Parameters
    ----------
    result : AuditResult
        What the audit found.
    images : bool
        False leaves every pixel out.
    gallery : int
        The number of candidates in the gallery, those of the highest scores.

    Returns
    -------
    dict
        ``summary`` (what summary.json holds), ``decimals`` (to print scores and similarities
        with), ``distribution`` (counts in bins), ``gallery`` and ``table``. Strings, finite
        numbers, booleans, None, lists and dicts only.
    """
    told = summary_of(result).to_dict()
    return {
        "summary": told,
        "decimals": {
            "score": decimals(_pooled_scores(result)),
            "similarity": decimals(result.nearest.similarity),
        },
        "distribution": distribution(
            result.scores.values,
            result.decisions.used,
            result.scores.null,
            result.decisions.threshold,
        ),
        "gallery": {
            "images": images,
            "measure": result.nearest.measure,
            "explained": result.scores.traces is not None,
            "copies": list(_copies(result)) if images else [],
            "pairs": list(_pairs(result, gallery)) if images else [],
        },
        "table": {
            "columns": list(COLUMNS),
            "rows": [_row(result, k) for k in _every(result)],
            "patients": [[facts[name] for name in PATIENT_COLUMNS] for facts in told["patients"]],
        },
    }


def _pooled_scores(result: AuditResult) -> NDArray[np.float64]:
    null = result.scores.null
    return result.scores.values if null is None else np.append(result.scores.values, null)


def _every(result: AuditResult) -> range:
    return range(len(result.scores.ids))


def _row(result: AuditResult, k: int) -> list[Any]:
    """Return one candidate's line of the table, in the order of `COLUMNS`."""
    p_values = result.decisions.p_values
    return [
        plain(item)
        for item in (
            result.scores.ids[k],
            result.grouping.names[result.grouping.candidates[k]],
            result.scores.values[k],
            None if p_values is None else p_values[k],
            result.decisions.used[k],
            result.view.generated.ids[result.nearest.index[k]],
            result.nearest.similarity[k],
        )
    ]


def _copies(result: AuditResult) -> Iterator[dict[str, Any]]:
    """Yield copies that came by another road, each with the generated image laid over it."""
    view = result.view
    named = [
        copy for found in result.verdict.findings if isinstance(found, Copies)
        for copy in found.named
    ]  # fmt: skip
    for copy in named[:PICTURED]:
        candidate = view.candidates.pixels[view.candidates.ids.index(copy.candidate)]
        generated = view.generated.pixels[view.generated.ids.index(copy.generated)]
        laid = aligned(candidate, generated)
        yield {
            **copy.model_dump(),
            "done": list(laid.done),
            "candidate_image": picture(candidate),
            "generated_image": picture(laid.pixels),
            "as_it_is": picture(generated),
            "map": difference_map(candidate, laid.pixels),
        }


def _pairs(result: AuditResult, count: int) -> Iterator[dict[str, Any]]:
    """Yield the candidates of the highest scores, each with its picture and its nearest one's.

    Where the method explains, those flagged come with more of what they explain; where none is
    flagged, the first few do.
    """
    order = np.argsort(-result.scores.values, kind="stable")[:count].tolist()
    explained: dict[int, list[Explanation]] = {}
    if result.scores.traces is not None:
        shown = [k for k in order if result.decisions.used[k]] or order[:WITHOUT_FLAG]
        found = explanations(result.view, result.scores.traces, shown)
        explained = dict(zip(shown, found, strict=True))
    for k in order:
        candidate = result.view.candidates.shown[k]
        generated = result.view.generated.shown[result.nearest.index[k]]
        if k in explained and explained[k][0].laid.done:  # what is laid over it is grey
            candidate = result.view.candidates.pixels[k]
            generated = explained[k][0].laid.pixels
        yield dict(zip(COLUMNS, _row(result, k), strict=True)) | {
            "candidate": picture(candidate),
            "generated": picture(generated),
            "map": difference_map(candidate, generated),
            "explained": [
                _explained(result, each, LARGEST_SIDE if rank == 0 else THUMBNAIL)
                for rank, each in enumerate(explained.get(k, []))
            ],
        }


def _explained(result: AuditResult, found: Explanation, most: int) -> dict[str, Any]:
    """Return what the page shows of a generated image that a candidate explains."""
    view = result.view
    return {
        "image_id": plain(view.generated.ids[found.index]),
        "share": found.share,
        "done": list(found.laid.done),
        "correlation": found.laid.correlation,
        "before": found.laid.before,
        "others": found.others,
        "half": found.half,
        "place": found.place,
        "as_it_is": picture(view.generated.shown[found.index], most),
        "where": explained_map(found.where),
    }
