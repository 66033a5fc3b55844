"""``whorl task build-grouping``: a grouping task whose truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.cli.bundles import bundled
from whorl.cli.generator import KINDS_HELP, Effort, Generating, Size, chosen_generator, generating
from whorl.cli.options import Seed, number
from whorl.cli.outputs import check_outputs
from whorl.cli.terminal import say

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
    generated: Annotated[int, number(min=1, help="Images of each generator in the test set.")],
    pool: Annotated[
        Path | None,
        typer.Argument(metavar="[POOL]", help="Folder of real images, where kinds are trained."),
    ] = None,
    development: Annotated[int, number(min=0, help="Labelled images of each generator.")] = 0,
    train: Annotated[int | None, number(min=2, help="Images to train each kind on.")] = None,
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
    named = [text.strip() for text in generators.split(",")]
    check_outputs(folders={"--out": out}, apart_from=[pool, *named])
    sources = [_source(text, effort, place.device) for text in named]

    from whorl.building.grouping import GroupingRequest
    from whorl.building.grouping import build_grouping as build
    from whorl.images import load

    request = GroupingRequest(generated, development, train, same_training, seed)
    with generating(place):
        images = None if pool is None else load(pool, name="pool", resize=size)
        record = build(images, out, sources, request)
    kinds = ", ".join(card.kind for card in record.generators.values())
    say(
        f"{out}: {generated:,} images of each of {len(sources)} generators ({kinds}), "
        f"{development:,} more of each for development"
    )


def _source(text: str, effort: Effort, device: str) -> Generator | Path:
    """Return the folder of a trained generator, or the kind to train."""
    if Path(text).is_dir():
        return Path(text)
    return chosen_generator(text, "--generators", effort, device)
