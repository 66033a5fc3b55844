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
    ASIDE = "stands beside the verdict"


class _Finding(BaseModel):
    """What every finding has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    meaning: Meaning


class Copies(_Finding):
    """Candidates and generated images that are identical in every grey value.

    Attributes
    ----------
    pairs : int
        How many pairs.
    """

    kind: Literal["copies"] = "copies"
    pairs: int = Field(ge=0)


class Flags(_Finding):
    """The candidates that the rule calls used.

    Attributes
    ----------
    rule : str
        In words.
    candidates, flagged : int
        How many there are, and how many are flagged.
    reference : int
        Reference images; 0 where none were given.
    level : float or None
        The bound on the false discovery rate; None where nothing is guaranteed.
    smallest_p_value : float or None
        The smallest that so many reference images allow.
    needed : int or None
        How many members among the candidates it takes for any to be flagged at the level.
    """

    kind: Literal["flags"] = "flags"
    rule: str
    candidates: int
    flagged: int
    reference: int
    level: Share | None
    smallest_p_value: Share | None
    needed: int | None


class SetTest(_Finding):
    """Whether the candidates as a set lie closer to the generated images than the reference does.

    Attributes
    ----------
    measure : str
        The catalogue's name of the method whose scores are compared.
    level : float
        At which it shows leakage.
    auc : float
        Probability that a random candidate scores above a random reference image (ties half);
        0.5 = no difference.
    low, high : float
        95 % interval of the AUC.
    p_value : float
        One-sided Mann–Whitney p-value.
    """

    kind: Literal["set"] = "set"
    measure: str
    level: Share
    auc: Share
    low: Share
    high: Share
    p_value: Share


class Reach(_Finding):
    """How large a leak could have been overlooked.

    Attributes
    ----------
    detectable, detectable_limit : float
        The smallest AUC that so many images would probably have shown, and how small it must be.
    highest, highest_limit : float
        The largest AUC in the intervals of all set tests, and how small it must be.
    """

    kind: Literal["reach"] = "reach"
    detectable: Share
    detectable_limit: Share
    highest: Share
    highest_limit: Share


class Caution(_Finding):
    """What is degenerate about scores or decisions.

    Attributes
    ----------
    sentence : str
        As the rule gives it.
    """

    kind: Literal["caution"] = "caution"
    sentence: str


Finding = Annotated[Copies | Flags | SetTest | Reach | Caution, Field(discriminator="kind")]
"""Any finding; ``kind`` says which."""
