"""Runs: a method with its rule, as a team submitted it or as whorl offers it."""

from whorl.runs.catalogue import CATALOGUE, Entry, Fidelity, UnknownMethodError, entry

__all__ = ["CATALOGUE", "Entry", "Fidelity", "UnknownMethodError", "entry"]
