"""What an audit found: each test with its numbers, its level and what it means, as plain data.

Findings hold no prose; :mod:`whorl.auditing.words` makes the sentences from them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]


class Meaning(StrEnum):
    """What a finding means for the verdict."""

    SHOWS = "shows leakage"
    EXCLUDES = "rules out more than a small leak"
    LEAVES_OPEN = "leaves it open"
    CONTRADICTS = "makes the comparison doubtful"
    ASIDE = "stands beside the verdict"


class Known(StrEnum):
    """How it is known whose each image is."""

    GIVEN = "given"
    HEADERS = "from the files' headers"
    FOUND = "found among the images"
    ALONE = "each image counts by itself"


class _Facts(BaseModel):
    """What every model here has."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Finding(_Facts):
    """What every finding has."""

    meaning: Meaning


class Interval(_Facts):
    """A value with its 95 % interval over patients."""

    value: Share
    low: Share
    high: Share


class Copy(_Facts):
    """A generated image that is a candidate, brought there by some road, or nearly.

    Attributes
    ----------
    candidate, generated : str
        Their ids.
    exact : bool
        Whether every grey value is the same once the candidate is mirrored or turned.
    similarity : float
        Once they are laid over each other, −1 to 1.
    road : str
        What was done to the candidate, in words.
    """

    candidate: str
    generated: str
    exact: bool
    similarity: float
    road: str


class Copies(_Finding):
    """Generated images that are candidates, or nearly.

    Attributes
    ----------
    pairs, turned : int
        Pairs that are identical in every grey value, as they are, and when one is mirrored or
        turned.
    everywhere : int
        Candidates that are identical with a generated and with a reference image, which shows
        nothing; they are counted nowhere else.
    of_reference : int
        Reference images that are identical with a generated one.
    near, near_reference : int
        Other candidates, and reference images as a control, that are like a generated one when laid
        over it; they are to be looked at. None without a reference.
    bar : float
        The similarity from which they are.
    p_value : float or None
        How often chance gives so many of the patients that have such an image to the candidates;
        None without a reference.
    named : tuple of Copy
        The first of the pairs that are identical when one is mirrored or turned, and the most
        alike of the others.
    """

    kind: Literal["copies"] = "copies"
    pairs: int = Field(ge=0)
    turned: int = Field(default=0, ge=0)
    everywhere: int = Field(default=0, ge=0)
    of_reference: int = Field(default=0, ge=0)
    near: int = Field(default=0, ge=0)
    near_reference: int | None = Field(default=None, ge=0)
    bar: float | None = None
    p_value: Share | None = None
    named: tuple[Copy, ...] = ()


class Patients(_Finding):
    """How many patients there are, and how that is known.

    Attributes
    ----------
    known : Known
        How.
    candidates, reference : int
        Patients on either side.
    candidate_images, reference_images : int
        Their images.
    largest : float
        The largest share of a side's images that one patient has.
    more_reference : int
        How many more reference patients it takes for any statement about the set.
    dropped : int
        Reference images left out because their patients are among the candidates.
    """

    kind: Literal["patients"] = "patients"
    known: Known
    candidates: int
    reference: int
    candidate_images: int
    reference_images: int
    largest: Share
    more_reference: int
    dropped: int = 0


class Part(_Facts):
    """One statistic of the test of the whole set."""

    name: str
    p_value: Share
    effect: float


class SetTest(_Finding):
    """Whether the candidates as a set lie closer to the generated images than the reference does.

    Patients are permuted, each counting once; all parts together hold the level.

    Attributes
    ----------
    measure : str
        The method whose scores the effect is of.
    level : float
        At which it shows leakage.
    p_value : float
        Of all parts together.
    parts : tuple of Part
        Each by itself.
    auc : Interval
        Probability that a candidate patient scores above a reference patient; 0.5 = no difference.
    detectable : float
        The smallest AUC that so many patients show four times in five.
    below : float
        One-sided p-value of the candidates lying *farther* from the generated images.
    permutations : int
        How many were compared.
    """

    kind: Literal["set"] = "set"
    measure: str
    level: Share
    p_value: Share
    parts: tuple[Part, ...]
    auc: Interval
    detectable: Share
    below: Share
    permutations: int


