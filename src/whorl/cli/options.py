"""Options and their checks that several commands share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.errors import WhorlError

if TYPE_CHECKING:
    from whorl.images import Window
    from whorl.runs import Entry

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
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Neither use nor keep comparisons on disk.")
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
    from whorl.similarity import Compute, computing

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


def parsed_window(text: str | None) -> Window | None:
    """Return the window that was asked for; a malformed one is a usage error."""
    from whorl.images import Window

    try:
        return None if text is None else Window.parse(text)
    except WhorlError as error:
        raise typer.BadParameter(str(error), param_hint="--window") from error
