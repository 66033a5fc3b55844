"""``whorl task build-subsets``: a task whose generated images come from known subsets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whorl.cli.bundles import bundled
from whorl.cli.generator import KINDS_HELP, Effort, Generating, Size, chosen_generator, generating
from whorl.cli.options import PatientColumn, PatientsText, Seed, number
from whorl.cli.outputs import check_outputs
from whorl.cli.terminal import say

DEVELOPMENT_SHARE = 2  # one generated image for development to so many for the test


@bundled
def build_subsets(
    pool: Annotated[Path, typer.Argument(metavar="POOL", help="Folder of real images.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the task.")],
    images: Annotated[
        str,
        typer.Option(
            metavar="N|N,N,…", help="Real images of each subset: one number, or one for each."
        ),
    ],
    generated: Annotated[int, number(min=1, help="Generated images of each subset, for the test.")],
    generator: Annotated[
        str, typer.Option(metavar="KIND", help=f"Train this kind on each subset: {KINDS_HELP}.")
    ],
    subsets: Annotated[int, number(min=2, help="How many subsets.")] = 5,
    development_generated: Annotated[
        int | None,
        number(
            min=1,
            help="Generated images of each subset, for development; by default half of "
            "--generated.",
        ),
    ] = None,
    none: Annotated[
        int,
        number(
            "--none",
            min=0,
            help="So many generated images of the test come from none of the subsets: from a "
            "generator of other images. As many of yet another one go into the folder unrelated.",
        ),
    ] = 0,
    reference: Annotated[
        int,
        number(min=0, help="Real images that nothing is trained on, in reference."),
    ] = 0,
    null: Annotated[
        bool,
        typer.Option(
            "--null",
            help="Train one generator on images of no subset and deal what it makes to the "
            "subsets at random: nothing can be found.",
        ),
    ] = False,
    *,
    effort: Effort,
    patients: PatientsText = None,
    patient_column: PatientColumn = None,
    split: Annotated[
        str,
        typer.Option(
            metavar="patient|slice",
            help="Whether a patient is in one subset only, or may be in several; by default "
            "patient where --patients is given.",
        ),
    ] = "",
    size: Size = None,
    seed: Seed = 0,
    place: Generating,
) -> None:
    """Train a generator on each subset of a pool, sample them all, and keep the truth.

    Writes development (real and generated, a sub-folder for each subset), test (real, generated),
    truth.csv and task.json. Run again with the same options, it finishes what was interrupted.
    """
    from whorl.tasks.patients import table_of, with_patients

    if patient_column is not None and (patients is None or table_of(patients) is None):
        raise typer.BadParameter(
            "goes with --patients CSV, which has that column", param_hint="--patient-column"
        )
    if split not in ("", "slice", "patient"):
        raise typer.BadParameter(f"{split!r} is neither patient nor slice", param_hint="--split")
    if null and none:
        raise typer.BadParameter("all images of --null come from none", param_hint="--none")
    counts = _counts(images, subsets)
    check_outputs(folders={"--out": out}, apart_from=[pool, patients])
    settings = chosen_generator(generator, "--generator", effort, place.device)

    from whorl.attribution.construction import SubsetsRequest, build_subsets_task
    from whorl.attribution.record import SubsetSizes
    from whorl.images import load

    request = SubsetsRequest(
        SubsetSizes(
            images=counts,
            generated=generated,
            development_generated=development_generated or -(-generated // DEVELOPMENT_SHARE),
            none=none,
            reference=reference,
        ),
        split="slice" if split == "slice" or (not split and patients is None) else "patient",
        null=null,
        seed=seed,
    )
    with generating(place):
        read = load(pool, name="pool", resize=size)
        if patients is not None:
            read = with_patients(read, patients, column=patient_column, folder=pool)
        record = build_subsets_task(read, out, settings, request)
    for note in read.notes:
        say(f"Note: {note}", err=True)
    say(
        f"{out}: {subsets} subsets of {', '.join(map(str, counts))} images, "
        f"{generated * subsets + none:,} generated, {none:,} of them of none; "
        f"{record.width}×{record.height}, split by {record.split}{', a null' if null else ''}"
    )


def _counts(text: str, subsets: int) -> tuple[int, ...]:
    """Return how many images each subset has; anything but one number or one each is wrong use."""
    fields = [field.strip() for field in text.split(",")]
    if not all(field.isdecimal() and int(field) >= 2 for field in fields):
        raise typer.BadParameter(
            f"{text!r}: expected a number from 2, or one for each subset: 60,60,120",
            param_hint="--images",
        )
    if len(fields) not in (1, subsets):
        raise typer.BadParameter(
            f"{len(fields)} numbers for {subsets} subsets: give one for all, or one for each",
            param_hint="--images",
        )
    numbers = [int(field) for field in fields]
    return tuple(numbers * subsets if len(numbers) == 1 else numbers)
