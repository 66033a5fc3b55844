"""Options and their checks that several commands share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.errors import WhorlError

if TYPE_CHECKING:
    from whorl.images import Window
    from whorl.runs import CrossValidation, Entry
    from whorl.tasks.view import Development

Seed = Annotated[int, typer.Option(min=0, help="Seeds every random draw.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Resize = Annotated[
    int | None, typer.Option(min=7, metavar="N", help="Resize every image to N×N pixels.")
]
WindowText = Annotated[
    str | None,
    typer.Option(
        "--window",
        metavar="CENTRE,WIDTH",
        help="Grey-value window for DICOM, NIfTI and images of more than 8 bits.",
    ),
]
SkipUnreadable = Annotated[
    bool, typer.Option("--skip-unreadable", help="Pass over files that cannot be read, and say so.")
]
Test = Annotated[
    Path,
    typer.Option(
        metavar="DIR",
        help="Test set in the official layout: generated_1 (or generated) and real_unknown_1 "
        "(or real_unknown).",
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Threads; by default one for each core."),
]
Device = Annotated[
    str, typer.Option(metavar="NAME", help="cpu, or a GPU as torch names it: cuda, cuda:1.")
]
Scheduler = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Compute on the Dask cluster of this scheduler."),
]
Workers = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Compute on N local Dask workers.")
]
Folds = Annotated[
    int,
    typer.Option(
        min=0,
        metavar="K",
        help="Folds of the cross-validation that says what to expect of a method fitted on the "
        "development set; 0 leaves it out.",
    ),
]
Groups = Annotated[
    Path | None,
    typer.Option(
        metavar="CSV",
        help="Columns image_id and patient of the development reals: folds part no group.",
    ),
]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Neither use nor keep comparisons on disk.")
]


class Budget(StrEnum):
    """How much training a method is given."""

    FULL = "full"
    FAST = "fast"


WeightsText = Annotated[
    str | None,
    typer.Option(
        "--weights",
        metavar="imagenet|PATH",
        help="What pretrained networks start from: timm's ImageNet weights, which are downloaded, "
        "or a file: safetensors, or a state dict. whorl pretrain makes one.",
    ),
]
BudgetName = Annotated[
    Budget,
    typer.Option(
        "--budget", help="Training: full, as the run is specified, or fast, for a first look."
    ),
]
SubsampleGenerated = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="N", help="Look at no more than N generated images, drawn by the seed."
    ),
]
Stages = Annotated[
    list[Path] | None,
    typer.Option(
        "--stage",
        metavar="DIR",
        help="Learn first from this folder of labelled images, a sub-folder for each class; "
        "give it several times for several stages.",
    ),
]


@contextmanager
def working(
    *,
    quiet: bool,
    threads: int | None,
    device: str,
    scheduler: str | None,
    workers: int | None,
    no_cache: bool,
) -> Iterator[None]:
    """Show progress and set where comparisons run, within the block."""
    if (device != "cpu") + (scheduler is not None) + (workers is not None) > 1:
        raise typer.BadParameter("give one of --device, --scheduler and --workers")

    from whorl import progress
    from whorl.cache import Cache, default_folder
    from whorl.compute import Compute, computing

    with ExitStack() as stack:
        cluster = None
        if scheduler is not None or workers is not None:
            from whorl.similarity.cluster import connected

            cluster = stack.enter_context(connected(scheduler, workers))
        cache = None if no_cache else Cache(default_folder())
        stack.enter_context(computing(Compute(threads, cache, cluster, device)))
        stack.enter_context(progress.shown(quiet=quiet))
        yield


def catalogue_entry(name: str, option: str) -> Entry:
    """Return the catalogue's entry; an unknown name is a usage error."""
    from whorl.runs import UnknownMethodError, entry

    try:
        return entry(name)
    except UnknownMethodError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def set_entry(
    entry: Entry,
    weights: str | None,
    budget: Budget = Budget.FULL,
    subsample_generated: int | None = None,
    stages: list[Path] | None = None,
) -> Entry:
    """Return the entry as the user sets it; what it does not take is a usage error."""
    from whorl.networks.backbones import find_weights
    from whorl.runs import SettingError, Settings

    backbone = next(iter(entry.method.backbones()), None)
    try:
        if weights is not None and backbone is None:
            raise SettingError("--weights", f"{entry.name} starts from no pretrained weights")
        settings = Settings(
            None if weights is None or backbone is None else find_weights(weights, backbone.name),
            subsample_generated,
            tuple(str(stage.resolve()) for stage in stages or ()),
            fast=budget is Budget.FAST,
        )
        return entry.with_settings(settings)
    except SettingError as error:
        raise typer.BadParameter(error.reason, param_hint=error.option) from error


def expectation(
    entry: Entry, development: Development | None, folds: int, groups: Path | None, seed: int
) -> CrossValidation | None:
    """Cross-validate a run that is fitted on a development set; None where it was left out."""
    from whorl.methods import Need
    from whorl.runs import cross_validate
    from whorl.tasks.patients import read_patients

    if development is None or not folds or Need.DEVELOPMENT not in entry.method.needs:
        return None
    named = None if groups is None else read_patients(groups)
    return cross_validate(entry, development, folds=folds, groups=named, seed=seed)


def checked_folds(folds: int) -> int:
    """Return the number of folds; a single one is a usage error."""
    if folds == 1:
        raise typer.BadParameter("must be 0, or 2 and more", param_hint="--folds")
    return folds


def warn(sentences: Iterable[str]) -> None:
    """Print warnings on standard error."""
    for sentence in sentences:
        typer.echo(f"whorl: warning: {sentence}", err=True)


def parsed_window(text: str | None) -> Window | None:
    """Return the window that was asked for; a malformed one is a usage error."""
    from whorl.images import Window

    try:
        return None if text is None else Window.parse(text)
    except WhorlError as error:
        raise typer.BadParameter(str(error), param_hint="--window") from error
