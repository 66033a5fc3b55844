"""The plainest attacks: the nearest generated image."""

from __future__ import annotations

from whorl.decisions import AboveMaximum
from whorl.methods.nearest import NearestSimilarity
from whorl.runs.entries import Entry
from whorl.similarity import SSIM, Correlation

_GAN_LEAKS = "Chen et al., GAN-Leaks, CCS 2020 (full black box)"

ENTRIES = (
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
)
