"""What the page shows, as plain values that JSON can carry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.auditing.result import AuditResult
from whorl.report.evidence import difference_map, picture
from whorl.report.figures import decimals, distribution
from whorl.report.summary import plain, summary_of

PATIENT_COLUMNS = (
    "patient", "images", "flagged_images", "best_score", "p_value", "flagged", "best_image",
)  # fmt: skip
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


def _pairs(result: AuditResult, count: int) -> Iterator[dict[str, Any]]:
    """Yield the candidates of the highest scores, each with its picture and its nearest one's."""
    order = np.argsort(-result.scores.values, kind="stable")[:count]
    for k in order.tolist():
        candidate = result.view.candidates.shown[k]
        generated = result.view.generated.shown[result.nearest.index[k]]
        yield dict(zip(COLUMNS, _row(result, k), strict=True)) | {
            "candidate": picture(candidate),
            "generated": picture(generated),
            "map": difference_map(candidate, generated),
        }
