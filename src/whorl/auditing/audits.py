"""The audit: two or three sets of images in, an answer with its evidence out."""

from __future__ import annotations

import hashlib
import platform
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import whorl
from whorl.auditing.result import AuditResult, SetTest
from whorl.auditing.verdict import compare_sets, judge
from whorl.decisions import ConformalFDR
from whorl.errors import WhorlError
from whorl.images import ImageSet, Window, load, require_distinct
from whorl.methods import Method
from whorl.methods.nearest import NearestSimilarity
from whorl.runs import Entry, entry
from whorl.similarity import SSIM, Correlation, Duplicates, Measure, find_duplicates
from whorl.similarity.compute import available_cores, current
from whorl.tasks.view import View

Images = ImageSet | Path | str

DEFAULT_METHOD = "nearest-ssim"
RECORDED = ("numpy", "scipy", "numba", "scikit-image", "scikit-learn", "pillow")


def audit(
    generated: Images,
    candidates: Images,
    reference: Images | None = None,
    method: str = DEFAULT_METHOD,
    *,
    fdr: float = 0.05,
    seed: int = 0,
    resize: int | None = None,
    window: Window | None = None,
    skip_unreadable: bool = False,
    phantom: bool = False,
) -> AuditResult:
    """Tell which candidates the generator of some images was trained on, and how surely.

    Parameters
    ----------
    generated : ImageSet or path
        Images made by the generator, or their folder.
    candidates : ImageSet or path
        Real images to be judged.
    reference : ImageSet or path, optional
        Real images known not to have been used, like the candidates in every other way. With
        them, flagged candidates carry a bound on the false discovery rate.
    method : str
        A name of the catalogue (``whorl methods`` lists them) that needs no development set.
    fdr : float
        False discovery rate, between 0 and 1; used where there is a reference.
    seed : int
        Seeds every random draw.
    resize, window, skip_unreadable
        How folders are read, as for :func:`whorl.images.load`.
    phantom : bool
        True if the images are drawn phantoms, so that the report says so.

    Returns
    -------
    AuditResult
        Verdict, scores, decisions and evidence.

    Raises
    ------
    WhorlError
        If images cannot be read, differ in size, the method is unknown or needs more, or `fdr`
        is out of range.

    Examples
    --------
    >>> from whorl.tasks.sample import sample_task
    >>> view = sample_task().view
    >>> result = audit(view.generated, view.candidates, view.reference, "nearest-correlation")
    >>> str(result.verdict.outcome)
    'leakage shown'
    """
    started = time.perf_counter()
    if not 0 < fdr < 1:
        raise WhorlError(f"--fdr must lie between 0 and 1, not {fdr}")
    chosen = entry(method)
    given = {"GENERATED": generated, "CANDIDATES": candidates, "--reference": reference}
    require_distinct(*((name, None if isinstance(x, ImageSet) else x) for name, x in given.items()))
    read = partial(_images, resize=resize, window=window, skip_unreadable=skip_unreadable)
    view = View(
        read(generated, "generated"),
        read(candidates, "candidates"),
        None if reference is None else read(reference, "reference"),
    )
    result = _audit(view, chosen, fdr, seed)
    record = _record(view, chosen, fdr, seed, started)
    return replace(result, record=record, phantom=phantom)


def _audit(view: View, chosen: Entry, fdr: float, seed: int) -> AuditResult:
    """Score, decide, look for duplicates and judge."""
    scores = chosen.method.score(view, seed=seed)
    second = NearestSimilarity(_second_measure(chosen.method))
    if view.reference is None:
        decisions = chosen.rule.decide(scores)
        set_tests: dict[str, SetTest] = {}
    else:
        decisions = ConformalFDR(fdr).decide(scores)
        by_second = f"nearest-{second.measure.name.lower()}"
        set_tests = {
            chosen.name: compare_sets(scores, seed=seed),
            by_second: compare_sets(second.score(view, seed=seed), seed=seed),
        }
    duplicates = _duplicates(view)
    verdict = judge(
        decisions,
        set_tests,
        duplicates["candidates and generated"],
        reference=0 if view.reference is None else len(view.reference),
    )
    return AuditResult(
        view,
        chosen.name,
        scores,
        decisions,
        scores.nearest or NearestSimilarity(Correlation()).nearest(view),
        verdict,
        duplicates,
    )


def _images(source: Images, name: str, **reading: Any) -> ImageSet:
    """Return the images under the name of their part in the audit."""
    if isinstance(source, ImageSet):
        return replace(source, name=name)
    return load(source, name=name, **reading)


def _second_measure(method: Method) -> Measure:
    """Return a measure other than the method's, to catch a leak that its own is blind to."""
    return SSIM() if getattr(method, "measure", None) == Correlation() else Correlation()


def _duplicates(view: View) -> dict[str, Duplicates]:
    """Look for duplicates within and between the sets."""
    found = {
        "within candidates": find_duplicates(view.candidates),
        "candidates and generated": find_duplicates(view.candidates, view.generated),
    }
    if view.reference is not None:
        found["candidates and reference"] = find_duplicates(view.candidates, view.reference)
    return found


def _record(view: View, chosen: Entry, fdr: float, seed: int, started: float) -> dict[str, Any]:
    """Return what repeats the audit."""
    sets = {"generated": view.generated, "candidates": view.candidates, "reference": view.reference}
    return {
        "whorl": whorl.__version__,
        "python": platform.python_version(),
        "versions": {name: version(name) for name in RECORDED},
        "method": chosen.name,
        "composition": repr(chosen.method),
        "own_rule": repr(chosen.rule),
        "fdr": fdr if view.reference is not None else None,
        "seed": seed,
        "weights": None,
        "device": "cpu" if current().cluster is None else "cluster",
        "threads": current().threads or available_cores(),
        "sha256": {name: digest(images) for name, images in sets.items() if images is not None},
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.perf_counter() - started, 2),
    }


def digest(images: ImageSet) -> str:
    """Return one SHA-256 over the ids and content hashes of a set, in order."""
    lines = (f"{i}\t{content}\n" for i, content in zip(images.ids, images.hashes, strict=True))
    return hashlib.sha256("".join(lines).encode()).hexdigest()
