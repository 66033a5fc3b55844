"""``whorl fit``: a method on a development set, to a model file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whorl.cli.bundles import bundled
from whorl.cli.entries import catalogue_entry, expectation, set_entry
from whorl.cli.options import (
    Computing,
    Reading,
    Seed,
    Setting,
    Stages,
    Validating,
    warn,
    working,
)
from whorl.cli.outputs import check_outputs
from whorl.cli.terminal import say


@bundled
def fit(
    method: Annotated[str, typer.Argument(help="A name that whorl methods lists.")],
    development: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Labelled development set: generated, used and not_used."),
    ],
    out: Annotated[Path, typer.Option(metavar="MODEL", help="The model file to write.")],
    *,
    setting: Setting,
    stage: Stages = None,
    validating: Validating,
    reading: Reading,
    seed: Seed = 0,
    computing: Computing,
) -> None:
    """Fit a method on a development set, for whorl run to use, and say what to expect of it."""
    chosen = set_entry(catalogue_entry(method, "METHOD"), setting, stage)

    from whorl.runs import save_model
    from whorl.tasks.layout import contents_of, read_development

    check_outputs(
        files={"--out": out},
        apart_from=[
            *contents_of(development), *(stage or ()), validating.patients, setting.weights
        ],
    )  # fmt: skip
    with working(computing):
        labelled = read_development(development, **reading.how)
        fitted = chosen.fitted(labelled, seed=seed)
        _, expected = expectation(chosen, labelled, validating, seed)
    save_model(out, fitted, expected=None if expected is None else expected.to_dict())
    say(f"{out}: {chosen.name}, fitted on {development}")
    for note in chosen.method.notes():
        say(note)
    if expected is not None:
        say(expected.sentence)
        warn(f"in cross-validation, {sentence}" for sentence in expected.evaluation.warnings)
