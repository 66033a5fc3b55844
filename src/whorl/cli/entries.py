"""The run that a command was asked for: found, set, and cross-validated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from whorl.cli.options import Budget, Setting, Validating

if TYPE_CHECKING:
    from whorl.runs import CrossValidation, Entry
    from whorl.tasks.view import Development


def catalogue_entry(name: str, option: str) -> Entry:
    """Return the catalogue's entry; an unknown name is a usage error."""
    from whorl.runs import UnknownMethodError, entry

    try:
        return entry(name)
    except UnknownMethodError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def set_entry(entry: Entry, setting: Setting, stages: Sequence[Path] | None = None) -> Entry:
    """Return the entry as the user sets it; what it does not take is a usage error."""
    from whorl.networks.backbones import find_weights
    from whorl.runs import SettingError, Settings

    weights = setting.weights
    backbone = next(iter(entry.method.backbones()), None)
    try:
        if weights is not None and backbone is None:
            raise SettingError("--weights", f"{entry.name} starts from no pretrained weights")
        settings = Settings(
            None if weights is None or backbone is None else find_weights(weights, backbone.name),
            setting.subsample_generated,
            tuple(str(stage.resolve()) for stage in stages or ()),
            fast=setting.budget is Budget.FAST,
        )
        return entry.with_settings(settings)
    except SettingError as error:
        raise typer.BadParameter(error.reason, param_hint=error.option) from error


def expectation(
    entry: Entry, development: Development | None, validating: Validating, seed: int
) -> CrossValidation | None:
    """Cross-validate a run that is fitted on a development set; None where it was left out."""
    from whorl.methods import Need
    from whorl.runs import cross_validate
    from whorl.tasks.patients import with_patients

    if development is None or not validating.folds or Need.DEVELOPMENT not in entry.method.needs:
        return None
    if validating.patients is not None:
        development = replace(
            development,
            used=with_patients(development.used, validating.patients),
            not_used=with_patients(development.not_used, validating.patients),
        )
    return cross_validate(entry, development, folds=validating.folds, seed=seed)
