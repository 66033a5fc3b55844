"""``whorl generator``: train one on images, and sample it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.cli.options import Quiet, Seed

if TYPE_CHECKING:
    from whorl.generators import Generator

generator = typer.Typer(
    no_args_is_help=True, help="Train a generator whose training set is known, and sample it."
)

Kind = Annotated[str, typer.Argument(metavar="KIND", help="What to train: pca-diffusion.")]
Steps = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Training steps; the kind's own by default.")
]


@generator.command()
def train(
    kind: Kind,
    images: Annotated[Path, typer.Argument(metavar="IMAGES", help="Folder of training images.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the generator.")],
    size: Annotated[
        int | None, typer.Option(min=7, metavar="N", help="Resize every image to N×N pixels.")
    ] = None,
    steps: Steps = None,
    seed: Seed = 0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with what --out holds of this training.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Train a generator; leave it with its card, a sheet of samples and its losses."""
    settings = chosen_generator(kind, steps, "KIND")

    from whorl import progress
    from whorl.generators import train_in_folder
    from whorl.generators.card import read_card
    from whorl.images import load

    with progress.shown(quiet=quiet):
        read = load(images, name="images", resize=size)
        train_in_folder(settings, read, out, seed=seed, resume=resume)
    card = read_card(out)
    typer.echo(
        f"{out}: {card.kind} trained on {card.training_images:,} images of "
        f"{card.width}×{card.height} in {card.seconds:,.0f} s; of {card.samples} samples "
        f"{card.memorised_share:.1%} memorised, {card.copied_share:.1%} copied"
    )


@generator.command()
def sample(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a trained generator.")],
    n: Annotated[int, typer.Option("--n", min=1, metavar="N", help="How many images.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder for the images.")],
    seed: Seed = 0,
    quiet: Quiet = False,
) -> None:
    """Sample a generator to generated_00001.png and so on."""
    from whorl import progress
    from whorl.errors import WhorlError
    from whorl.generators import load_generator, sample_to_folder

    trained = load_generator(folder)
    if out.exists() and any(out.iterdir()):
        raise WhorlError(f"{out}: is not empty: give a new folder")
    with progress.shown(quiet=quiet):
        sample_to_folder(trained, out, "generated_{:05d}", n, seed=seed)
    typer.echo(f"{out}: {n:,} images of {trained.size[1]}×{trained.size[0]}, seed {seed}")


def chosen_generator(kind: str, steps: int | None, option: str) -> Generator:
    """Return the hyper-parameters asked for; an unknown kind is a usage error."""
    from dataclasses import replace

    from whorl.generators import UnknownKindError, kind_named

    try:
        settings = kind_named(kind)()
    except UnknownKindError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error
    return settings if steps is None else replace(settings, steps=steps)
