"""The runs of team VCMI (INESC TEC)."""

from __future__ import annotations

from whorl.decisions import Above, AboveMaximum
from whorl.methods.dbscan import DensityClustering
from whorl.methods.nearest import NearestSimilarity
from whorl.methods.vcmi import Ensemble, Retrieval
from whorl.runs.entries import Entry, Fidelity
from whorl.similarity import SSIM

_VCMI = "Montenegro et al., CLEF 2023 Working Notes"

ENTRIES = (
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
)
