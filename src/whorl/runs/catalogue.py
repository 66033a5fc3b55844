"""The catalogue: every method with its rule, under the name that the command line knows it by."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from enum import StrEnum

from whorl.decisions import Above, AboveMaximum, AboveMedian, Decisions, Rule
from whorl.errors import NeedError, WhorlError
from whorl.features.maps import FAMILIES
from whorl.methods.aimultimedia import TwoGenerators
from whorl.methods.base import Method, Scores
from whorl.methods.blind import Blind
from whorl.methods.classifiers import Forest
from whorl.methods.dbscan import DensityClustering
from whorl.methods.dmk import VisualWords
from whorl.methods.gan_isi import TexturePairs
from whorl.methods.nearest import NearestSimilarity
from whorl.methods.phash import NearestHash
from whorl.methods.supervised import SupervisedMethod
from whorl.methods.trivial import Brightness, Constant, Random
from whorl.methods.vcmi import Ensemble, Retrieval
from whorl.similarity import SSIM, Correlation
from whorl.tasks.view import Development, View


class Fidelity(StrEnum):
    """How closely an entry follows the run that a team submitted."""

    SPECIFIED = "specified"
    PARTIAL = "partial"
    RECONSTRUCTION = "reconstruction"


@dataclass(frozen=True)
class Entry:
    """A run: a method with its rule, and where it comes from.

    Attributes
    ----------
    name : str
        What the command line calls it.
    method : Method
        Gives the scores.
    rule : Rule
        Turns them into decisions.
    summary : str
        What it does, in one line.
    team : str
        Who submitted it; "whorl" for entries of this project.
    citation : str
        The paper it comes from; empty for the trivial rows.
    fidelity : Fidelity or None
        How closely it follows the submitted run; None where there was none.
    paper_f1 : float or None
        The F1 printed in the overview paper's table 2.
    """

    name: str
    method: Method
    rule: Rule
    summary: str
    team: str = "whorl"
    citation: str = ""
    fidelity: Fidelity | None = None
    paper_f1: float | None = None

    def run(self, view: View, *, seed: int = 0) -> tuple[Scores, Decisions]:
        """Score the candidates and decide by the entry's own rule."""
        scores = self.method.score(view, seed=seed)
        return scores, self.rule.decide(scores)

    def fitted(self, development: Development, *, seed: int = 0) -> Entry:
        """Return the entry with its method fitted on a development set.

        Raises
        ------
        NeedError
            If the method learns nothing from a development set.

        Examples
        --------
        >>> from whorl.tasks.sample import sample_task
        >>> view = sample_task().view
        >>> blind = entry("blind").fitted(view.development)
        >>> blind.run(replace(view, development=None))[0].values.shape
        (60,)
        """
        if not isinstance(self.method, SupervisedMethod):
            raise NeedError(f"{self.name} learns nothing from a development set: run it as it is")
        return replace(self, method=self.method.fit(development, seed=seed))

    def to_dict(self) -> dict[str, object]:
        """Return the fields that ``whorl methods --json`` lists."""
        return {
            "name": self.name,
            "team": self.team,
            "needs": sorted(self.method.needs),
            "fidelity": self.fidelity,
            "paper_f1": self.paper_f1,
            "citation": self.citation,
            "summary": self.summary,
            "method": repr(self.method),
            "rule": repr(self.rule),
        }


_VCMI = "Montenegro et al., CLEF 2023 Working Notes"
_OVERVIEW = "Andrei et al., Overview of ImageCLEFmedical GANs, CLEF 2023 Working Notes"
_GAN_LEAKS = "Chen et al., GAN-Leaks, CCS 2020 (full black box)"

