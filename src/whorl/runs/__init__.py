"""Runs: a method with its rule, as a team submitted it or as whorl offers it."""

from whorl.runs.calibration import Calibration, calibrate
from whorl.runs.catalogue import CATALOGUE, UnknownMethodError, as_entry, entry
from whorl.runs.crossvalidation import CrossValidation, cross_validate, try_out
from whorl.runs.entries import Entry, Fidelity
from whorl.runs.model_file import ModelError
from whorl.runs.models import Model, load_model, save_model
from whorl.runs.settings import AS_IT_IS, SettingError, Settings

__all__ = [
    "AS_IT_IS",
    "CATALOGUE",
    "Calibration",
    "CrossValidation",
    "Entry",
    "Fidelity",
    "Model",
    "ModelError",
    "SettingError",
    "Settings",
    "UnknownMethodError",
    "as_entry",
    "calibrate",
    "cross_validate",
    "entry",
    "load_model",
    "save_model",
    "try_out",
]
