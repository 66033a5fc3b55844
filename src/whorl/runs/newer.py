"""The rows of whorl's own that follow published attacks: newer ones, of papers on other data."""

from __future__ import annotations

from whorl.decisions import Above, AboveMaximum
from whorl.methods.closest import AdaptiveDistance, Authenticity, CalibratedDistance
from whorl.methods.nearest import NearestSimilarity
from whorl.runs.entries import Entry
from whorl.similarity import TileDistance

_CARLINI = "Carlini et al., Extracting training data from diffusion models, USENIX Security 2023"

ATTACKS = (
    Entry(
        "closest-record",
        NearestSimilarity(TileDistance(1)),
        AboveMaximum(),
        "Euclidean distance to the nearest generated image; used if nearer than any two "
        "candidates are to each other",
        citation="Chen et al., GAN-Leaks, CCS 2020 (full black box)",
    ),
    Entry(
        "closest-record-calibrated",
        CalibratedDistance(),
        Above(0),
        "distance to the nearest other real image, minus that to the nearest generated one",
        citation="Chen et al., GAN-Leaks, CCS 2020 (attack calibration)",
    ),
    Entry(
        "tiled-distance",
        NearestSimilarity(TileDistance(4)),
        AboveMaximum(),
        "as closest-record, by the largest distance over 16 tiles: images must match everywhere",
        citation=_CARLINI,
    ),
    Entry(
        "adaptive-distance",
        AdaptiveDistance(),
        Above(-1),
        "distance to the nearest generated image, over half the mean of the 50 nearest",
        citation=_CARLINI,
    ),
    Entry(
        "authenticity",
        Authenticity(),
        Above(0),
        "a generated image lies nearer than any other real one",
        citation="Alaa et al., How faithful is your synthetic data?, ICML 2022",
    ),
)
"""Distances first, then densities, then classifiers and networks."""
