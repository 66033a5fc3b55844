"""What the page shows and what summary.json holds, as plain values that JSON can carry."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.auditing.result import AuditResult, Verdict
from whorl.images import ImageSet
from whorl.report.evidence import difference_map, picture
from whorl.report.figures import decimals, distribution
from whorl.similarity.duplicates import Duplicates
from whorl.tasks.view import View

FIRST_PAIRS = 20
COLUMNS = ("image_id", "score", "p_value", "decision", "nearest_generated", "similarity")


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
        ``summary`` (what `summary` returns), ``decimals`` (to print scores and similarities
        with), ``distribution`` (counts in bins), ``gallery`` and ``table``. Strings, finite
        numbers, booleans, None, lists and dicts only.
    """
    return {
        "summary": summary(result),
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
        "table": {"columns": list(COLUMNS), "rows": [_row(result, k) for k in _every(result)]},
    }


def summary(result: AuditResult) -> dict[str, Any]:
    """Return what summary.json holds: the audit's findings without pixels and without a table.

    Parameters
    ----------
    result : AuditResult
        What the audit found.

    Returns
    -------
    dict
        ``verdict``, ``phantom``, ``method``, ``measure``, ``decisions``, ``scores``, ``sets``,
        ``duplicates`` and ``record``. An infinite threshold is None.
    """
    decisions = result.decisions
    sets = {role: _set_facts(images) for role, images in _sets(result.view)}
    facts: dict[str, Any] = plain(
        {
            "verdict": _verdict_facts(result.verdict),
            "phantom": result.phantom,
            "method": result.method,
            "measure": result.nearest.measure,
            "decisions": {
                "candidates": len(decisions.ids),
                "flagged": int(decisions.used.sum()),
                "threshold": decisions.threshold,
                "rule": decisions.rule,
                "fdr": decisions.fdr,
            },
            "scores": {
                "candidates": _spread(result.scores.values),
                "null": None if result.scores.null is None else _spread(result.scores.null),
            },
            "sets": sets,
            "duplicates": {k: _duplicate_facts(found) for k, found in result.duplicates.items()},
            "record": result.record,
        }
    )
    return facts


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


def _verdict_facts(verdict: Verdict) -> dict[str, Any]:
    test = verdict.set_test
    return {
        "outcome": verdict.outcome.value,
        "sentence": verdict.sentence,
        "reasons": verdict.reasons,
        "guarantee": verdict.guarantee,
        "set_test": test
        and {"auc": test.auc, "low": test.low, "high": test.high, "p_value": test.p_value},
    }


def _sets(view: View) -> Iterator[tuple[str, ImageSet]]:
    """Yield each set of the view under the part it plays."""
    yield "generated", view.generated
    yield "candidates", view.candidates
    if view.reference is not None:
        yield "reference", view.reference


def _set_facts(images: ImageSet) -> dict[str, Any]:
    height, width = images.size
    return {
        "folder": _folder(images),
        "count": len(images),
        "width": width,
        "height": height,
        "notes": images.notes,
        "skipped": images.skipped,
    }


def _folder(images: ImageSet) -> str | None:
    """Return the name of the folder the images came from, without the way to it."""
    if images.origins is None:
        return None
    folders = {origin.path.absolute().parent for origin in images.origins}
    return folders.pop().name if len(folders) == 1 else f"{len(folders)} folders"


def _duplicate_facts(found: Duplicates) -> dict[str, Any]:
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
        candidate = result.view.candidates.pixels[k]
        generated = result.view.generated.pixels[result.nearest.index[k]]
        yield dict(zip(COLUMNS, _row(result, k), strict=True)) | {
            "candidate": picture(candidate),
            "generated": picture(generated),
            "map": difference_map(candidate, generated),
        }
