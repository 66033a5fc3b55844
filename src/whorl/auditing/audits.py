"""The audit: two or three sets of images in, an answer with its evidence out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from whorl.auditing.blanks import BlankIds, blank_finding, without_blanks
from whorl.auditing.comparison import Compared, compare, own_rule_finding, patients_finding
from whorl.auditing.copies import copies_finding, find_alike, shared_finding
from whorl.auditing.findings import Caution, Finding, Meaning
from whorl.auditing.grouping import Grouping, grouping_of, with_known_patients
from whorl.auditing.growth import growth_findings
from whorl.auditing.record import Stopwatch, record_of
from whorl.auditing.result import AuditResult
from whorl.auditing.verdict import judge
from whorl.errors import NeedError, WhorlError
from whorl.images import ImageSet, Window, load, require_distinct
from whorl.images.slices import Slices
from whorl.methods import Method, Need, Scores
from whorl.methods.explain import ExplainAway, MeanOfLargest
from whorl.methods.nearest import NearestSimilarity
from whorl.runs import AS_IT_IS, Entry, Settings, as_entry
from whorl.seeds import require_seed
from whorl.similarity import SSIM, Correlation, Explained
from whorl.tasks.patients import Patients
from whorl.tasks.view import View

Images = ImageSet | Path | str | Iterable[Any]
"""Images, or what :func:`whorl.images.load` reads."""

DEFAULT_METHOD = "whorl"


def audit(
    generated: Images,
    candidates: Images,
    reference: Images | None = None,
    method: str | Method | Entry = DEFAULT_METHOD,
    *,
    settings: Settings = AS_IT_IS,
    patients: Patients | None = None,
    drop_shared_patients: bool = False,
    level: float = 0.05,
    title: str = "",
    dataset: str = "",
    seed: int = 0,
    resize: int | None = None,
    window: Window | None = None,
    skip_unreadable: bool = False,
    flat: bool = False,
    slices: Slices | str | None = None,
    colour: bool = False,
    phantom: bool = False,
) -> AuditResult:
    """Tell which candidates the generator of some images was trained on, and how surely.

    Parameters
    ----------
    generated : ImageSet, path or what :func:`whorl.images.load` reads
        Images made by the generator, or their folder.
    candidates
        Real images to be judged, given alike.
    reference, optional
        Real images known not to have been used, like the candidates in every other way. With
        them, flagged candidates carry a bound on the false discovery rate.
    method : str, Method or Entry
        A name of the catalogue (``whorl methods`` lists them), or a method or entry of your own
        (:func:`whorl.runs.as_entry`); one that needs no development set.
    settings : Settings
        What is set of the method: weights, budget, a bound on generated images.
    patients : path, str or mapping, optional
        Whose each real image is: image id → patient, or what
        :func:`whorl.tasks.patients.with_patients` takes; image sets may carry it already, and
        DICOM says it by itself. Where nobody says, images that look like several of one patient
        count as one.
    drop_shared_patients : bool
        Go on without the reference images of patients who are among the candidates; else they are
        an error.
    level : float
        Between 0 and 1: if nothing leaked, "leakage shown" comes up in at most this share of
        audits, all tests together; and the bound on the false discovery rate of what is flagged.
        Used where there is a reference.
    title, dataset : str
        What the report is called, and the data set it is about.
    seed : int
        Seeds every random draw.
    resize, window, skip_unreadable, flat, slices, colour
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
        If images cannot be read, differ in size, the method is unknown or needs more, a patient is
        on both sides, or `level` is out of range.

    Examples
    --------
    >>> from whorl.tasks.sample import sample_task
    >>> view = sample_task().view
    >>> result = audit(view.generated, view.candidates, view.reference, "nearest-correlation")
    >>> str(result.verdict.outcome)
    'leakage shown'
    """
    if not 0 < level < 1:
        raise WhorlError(f"--level must lie between 0 and 1, not {level}")
    require_seed(seed)
    chosen = as_entry(method).with_settings(settings)
    if Need.DEVELOPMENT in chosen.method.needs:
        raise NeedError(
            f"--method {chosen.name} is fitted on a labelled development set, which an audit does "
            "not have: choose one that needs none (whorl methods lists them), or use whorl run"
        )
    given = {"GENERATED": generated, "CANDIDATES": candidates, "--reference": reference}
    require_distinct(*given.items(), flat=flat)
    read = partial(
        _images, resize=resize, window=window, skip_unreadable=skip_unreadable, flat=flat,
        slices=slices, colour=colour,
    )  # fmt: skip
    watch = Stopwatch()
    with watch.stage("reading"):
        view = View(
            read(generated, "generated"),
            read(candidates, "candidates"),
            None if reference is None else read(reference, "reference"),
        )
        folders = {"candidates": _folder(candidates), "reference": _folder(reference)}
        view, dropped = with_known_patients(
            view, patients, folders, drop_shared=drop_shared_patients
        )
    with watch.stage("looking for blank images"):
        view, blank = without_blanks(view)
    with watch.stage("looking for patients"):
        grouping = grouping_of(view, dropped=dropped, seed=seed)
    result = _audit(view, chosen, grouping, blank, level, seed, watch)
    record = record_of(view, chosen, level, seed, watch) | {"title": title, "dataset": dataset}
    return replace(result, record=record, blank=blank, phantom=phantom)


def _audit(
    view: View,
    chosen: Entry,
    grouping: Grouping,
    blank: BlankIds,
    level: float,
    seed: int,
    watch: Stopwatch,
) -> AuditResult:
    """Score, look for duplicates, compare, decide and judge."""
    with watch.stage("scoring"):
        scores = chosen.score(view, seed=seed)
        nearest = scores.nearest or NearestSimilarity(Correlation()).nearest(view)
    with watch.stage("duplicates"):
        alike = find_alike(view, grouping)
    decided = None
    findings: list[Finding] = [copies_finding(alike), patients_finding(grouping, level)]
    if view.reference is None:
        decisions = chosen.rule.decide(scores)
        findings.append(own_rule_finding(decisions))
    else:
        with watch.stage("second measure"):
            second = _second(view, chosen, seed)
        with watch.stage("deciding"):
            compared = Compared(view, grouping, chosen.name, scores, *second)
            decided, decisions, found = compare(compared, level, seed)
            findings += found
            findings += growth_findings(scores, grouping, len(view.generated), seed)
    aside = shared_finding(alike), blank_finding(view, blank)
    findings += [finding for finding in aside if finding is not None]
    findings += [Caution(meaning=Meaning.ASIDE, sentence=text) for text in decisions.warnings]
    return AuditResult(
        view, chosen.name, scores, decisions, nearest, judge(findings), grouping, decided,
        alike.duplicates,
    )  # fmt: skip


def _second(view: View, chosen: Entry, seed: int) -> tuple[str, Scores]:
    """Score by a second measure, to catch a leak that the method is blind to."""
    measure = getattr(chosen.method, "measure", None)
    if isinstance(measure, Explained):
        plain = ExplainAway(measure.plain(), MeanOfLargest(1))
        return "explain-nearest", plain.score(view, seed=seed)
    other = SSIM() if measure == Correlation() else Correlation()
    second = NearestSimilarity(other)
    return f"nearest-{other.name.lower()}", second.score(view, seed=seed)


def _images(source: Images, name: str, **reading: Any) -> ImageSet:
    """Return the images under the name of their part in the audit."""
    if isinstance(source, ImageSet):
        return replace(source, name=name)
    return load(source, name=name, **reading)


def _folder(source: Images | None) -> Path | None:
    """Return the folder that images are read from; None where they come otherwise."""
    return Path(source) if isinstance(source, Path | str) else None
