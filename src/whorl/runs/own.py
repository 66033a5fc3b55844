"""The rows of whorl's own: the plainest attacks, and rows that every table shows."""

from __future__ import annotations

from whorl.decisions import Above, AboveMaximum, AboveMedian
from whorl.methods.blind import Blind
from whorl.methods.nearest import NearestSimilarity
from whorl.methods.trivial import Brightness, Constant, Random
from whorl.runs.entries import Entry
from whorl.similarity import SSIM, Correlation

_GAN_LEAKS = "Chen et al., GAN-Leaks, CCS 2020 (full black box)"

ATTACKS = (
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
"""The nearest generated image."""

BASELINES = (
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
"""Rows that are trivial, or blind to the generated images."""