class Flags(_Finding):
    """The patients, or the images, that are called used.

    Attributes
    ----------
    unit : {"patients", "images"}
        What is counted.
    rule : str
        In words.
    total, flagged : int
        Candidates, and how many of them are flagged.
    benjamini_hochberg : int or None
        How many Benjamini and Hochberg's procedure would flag, for the record.
    level : float or None
        The bound on the false discovery rate; None where nothing is guaranteed.
    smallest_p_value : float or None
        The smallest that so many reference patients allow.
    warnings : tuple of str
        What so few reference patients cannot show.
    """

    kind: Literal["flags"] = "flags"
    unit: Literal["patients", "images"]
    rule: str
    total: int
    flagged: int
    benjamini_hochberg: int | None = None
    level: Share | None = None
    smallest_p_value: Share | None = None
    warnings: tuple[str, ...] = ()


class AtLeast(_Finding):
    """Lower bounds on how many were used, which hold together.

    Attributes
    ----------
    patients, images : int
        At least so many.
    confidence : float
        With which.
    """

    kind: Literal["at least"] = "at least"
    patients: int
    images: int
    confidence: Share


class Attack(_Finding):
    """What an attacker reaches, were all candidates used and no reference image.

    Attributes
    ----------
    tpr_at_1, tpr_at_5 : Interval or None
        Share of the candidates above all but 1 % and 5 % of the reference; None where the
        reference is too small to tell.
    epsilon, delta : float
        The generator gave away at least this ε, for that δ, with 95 % confidence.
    """

    kind: Literal["attack"] = "attack"
    tpr_at_1: Interval | None
    tpr_at_5: Interval | None
    epsilon: float
    delta: float


class Growth(_Finding):
    """What more generated images would show of the same candidates and reference.

    Attributes
    ----------
    generated, more : int
        The number of generated images at hand, and the one that is foretold.
    fewer : int
        The number of generated images of a part of them.
    auc_of_fewer, auc : float
        The patients' AUC that a part of that size shows on average, and that all of them show.
    expected : Interval
        The AUC that `more` would show.
    """

    kind: Literal["growth"] = "growth"
    generated: int
    more: int
    fewer: int
    auc_of_fewer: Share
    auc: Share
    expected: Interval


class Shift(_Finding):
    """Whether the real images alone tell candidates from reference.

    Attributes
    ----------
    auc : float
        Of held-out patients; 0.5 = cannot be told apart.
    p_value, level : float
        By permuting patients, and where it warns.
    """

    kind: Literal["shift"] = "shift"
    auc: Share
    p_value: Share
    level: Share


class Shared(_Finding):
    """Images that stand among both candidates and reference: one of the two labels is wrong.

    Attributes
    ----------
    exact, turned, near : int
        Pairs that are identical, how many of them when one is mirrored or turned, and other pairs
        that are nearly.
    """

    kind: Literal["shared"] = "shared"
    exact: int
    turned: int = 0
    near: int


class Blank(_Finding):
    """Blank and nearly blank images, which were left out before anything was compared.

    Attributes
    ----------
    left_out, of : mapping of str to int
        How many, and of how many, by the part that their set plays: generated, candidates,
        reference.
    """

    kind: Literal["blank"] = "blank"
    left_out: dict[str, int]
    of: dict[str, int]


class Caution(_Finding):
    """What is degenerate about scores or decisions.

    Attributes
    ----------
    sentence : str
        As the rule gives it.
    """

    kind: Literal["caution"] = "caution"
    sentence: str


Finding = Annotated[
    Copies
    | Patients
    | SetTest
    | Flags
    | AtLeast
    | Attack
    | Growth
    | Shift
    | Shared
    | Blank
    | Caution,
    Field(discriminator="kind"),
]
"""Any finding; ``kind`` says which."""
