"""``whorl task build-grouping``: a grouping task whose truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.cli.bundles import bundled
from whorl.cli.generator import KINDS_HELP, Effort, Generating, Size, chosen_generator, generating
from whorl.cli.options import Seed

if TYPE_CHECKING:
    from whorl.generators import Generator


@bundled
def build_grouping(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the task.")],
    generators: Annotated[
        str,
        typer.Option(
            metavar="A,B,…",
            help=f"Two or more, with commas between them: kinds to train ({KINDS_HELP}), or "
            "folders of trained generators. A folder given twice makes a task that cannot be "
            "solved.",
        ),
    ],
    generated: Annotated[
        int, typer.Option(min=1, metavar="N", help="Images of each generator in the test set.")
    ],
    pool: Annotated[
        Path | None,
        typer.Argument(metavar="[POOL]", help="Folder of real images, where kinds are trained."),
    ] = None,
    development: Annotated[
        int, typer.Option(min=0, metavar="N", help="Labelled images of each generator.")
    ] = 0,
    train: Annotated[
        int | None, typer.Option(min=2, metavar="N", help="Images to train each kind on.")
    ] = None,
    same_training: Annotated[
        bool,
        typer.Option(
            "--same-training", help="Train all on the same images; else no two share one."
        ),
    ] = False,
    *,
    effort: Effort,
    size: Size = None,
    seed: Seed = 0,
    place: Generating,
) -> None:
    """Make images with several generators, shuffle them, and keep the truth.

    Writes test/generated, truth.csv, grouping.json, and development with a sub-folder for each
    generator. Run again with the same options, it finishes what was interrupted.
    """
    sources = [_source(text.strip(), effort, place.device) for text in generators.split(",")]

    from whorl.building.grouping import GroupingRequest
    from whorl.building.grouping import build_grouping as build
    from whorl.images import load

    request = GroupingRequest(generated, development, train, same_training, seed)
    with generating(place):
        images = None if pool is None else load(pool, name="pool", resize=size)
        record = build(images, out, sources, request)
    kinds = ", ".join(card.kind for card in record.generators.values())
    typer.echo(
        f"{out}: {generated:,} images of each of {len(sources)} generators ({kinds}), "
        f"{development:,} more of each for development"
    )


def _source(text: str, effort: Effort, device: str) -> Generator | Path:
    """Return the folder of a trained generator, or the kind to train."""
    if Path(text).is_dir():
        return Path(text)
    return chosen_generator(text, "--generators", effort, device)
