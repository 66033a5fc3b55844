"""Options that several commands share: one by one, and in bundles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whorl.cli.terminal import say
from whorl.errors import WhorlError
from whorl.seeds import LARGEST_SEED

if TYPE_CHECKING:
    from whorl.images import Window
    from whorl.images.slices import Slices
    from whorl.tasks.edition import Edition

MOST = 10**9
"""What every number of an option stays below where nothing else bounds it."""
MOST_AT_ONCE = 1024
LARGEST_SIDE = 8192
"""The largest image that is read has so many pixels a side; whorl.images.loading holds to it."""


def number(
    *names: str,
    min: int,  # noqa: A002 (as typer calls it)
    help: str,  # noqa: A002
    max: int = MOST,  # noqa: A002
) -> Any:
    """Return an option that takes a whole number within bounds; no number goes without."""
    return typer.Option(*names, min=min, max=max, metavar="N", help=help)


Seed = Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Seeds every random draw.")]
ExactIds = Annotated[
    bool,
    typer.Option(
        "--exact-ids",
        help="Write ids that a spreadsheet takes for formulas into CSV files as they are, without "
        "a ' before them.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
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
EditionText = Annotated[
    str | None,
    typer.Option(
        "--edition",
        metavar="2023|2025",
        help="Whose format and official measure: 2023, ids without extension and F1; 2025, with "
        ".png and Cohen's κ. By default the one whose folders these are, else 2023.",
    ),
]
PatientsText = Annotated[
    str | None,
    typer.Option(
        "--patients",
        metavar="CSV|folder|REGEX",
        help="Whose each real image is: a table of image_id and patient; folder, for the "
        "sub-folder it lies in; or an expression with one group over file names, such as "
        r"'(person\d+)_'. DICOM says it by itself.",
    ),
]
PatientColumn = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        help="The column of patients in their CSV; by default patient, or the only one that can "
        "be meant.",
    ),
]
Threads = Annotated[
    int | None,
    number(min=1, max=MOST_AT_ONCE, help="Threads; by default one for each core."),
]
Device = Annotated[
    str, typer.Option(metavar="NAME", help="cpu, or a GPU as torch names it: cuda, cuda:1.")
]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Neither use nor keep comparisons on disk.")
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


@dataclass(frozen=True)
class Reading:
    """How images are read; a malformed window, or malformed slices, are a usage error."""

    resize: Annotated[
        int | None,
        number(min=7, max=LARGEST_SIDE, help="Resize every image to N×N pixels."),
    ] = None
    window: WindowText = None
    skip_unreadable: SkipUnreadable = False
    flat: Annotated[
        bool, typer.Option("--flat", help="Read folders without their sub-folders.")
    ] = False
    slices: Annotated[
        str | None,
        typer.Option(
            "--slices",
            metavar="START:STOP:STEP|middle",
            help="Take these slices of each DICOM series and each volume, counted as Python does: "
            "10:-10:3 leaves out ten at either end and takes every third of the rest.",
        ),
    ] = None

    colour: Annotated[
        bool,
        typer.Option(
            "--colour",
            help="Keep three channels for what can use them: SSIM, correlation, embeddings, exact "
            "copies. All else takes luma.",
        ),
    ] = False

    def __post_init__(self) -> None:
        _ = self.how

    @property
    def window_parsed(self) -> Window | None:
        """The window that was asked for."""
        return parsed_window(self.window)

    @property
    def how(self) -> dict[str, Any]:
        """The options of :func:`whorl.images.load` that were asked for."""
        return {
            "resize": self.resize,
            "window": self.window_parsed,
            "skip_unreadable": self.skip_unreadable,
            "flat": self.flat,
            "slices": parsed_slices(self.slices),
            "colour": self.colour,
        }


class Budget(StrEnum):
    """How much training a method is given."""

    FULL = "full"
    FAST = "fast"


@dataclass(frozen=True)
class Setting:
    """What is set of the run that is asked for."""

    weights: Annotated[
        str | None,
        typer.Option(
            "--weights",
            metavar="imagenet|package|PATH",
            help="What pretrained networks start from: timm's ImageNet weights, which are "
            "downloaded; those of a package, for EfficientNet; or a file: safetensors, or a state "
            "dict. whorl pretrain makes one.",
        ),
    ] = None
    budget: Annotated[
        Budget,
        typer.Option(
            "--budget", help="Training: full, as the run is specified, or fast, for a first look."
        ),
    ] = Budget.FULL
    subsample_generated: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST,
            metavar="N",
            help="Look at no more than N generated images, drawn by the seed.",
        ),
    ] = None


@dataclass(frozen=True)
class Validating:
    """How a method is cross-validated on the development set; a single fold is a usage error."""

    folds: Annotated[
        int,
        typer.Option(
            min=0,
            max=MOST,
            metavar="K",
            help="Folds of the cross-validation that says what to expect of a method fitted or "
            "calibrated on the development set; 0 leaves out all that tells what to expect.",
        ),
    ] = 5
    patients: PatientsText = None

    def __post_init__(self) -> None:
        if self.folds == 1:
            raise typer.BadParameter("must be 0, or 2 and more", param_hint="--folds")


@dataclass(frozen=True)
class Computing:
    """Where comparisons run; more than one place is a usage error."""

    threads: Threads = None
    device: Device = "cpu"
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Compute on the Dask cluster of this scheduler."),
    ] = None
    workers: Annotated[
        int | None,
        number(min=1, max=MOST_AT_ONCE, help="Compute on N local Dask workers."),
    ] = None
    dashboard: Annotated[
        bool,
        typer.Option(
            "--dashboard", help="Serve Dask's dashboard of --workers, to this machine alone."
        ),
    ] = False
    no_cache: NoCache = False
    quiet: Quiet = False

    def __post_init__(self) -> None:
        places = (self.device != "cpu", self.scheduler is not None, self.workers is not None)
        if sum(places) > 1:
            raise typer.BadParameter("give one of --device, --scheduler and --workers")
        if self.dashboard and self.workers is None:
            raise typer.BadParameter("goes with --workers", param_hint="--dashboard")


@contextmanager
def working(asked: Computing) -> Iterator[None]:
    """Show progress and set where comparisons run, within the block."""
    from whorl import progress
    from whorl.cache import Cache, default_folder
    from whorl.compute import Compute, computing

    with ExitStack() as stack:
        stack.enter_context(progress.shown(quiet=asked.quiet))
        cluster = None
        if asked.scheduler is not None or asked.workers is not None:
            from whorl.similarity.connecting import connected

            cluster = stack.enter_context(
                connected(asked.scheduler, asked.workers, dashboard=asked.dashboard)
            )
        cache = None if asked.no_cache else Cache(default_folder())
        stack.enter_context(computing(Compute(asked.threads, cache, cluster, asked.device)))
        yield


def warn(sentences: Iterable[str]) -> None:
    """Print warnings on standard error."""
    for sentence in sentences:
        say(f"whorl: warning: {sentence}", err=True)


def chosen_edition(name: str | None, *folders: Path) -> Edition:
    """Return the edition that was asked for, else the folders'; an unknown one is a usage error."""
    from whorl.tasks.edition import UNTOLD, edition_named, found_edition

    if name is None:
        return found_edition(*folders) or UNTOLD
    try:
        return edition_named(name)
    except WhorlError as error:
        raise typer.BadParameter(str(error), param_hint="--edition") from error


def parsed_window(text: str | None) -> Window | None:
    """Return the window that was asked for; a malformed one is a usage error."""
    if text is None:
        return None

    from whorl.images import Window

    try:
        return Window.parse(text)
    except WhorlError as error:
        raise typer.BadParameter(str(error), param_hint="--window") from error


def parsed_slices(text: str | None) -> Slices | None:
    """Return the slices that were asked for; malformed ones are a usage error."""
    if text is None:
        return None

    from whorl.images.slices import Slices

    try:
        return Slices(text)
    except WhorlError as error:
        raise typer.BadParameter(str(error), param_hint="--slices") from error
