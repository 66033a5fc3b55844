"""Scores that an attack of somebody's own gave: looked up, not computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from whorl.errors import NeedError, ScoreError
from whorl.images import ImageSet, digest_of
from whorl.methods.base import Method, Scores
from whorl.tasks.names import advice, matched
from whorl.tasks.textfile import first_few
from whorl.tasks.view import View


@dataclass(frozen=True)
class GivenScores(Method):
    """Score = what is given for the image's id.

    Attributes
    ----------
    candidates : mapping of str to float
        Candidate's id, as :func:`whorl.tasks.names.matched` reads it → its finite score, higher =
        more likely used. Of ids that are no candidates nothing is used.
    reference : mapping of str to float or None
        The same of the reference's images, scored in the same way; needed where there are such.
    sha256 : str
        Of all of them: what stands for them in an audit's record, which holds no ids.

    Raises
    ------
    NeedError
        If there is a reference, but no scores of it.
    ScoreError
        If an image has no score.

    Examples
    --------
    >>> from whorl.tasks.sample import sample_task
    >>> view = sample_task().view
    >>> own = GivenScores({i: 0.5 for i in view.candidates.ids})
    >>> own.score(View(view.generated, view.candidates)).values[:2]
    array([0.5, 0.5])
    """

    candidates: Mapping[str, float] = field(repr=False)
    reference: Mapping[str, float] | None = field(default=None, repr=False)
    sha256: str = field(init=False, default="")

    def __post_init__(self) -> None:
        parts = (self.candidates, self.reference or {})
        lines = [f"{i} {float(score)!r}" for part in parts for i, score in part.items()]
        object.__setattr__(self, "sha256", digest_of(lines))

    def notes(self) -> tuple[str, ...]:
        """Say what the result rests on."""
        if self.reference is None:
            return ()
        return (
            "scores are as given: nothing here tells whether those of the reference came about "
            "as those of the candidates did, which the p-values rest on",
        )

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        return Scores(view.candidates.ids, _of(view.candidates, self.candidates, "--scores"))

    def _score_with_reference(self, view: View, reference: ImageSet, seed: int) -> Scores:
        if self.reference is None:
            raise NeedError(
                "--reference-scores: the reference's images need scores too, by the same attack"
            )
        null = _of(reference, self.reference, "--reference-scores")
        return Scores(view.candidates.ids, self._score(view, seed).values, null)


def _of(images: ImageSet, given: Mapping[str, float], option: str) -> NDArray[np.float64]:
    """Return each image's score."""
    found = matched(given, images.ids).given
    if lacking := [i for i in images.ids if i not in found]:
        raise ScoreError(
            f"{option}: {len(lacking):,} of {len(images):,} {images.name} have no score: "
            f"{first_few(lacking)}; {advice(lacking, list(given), images.ids)}"
        )
    return np.array([given[found[i]] for i in images.ids], np.float64)