_ENTRIES = (
    Entry(
        "nearest-ssim",
        NearestSimilarity(SSIM()),
        AboveMaximum(),
        "SSIM to the nearest generated image; used if above that of any two candidates",
        citation=_GAN_LEAKS,
    ),
    Entry(
        "nearest-correlation",
        NearestSimilarity(Correlation()),
        AboveMaximum(),
        "correlation with the nearest generated image; used if above that of any two candidates",
        citation=_GAN_LEAKS,
    ),
    Entry(
        "vcmi-1",
        Ensemble(SSIM()),
        Above(0),
        "retrieved, and ranked better by generated than by real images or above threshold MAX",
        "VCMI",
        _VCMI,
        Fidelity.PARTIAL,
        0.731,
    ),
    Entry(
        "vcmi-2",
        NearestSimilarity(SSIM()),
        AboveMaximum(),
        "threshold MAX: nearest SSIM above that of any two candidates",
        "VCMI",
        _VCMI,
        Fidelity.SPECIFIED,
        0.802,
    ),
    Entry(
        "vcmi-3",
        Retrieval(SSIM()),
        Above(0),
        "retrieval: the most similar candidate, by SSIM, of at least one generated image",
        "VCMI",
        _VCMI,
        Fidelity.SPECIFIED,
        0.707,
    ),
    Entry(
        "vcmi-dbscan",
        DensityClustering(),
        Above(0),
        "no outlier of DBSCAN, by SSIM, on candidates and up to 1,000 generated images together",
        "VCMI",
        _VCMI,
    ),
    Entry(
        "aimultimedia-1",
        TwoGenerators(),
        Above(0),
        "SVM of local binary patterns: generated images against those of an own generator "
        "(PCA diffusion) trained on not-used reals",
        "AIMultimediaLab",
        _OVERVIEW,
        Fidelity.RECONSTRUCTION,
        0.626,
    ),
    Entry(
        "dmk-2",
        VisualWords(),
        Above(0.5),
        "SIFT visual words of the generated images; 5 nearest development reals",
        "DMK-SSN",
        _OVERVIEW,
        Fidelity.SPECIFIED,
        0.449,
    ),
    Entry(
        "dmk-phash",
        NearestHash(),
        Above(-51),
        "at most 50 of 256 bits of the perceptual hash differ from a generated image's",
        "DMK-SSN",
        _OVERVIEW,
    ),
    Entry(
        "gan-isi-1",
        TexturePairs(("first-order",)),
        Above(0),
        "Wasserstein distances of intensity and local statistics to each generated image; "
        "logistic regression of pairs",
        "GAN-ISI",
        _OVERVIEW,
        Fidelity.RECONSTRUCTION,
        0.469,
    ),
    Entry(
        "gan-isi-2",
        TexturePairs(("first-order", "gradient")),
        Above(0),
        "as gan-isi-1, with gradient magnitude and Laplacian of Gaussian",
        "GAN-ISI",
        _OVERVIEW,
        Fidelity.RECONSTRUCTION,
        0.489,
    ),
    Entry(
        "gan-isi-3",
        TexturePairs(tuple(FAMILIES)),
        Above(0),
        "as gan-isi-2, with binary patterns, Gabor filters and co-occurrence",
        "GAN-ISI",
        _OVERVIEW,
        Fidelity.RECONSTRUCTION,
        0.486,
    ),
    Entry(
        "gan-isi-4",
        TexturePairs(tuple(FAMILIES), Forest(100, leaf=20), pairs=20_000),
        Above(0),
        "as gan-isi-3, with a forest fitted on 20,000 pairs",
        "GAN-ISI",
        _OVERVIEW,
        Fidelity.RECONSTRUCTION,
        0.483,
    ),
    Entry(
        "gan-isi-5",
        TexturePairs(tuple(FAMILIES), Forest(100, leaf=20), "largest", None, 20_000),
        Above(0),
        "as gan-isi-4, by the largest pair probability; threshold of best F1 by cross-validation",
        "GAN-ISI",
        _OVERVIEW,
        Fidelity.RECONSTRUCTION,
        0.502,
    ),
    Entry(
        "blind",
        Blind(),
        Above(0),
        "texture and grey values of the real alone: what it finds is a flaw of the benchmark",
    ),
    Entry("all-used", Constant(1), Above(0.5), "says used of every candidate"),
    Entry("none-used", Constant(0), Above(0.5), "says not used of every candidate"),
    Entry(
        "random",
        Random(),
        Above(1),
        "a coin with the development set's share of used, or one half",
    ),
    Entry("brightness", Brightness(), AboveMedian(), "brighter than the median candidate"),
)

CATALOGUE: dict[str, Entry] = {entry.name: entry for entry in _ENTRIES}
"""Every entry by its name, in the order in which they are listed."""


def entry(name: str) -> Entry:
    """Return the catalogue's entry of that name.

    Raises
    ------
    UnknownMethodError
        Naming the nearest names.

    Examples
    --------
    >>> entry("vcmi-2").paper_f1
    0.802
    """
    if name not in CATALOGUE:
        raise UnknownMethodError(name)
    return CATALOGUE[name]


class UnknownMethodError(WhorlError):
    """No entry of the catalogue has that name."""

    def __init__(self, name: str) -> None:
        close = difflib.get_close_matches(name.lower(), CATALOGUE, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(close)}?" if close else "see: whorl methods"
        super().__init__(f"there is no method called {name!r}; {hint}")
