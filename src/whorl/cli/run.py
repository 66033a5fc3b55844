"""``whorl run``: a method on a task in the official layout, to a run file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.cli.bundles import bundled
from whorl.cli.entries import CALIBRATED, catalogue_entry, expectation, set_entry, with_rule
from whorl.cli.options import (
    Computing,
    ExactIds,
    Reading,
    Seed,
    Setting,
    Stages,
    Test,
    Validating,
    warn,
    working,
)
from whorl.cli.outputs import check_outputs
from whorl.cli.terminal import say

if TYPE_CHECKING:
    from whorl.runs import CrossValidation, Entry
    from whorl.tasks.view import View

NONE_USED = "no candidate is called used"


@bundled
def run(
    method: Annotated[
        str,
        typer.Argument(
            metavar="METHOD|MODEL",
            help="A name that whorl methods lists, or a file that whorl fit wrote.",
        ),
    ],
    test: Test,
    out: Annotated[Path, typer.Option(metavar="RUN.csv", help="The run file to write.")],
    development: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Labelled development set: generated, used and not_used. Methods learn from it, "
            "or are tried on it, and what to expect of them is told.",
        ),
    ] = None,
    scores: Annotated[
        Path | None,
        typer.Option(metavar="S.csv", help="Also write each candidate's score here."),
    ] = None,
    rule: Annotated[
        str | None,
        typer.Option(
            metavar="median|above:X|mean+K|calibrated",
            help="Decide otherwise than by the method's own rule: above the candidates' median "
            "score, above X, above their mean by K standard deviations, or at the operating point "
            "of best F1 on --development.",
        ),
    ] = None,
    exact_ids: ExactIds = False,
    *,
    setting: Setting,
    stage: Stages = None,
    validating: Validating,
    reading: Reading,
    seed: Seed = 0,
    computing: Computing,
) -> None:
    """Score a test set's candidates, decide by a rule, write a run file."""
    _checked(rule, development, validating)
    chosen, expected = _chosen(method, development)
    if setting != Setting() or stage:
        chosen = _set(chosen, setting, stage)
    chosen = with_rule(chosen, rule)

    from whorl.evaluation import write_scores
    from whorl.formulas import neutral
    from whorl.images.unread import unread_sentences
    from whorl.tasks.layout import contents_of, read_view
    from whorl.tasks.runfile import write_run
    from whorl.tasks.textfile import first_few

    check_outputs(
        files={"--out": out, "--scores": scores},
        apart_from=[
            *contents_of(test), *contents_of(development), *(stage or ()), method,
            validating.patients, setting.weights,
        ],
    )  # fmt: skip
    with working(computing):
        view = read_view(test, development, **reading.how)
        chosen, validated = expectation(
            chosen, view.development, validating, seed, calibrated=rule == CALIBRATED
        )
        found, decisions = chosen.run(view, seed=seed)
    if scores is not None:
        columns = {"image_id": found.ids, "score": found.values.tolist()}
        write_scores(scores, columns, exact=exact_ids)
    write_run(out, decisions.ids, decisions.used)
    if formulas := [i for i in decisions.ids if neutral(i) != i]:
        warn(
            [
                f"{out}: a spreadsheet would take {first_few(formulas)} for formulas: the official "
                "format has ids as they are"
            ]
        )
    say(f"{out}: {int(decisions.used.sum())} of {len(decisions.ids)} called used")
    if rule is not None:
        say(f"called used: {decisions.rule}")
    if sentence := _expected(validated, expected if rule is None else ""):
        say(sentence)
    for note in (*chosen.method.notes(), *_untried(chosen, view, validating)):
        say(note)
    warn((*unread_sentences(view.generated, view.candidates), *map(_advised, decisions.warnings)))


def _checked(rule: str | None, development: Path | None, validating: Validating) -> None:
    """Refuse to calibrate without what it takes."""
    if rule != CALIBRATED:
        return
    if development is None:
        raise typer.BadParameter(
            "calibrated needs labelled images: give --development DIR", param_hint="--rule"
        )
    if not validating.folds:
        raise typer.BadParameter(
            "calibrated rests on cross-validation: give 2 folds or more", param_hint="--folds"
        )


def _expected(validated: CrossValidation | None, told: str) -> str:
    """Return what to expect, as just found out or as a model tells."""
    return told if validated is None else validated.sentence


def _untried(chosen: Entry, view: View, validating: Validating) -> tuple[str, ...]:
    """Say so where a development set was given that nothing was done with."""
    from whorl.methods import Need

    if view.development is None or validating.folds or Need.DEVELOPMENT in chosen.method.needs:
        return ()
    return (
        f"{chosen.name} learns nothing from the images of --development, and --folds 0 leaves out "
        "trying it on them",
    )


def _advised(warning: str) -> str:
    """Add to a warning of an empty run what may be done about it."""
    if not warning.startswith(NONE_USED):
        return warning
    return (
        f"{warning}; --rule decides otherwise: --rule median, or --rule calibrated with "
        "--development DIR"
    )


def _chosen(method: str, development: Path | None) -> tuple[Entry, str]:
    """Return what to run, and what a model says is to be expected of it."""
    if not Path(method).is_file():
        return catalogue_entry(method, "METHOD"), ""
    if development is not None:
        raise typer.BadParameter(
            "a model is fitted already: leave it out", param_hint="--development"
        )

    from whorl.runs import load_model

    model = load_model(method)
    return model.entry, model.expectation


def _set(chosen: Entry, setting: Setting, stages: list[Path] | None) -> Entry:
    """Return the run as the user sets it; a model was set when it was fitted."""
    from whorl.methods.supervised import FittedMethod

    if isinstance(chosen.method, FittedMethod):
        raise typer.BadParameter(
            "a model has the weights, budget and stages that it was fitted with: leave "
            "--weights, --budget, --subsample-generated and --stage to whorl fit"
        )
    return set_entry(chosen, setting, stages)
