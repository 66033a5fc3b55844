"""The methods that attribute, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from whorl.attribution.base import SubsetMethod
from whorl.attribution.classifier import SubsetClassifier
from whorl.attribution.explained import SubsetExplained
from whorl.attribution.nearest import NearestSubset, NeighbourVote
from whorl.attribution.view import SubsetError
from whorl.features.embeddings import Embedding
from whorl.similarity import SSIM, Correlation, MapSimilarity


@dataclass(frozen=True)
class SubsetEntry:
    """A row of the catalogue.

    Attributes
    ----------
    method : SubsetMethod
        What it does.
    summary : str
        The same in a line.
    """

    method: SubsetMethod
    summary: str


SUBSET_METHODS: Mapping[str, SubsetEntry] = {
    "whorl": SubsetEntry(
        SubsetExplained(),
        "how much of the generated image the subset's reals explain, all competing",
    ),
    "nearest-maps": SubsetEntry(
        NearestSubset(MapSimilarity()), "the nearest real by map similarity, calibrated by subset"
    ),
    "nearest-ssim": SubsetEntry(
        NearestSubset(SSIM()), "the nearest real by SSIM, calibrated by subset"
    ),
    "nearest-correlation": SubsetEntry(
        NearestSubset(Correlation()), "the nearest real by correlation, calibrated by subset"
    ),
    "vote-maps": SubsetEntry(
        NeighbourVote(MapSimilarity()), "the vote of the 5 nearest reals by map similarity"
    ),
    "vote-ssim": SubsetEntry(NeighbourVote(SSIM()), "the vote of the 5 nearest reals by SSIM"),
    "classifier": SubsetEntry(
        SubsetClassifier(),
        "logistic regression on outlines, brightness and texture, folds by patient",
    ),
    "embeddings": SubsetEntry(
        SubsetClassifier(Embedding()),
        "logistic regression on a backbone's embeddings (--weights), folds by patient",
    ),
}
DEFAULT = "whorl"


def subset_entry(name: str) -> SubsetEntry:
    """Return the catalogue's entry.

    Raises
    ------
    SubsetError
        If there is none of that name, naming those that are there.

    Examples
    --------
    >>> subset_entry("vote-ssim").method
    NeighbourVote(measure=SSIM(window='uniform'), k=5)
    >>> subset_entry("vote")
    Traceback (most recent call last):
    whorl.attribution.view.SubsetError: no method 'vote' attributes: there are ...
    """
    if name not in SUBSET_METHODS:
        raise SubsetError(f"no method {name!r} attributes: there are {', '.join(SUBSET_METHODS)}")
    return SUBSET_METHODS[name]
