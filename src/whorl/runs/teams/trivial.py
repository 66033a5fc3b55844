"""Rows that every table shows: trivial, and blind to the generated images."""

from __future__ import annotations

from whorl.decisions import Above, AboveMedian
from whorl.methods.blind import Blind
from whorl.methods.trivial import Brightness, Constant, Random
from whorl.runs.entries import Entry

ENTRIES = (
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
