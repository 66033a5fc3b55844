"""Runs: a method with its rule, as a team submitted it or as whorl offers it."""

from whorl.runs.catalogue import CATALOGUE, UnknownMethodError, entry
from whorl.runs.entries import Entry, Fidelity
from whorl.runs.models import Model, ModelError, load_model, save_model

__all__ = [
    "CATALOGUE",
    "Entry",
    "Fidelity",
    "Model",
    "ModelError",
    "UnknownMethodError",
    "entry",
    "load_model",
    "save_model",
]
