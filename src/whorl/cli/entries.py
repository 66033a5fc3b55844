"""The run that a command was asked for: found, set, and cross-validated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from whorl.cli.options import Budget, Setting, Validating
from whorl.errors import WhorlError

if TYPE_CHECKING:
    from whorl.runs import CrossValidation, Entry
    from whorl.tasks.view import Development

CALIBRATED = "calibrated"


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


def with_rule(entry: Entry, rule: str | None) -> Entry:
    """Return the entry with the rule that was asked for; ``calibrated`` is set by `expectation`."""
    if rule is None or rule == CALIBRATED:
        return entry

    from whorl.decisions import named_rule

    try:
        return replace(entry, rule=named_rule(rule))
    except WhorlError as error:
        raise typer.BadParameter(str(error), param_hint="--rule") from error


def expectation(
    entry: Entry,
    development: Development | None,
    validating: Validating,
    seed: int,
    *,
    calibrated: bool = False,
) -> tuple[Entry, CrossValidation | None]:
    """Try a run on the development set, and say what to expect of it; None where it was left out.

    The entry that is returned has the operating point that the development set gave, where it was
    to be calibrated.
    """
    from whorl.methods import Need
    from whorl.runs import calibrate, cross_validate, try_out
    from whorl.tasks.patients import with_patients

    if development is None or not validating.folds:
        return entry, None
    if validating.patients is not None:
        development = replace(
            development,
            used=with_patients(development.used, validating.patients),
            not_used=with_patients(development.not_used, validating.patients),
        )
    if calibrated:
        found = calibrate(entry, development, folds=validating.folds, seed=seed)
        return found.entry, found.expected
    if Need.DEVELOPMENT in entry.method.needs:
        return entry, cross_validate(entry, development, folds=validating.folds, seed=seed)
    return entry, try_out(entry, development, seed=seed)
