"""Findings made by hand, for tests of the verdict and its words."""

from __future__ import annotations

from typing import Any

from whorl.auditing.findings import (
    AtLeast,
    Attack,
    Copies,
    Copy,
    Flags,
    Growth,
    Interval,
    Known,
    Meaning,
    Part,
    Patients,
    SetTest,
    Shared,
    Shift,
)


def copies(pairs: int = 0, **fields: Any) -> Copies:
    shows = pairs or fields.get("turned")
    facts = {"meaning": Meaning.SHOWS if shows else Meaning.ASIDE, "pairs": pairs}
    return Copies(**facts | fields)


def copy(road: str, *, exact: bool = False, candidate: str = "a") -> Copy:
    return Copy(candidate=candidate, generated="g", exact=exact, similarity=1.0, road=road)


def patients(candidates: int = 30, reference: int = 25, **fields: Any) -> Patients:
    """Three images of each patient."""
    facts = {
        "meaning": Meaning.ASIDE,
        "known": Known.GIVEN,
        "candidates": candidates,
        "reference": reference,
        "candidate_images": 3 * candidates,
        "reference_images": 3 * reference,
        "largest": 0.1,
        "more_reference": 0,
    }
    return Patients(**facts | fields)


def set_test(meaning: Meaning = Meaning.LEAVES_OPEN, **fields: Any) -> SetTest:
    """The test of the whole set; its numbers are those of a set that shows nothing."""
    shows = meaning is Meaning.SHOWS
    facts = {
        "meaning": meaning,
        "measure": "nearest-ssim",
        "level": 0.05,
        "p_value": 0.0004 if shows else 0.4,
        "parts": (
            Part(name="nearest-ssim, mean", p_value=0.2, effect=1.0),
            Part(name="nearest-correlation, tail", p_value=0.1, effect=1.5),
        ),
        "auc": Interval(value=0.52, low=0.42, high=0.62),
        "detectable": 0.68,
        "below": 0.01 if meaning is Meaning.CONTRADICTS else 0.6,
        "permutations": 10_000,
    }
    return SetTest(**facts | fields)


def flags(flagged: int = 0, unit: str = "patients", **fields: Any) -> Flags:
    facts = {
        "meaning": Meaning.SHOWS if flagged else Meaning.LEAVES_OPEN,
        "unit": unit,
        "rule": "the rule",
        "total": 30,
        "flagged": flagged,
        "benjamini_hochberg": 0,
        "level": 0.05,
        "smallest_p_value": 0.04,
    }
    return Flags.model_validate(facts | fields)


def at_least(images: int = 0, patients: int = 0) -> AtLeast:
    return AtLeast(meaning=Meaning.ASIDE, patients=patients, images=images, confidence=0.95)


def shift(*, fires: bool = True) -> Shift:
    return Shift(
        meaning=Meaning.CONTRADICTS if fires else Meaning.ASIDE,
        auc=0.93 if fires else 0.5,
        p_value=0.001 if fires else 0.5,
        level=0.01,
    )


def shared(exact: int = 2) -> Shared:
    return Shared(meaning=Meaning.CONTRADICTS, exact=exact, near=0)


def attack(**fields: Any) -> Attack:
    facts = {"tpr_at_1": None, "tpr_at_5": None, "epsilon": 0.0, "delta": 1e-5}
    return Attack(meaning=Meaning.ASIDE, **facts | fields)


def growth(auc: float = 0.65, low: float = 0.6, high: float = 0.9) -> Growth:
    """A thousand generated images."""
    return Growth(
        meaning=Meaning.ASIDE,
        generated=1_000,
        more=10_000,
        fewer=125,
        auc_of_fewer=0.58,
        auc=auc,
        expected=Interval(value=(low + high) / 2, low=low, high=high),
    )


OWN_RULE = flags(12, "images", level=None, meaning=Meaning.LEAVES_OPEN, benjamini_hochberg=None)
"""What stands in place of the tests where there is no reference."""
