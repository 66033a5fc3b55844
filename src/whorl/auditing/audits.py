"""The audit: two or three sets of images in, an answer with its evidence out."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from whorl.auditing.findings import SetTest
from whorl.auditing.record import Stopwatch, record_of
from whorl.auditing.result import AuditResult
from whorl.auditing.verdict import compare_sets, judge
from whorl.decisions import ConformalFDR
from whorl.errors import NeedError, WhorlError
from whorl.images import ImageSet, Window, load, require_distinct
from whorl.methods import Method, Need, Scores
from whorl.methods.nearest import NearestSimilarity
from whorl.runs import AS_IT_IS, Entry, Settings, as_entry
from whorl.similarity import SSIM, Correlation, Duplicates, Measure, find_duplicates
from whorl.tasks.view import View

Images = ImageSet | Path | str

DEFAULT_METHOD = "nearest-ssim"


def audit(
    generated: Images,
    candidates: Images,
    reference: Images | None = None,
    method: str | Method | Entry = DEFAULT_METHOD,
    *,
    settings: Settings = AS_IT_IS,
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
    method : str, Method or Entry
        A name of the catalogue (``whorl methods`` lists them), or a method or entry of your own
        (:func:`whorl.runs.as_entry`); one that needs no development set.
    settings : Settings
        What is set of the method: weights, budget, a bound on generated images.
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
    if not 0 < fdr < 1:
        raise WhorlError(f"--fdr must lie between 0 and 1, not {fdr}")
    chosen = as_entry(method).with_settings(settings)
    if Need.DEVELOPMENT in chosen.method.needs:
        raise NeedError(
            f"--method {chosen.name} is fitted on a labelled development set, which an audit does "
            "not have: choose one that needs none (whorl methods lists them), or use whorl run"
        )
    given = {"GENERATED": generated, "CANDIDATES": candidates, "--reference": reference}
    require_distinct(*((name, None if isinstance(x, ImageSet) else x) for name, x in given.items()))
    read = partial(_images, resize=resize, window=window, skip_unreadable=skip_unreadable)
    watch = Stopwatch()
    with watch.stage("reading"):
        view = View(
            read(generated, "generated"),
            read(candidates, "candidates"),
            None if reference is None else read(reference, "reference"),
        )
    result = _audit(view, chosen, fdr, seed, watch)
    return replace(result, record=record_of(view, chosen, fdr, seed, watch), phantom=phantom)


def _audit(view: View, chosen: Entry, fdr: float, seed: int, watch: Stopwatch) -> AuditResult:
    """Score, decide, look for duplicates and judge."""
    with watch.stage("scoring"):
        scores = chosen.method.score(view, seed=seed)
        nearest = scores.nearest or NearestSimilarity(Correlation()).nearest(view)
    with watch.stage("deciding"):
        rule = chosen.rule if view.reference is None else ConformalFDR(fdr)
        decisions = rule.decide(scores)
    with watch.stage("second measure"):
        set_tests = () if view.reference is None else _set_tests(view, chosen, scores, seed)
    with watch.stage("duplicates"):
        duplicates = _duplicates(view)
    verdict = judge(
        decisions,
        set_tests,
        duplicates["candidates and generated"],
        reference=0 if view.reference is None else len(view.reference),
    )
    return AuditResult(view, chosen.name, scores, decisions, nearest, verdict, duplicates)


def _set_tests(view: View, chosen: Entry, scores: Scores, seed: int) -> tuple[SetTest, ...]:
    """Compare candidates and reference by the method and by a second measure."""
    second = NearestSimilarity(_second_measure(chosen.method))
    name = f"nearest-{second.measure.name.lower()}"
    return (
        compare_sets(scores, chosen.name, seed=seed),
        compare_sets(second.score(view, seed=seed), name, seed=seed),
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
