"""``whorl task``: build a task whose truth is known, check one, show one."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.cli.build_grouping import build_grouping
from whorl.cli.build_subsets import build_subsets
from whorl.cli.bundles import bundled
from whorl.cli.generator import (
    KINDS_HELP,
    Effort,
    Generating,
    Size,
    chosen_generator,
    generating,
)
from whorl.cli.options import Json, PatientColumn, PatientsText, Quiet, Seed, number
from whorl.cli.outputs import check_outputs
from whorl.cli.terminal import console as terminal
from whorl.cli.terminal import say, show_table

if TYPE_CHECKING:
    from whorl.building.checking import TaskCheck
    from whorl.building.manifest import Manifest

task = typer.Typer(
    no_args_is_help=True, help="Build a task whose truth is known, check one, show one."
)

task.command("build-subsets")(build_subsets)

Folder = Annotated[
    Path,
    typer.Argument(metavar="DIR", help="A task's folder, or its test or development set alone."),
]


@task.command()
@bundled
def build(
    pool: Annotated[Path, typer.Argument(metavar="POOL", help="Folder of real images.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the task.")],
    development: Annotated[
        int,
        number(min=1, help="Used images for development; as many not."),
    ],
    test: Annotated[int, number(min=2, help="Candidates; half of them used.")],
    generated: Annotated[int, number(min=1, help="Generated images of the test set.")],
    development_generated: Annotated[
        int | None,
        number(
            min=1,
            help="Generated images for development; by default a twentieth of --generated, "
            "at least as many as --development.",
        ),
    ] = None,
    generator: Annotated[
        str | None, typer.Option(metavar="KIND", help=f"Train this kind: {KINDS_HELP}.")
    ] = None,
    train: Annotated[int | None, number(min=2, help="Images to train it on.")] = None,
    *,
    effort: Effort,
    generator_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Sample this trained generator instead."),
    ] = None,
    patients: PatientsText = None,
    patient_column: PatientColumn = None,
    split: Annotated[
        str,
        typer.Option(
            metavar="slice|patient", help="Whether a patient may stand on both sides, or never."
        ),
    ] = "slice",
    stratify: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Balance this column between used and not used."),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Table of image_id and the column to balance; by default that of --patients.",
        ),
    ] = None,
    size: Size = None,
    seed: Seed = 0,
    place: Generating,
) -> None:
    """Train a generator on part of a pool, sample it, and keep the truth.

    Writes development and test in the official layout, truth.csv and task.json. Run again with
    the same options, it finishes what was interrupted.
    """
    if (generator is None) == (generator_dir is None):
        raise typer.BadParameter("give one of --generator and --generator-dir")
    trains = {"--train": train} | {f"--{name}": value for name, value in asdict(effort).items()}
    given = [option for option, value in trains.items() if value is not None]
    if generator_dir is not None and given:
        raise typer.BadParameter(f"{given[0]} goes with --generator, not with --generator-dir")
    if generator is not None and train is None:
        raise typer.BadParameter("--generator needs --train: how many images to train it on")
    if test % 2:
        raise typer.BadParameter(f"{test} is odd: half of them are used", param_hint="--test")
    _require_table(patients, patient_column)
    strata = _strata_table(stratify, manifest, patients)
    check_outputs(folders={"--out": out}, apart_from=[pool, generator_dir])
    made_by = generator_dir or chosen_generator(
        generator or "", "--generator", effort, place.device
    )

    from whorl.building.construction import DEVELOPMENT_SHARE, Request, build_task
    from whorl.building.record import Sizes
    from whorl.images import load
    from whorl.tasks.patients import with_patients

    if split not in ("slice", "patient"):
        raise typer.BadParameter(f"{split!r} is neither slice nor patient", param_hint="--split")
    sizes = Sizes(
        train=train,
        development=development,
        test=test,
        generated=generated,
        development_generated=development_generated
        or max(generated // DEVELOPMENT_SHARE, development),
    )
    with generating(place):
        images = load(pool, name="pool", resize=size)
        if patients is not None:
            images = with_patients(images, patients, column=patient_column, folder=pool)
        request = Request(
            sizes=sizes,
            split="patient" if split == "patient" else "slice",
            stratify=stratify,
            strata=None
            if strata is None or stratify is None
            else strata.column(stratify, images.ids),
            seed=seed,
        )
        record = build_task(images, out, made_by, request)
    written = strata.matched(images.ids).note if strata is not None else ""
    for note in (*images.notes, *([f"{stratify}: {written}"] if written else [])):
        say(f"Note: {note}", err=True)
    say(
        f"{out}: {test} candidates, {generated:,} generated, {development} used and as many not "
        f"for development; {record.width}×{record.height}, split by {record.split}"
    )


task.command("build-grouping")(build_grouping)


@task.command()
def check(
    folder: Folder,
    patients: PatientsText = None,
    patient_column: PatientColumn = None,
    as_json: Json = False,
    seed: Seed = 0,
    quiet: Quiet = False,
) -> None:
    """Look for what makes a task unsound; exit with status 1 if it is.

    Files, images and patients on both sides, and shortcuts that tell used from not used by the real
    images alone.
    """
    _require_table(patients, patient_column)

    from whorl import progress
    from whorl.building.checking import check_task

    with progress.shown(quiet=quiet):
        found = check_task(folder, patients=patients, patient_column=patient_column, seed=seed)
    if as_json:
        typer.echo(json.dumps(found.to_dict(), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        _print(found)
    if not found.sound:
        raise typer.Exit(1)


@task.command()
def show(
    folder: Folder,
    out: Annotated[Path, typer.Option(metavar="SHEET.png", help="The picture to write.")],
    seed: Seed = 0,
) -> None:
    """Draw real images beside generated ones, as PNG."""
    from whorl.building.sheet import save_task_sheet
    from whorl.tasks.layout import contents_of

    check_outputs(files={"--out": out}, apart_from=contents_of(folder))
    save_task_sheet(folder, out, seed=seed)
    say(f"{out}: written")


def _require_table(patients: str | None, column: str | None) -> None:
    """Raise a usage error if a column is named, but no table that may have it."""
    from whorl.tasks.patients import table_of

    if column is not None and (patients is None or table_of(patients) is None):
        raise typer.BadParameter(
            "goes with --patients CSV, which has that column", param_hint="--patient-column"
        )


def _strata_table(
    stratify: str | None, manifest: Path | None, patients: str | None
) -> Manifest | None:
    """Read the table whose column is balanced; None where none is."""
    from whorl.building.manifest import read_manifest
    from whorl.tasks.patients import table_of

    if stratify is None:
        if manifest is not None:
            raise typer.BadParameter(
                "goes with --stratify: which of its columns to balance", param_hint="--manifest"
            )
        return None
    table = manifest or (None if patients is None else table_of(patients))
    if table is None:
        raise typer.BadParameter(
            "needs a table that has that column: --manifest CSV, or --patients CSV",
            param_hint="--stratify",
        )
    return read_manifest(table)


def _print(found: TaskCheck) -> None:
    """Print what was found as a table, and the verdict."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    styles = {"fine": "green", "warning": "yellow", "fault": "bold red"}
    console = terminal()
    console.print(", ".join(f"{n:,} {part.replace('_', ' ')}" for part, n in found.counts.items()))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("", "looked at", "found"):
        table.add_column(column)
    for finding in found.findings:
        level = f"[{styles[finding.level]}]{finding.level}[/]"
        table.add_row(level, escape(finding.topic), escape(finding.sentence))
    show_table(console, table)
    faults = sum(finding.level == "fault" for finding in found.findings)
    console.print("sound" if found.sound else f"unsound: {faults} fault{'s' * (faults > 1)}")
