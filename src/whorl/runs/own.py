"""The rows of whorl's own: its attack, the plainest ones, and rows that every table shows."""

from __future__ import annotations

from whorl.decisions import Above, AboveMaximum, AboveMedian, HighestF1
from whorl.methods.blind import Blind
from whorl.methods.explain import ExplainAway, MeanOfLargest
from whorl.methods.explain_fitted import FittedExplaining
from whorl.methods.nearest import NearestSimilarity
from whorl.methods.trivial import Brightness, Constant, Random
from whorl.runs.entries import Entry
from whorl.similarity import SSIM, Correlation, Explained, MapSimilarity
from whorl.similarity.mapped import HOUSE_MAPS

_GAN_LEAKS = "Chen et al., GAN-Leaks, CCS 2020 (full black box)"

HOUSE = (
    Entry(
        "whorl",
        ExplainAway(),
        HighestF1(),
        "what of all generated images this real explains and no other: the default of an audit",
    ),
    Entry(
        "whorl-fitted",
        FittedExplaining(),
        Above(0),
        "logistic regression on the statistics of whorl, fitted on the development set",
    ),
    *(
        Entry(f"explain-{name}", method, HighestF1(), summary)
        for name, method, summary in (
            (
                "z1",
                ExplainAway(statistic=MeanOfLargest(1)),
                "as whorl, by the image explained best",
            ),
            ("t5", ExplainAway(statistic=MeanOfLargest(5)), "as whorl, by the five explained best"),
            ("cm", ExplainAway(statistic=MeanOfLargest(10)), "as whorl, by the ten explained best"),
            (
                "nearest",
                ExplainAway(MapSimilarity(), MeanOfLargest(1)),
                "as explain-z1, by the plain similarity of maps",
            ),
            *(
                (each.name, ExplainAway(Explained((each,))), f"as whorl, by {each.name} alone")
                for each in HOUSE_MAPS
            ),
        )
    ),
)
"""Explaining away, its parts, and what is left of it where nothing competes."""

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
