"""``whorl generator``: train one on images, and sample it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.cli.bundles import bundled
from whorl.cli.options import LARGEST_SIDE, MOST, Device, Quiet, Seed, Threads, number
from whorl.cli.outputs import check_outputs
from whorl.cli.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whorl.generators import Generator

generator = typer.Typer(
    no_args_is_help=True, help="Train a generator whose training set is known, and sample it."
)

KINDS_HELP = "pca-diffusion, latent-diffusion, diffusion or gan"

Kind = Annotated[str, typer.Argument(metavar="KIND", help=f"What to train: {KINDS_HELP}.")]
Size = Annotated[
    int | None,
    number(min=7, max=LARGEST_SIDE, help="Resize every image to N×N pixels."),
]


@dataclass(frozen=True)
class Effort:
    """How large a generator is, and how long it is trained."""

    preset: Annotated[
        str | None,
        typer.Option(
            metavar="cpu|gpu",
            help="How large and how long: for a CPU in an hour at most, or for a GPU. By default "
            "as --device is.",
        ),
    ] = None
    steps: Annotated[
        int | None,
        number(min=1, help="Training steps; the preset's own by default."),
    ] = None
    batch: Annotated[
        int | None,
        typer.Option(
            min=2,
            max=MOST,
            metavar="N",
            help="Images in a training step; the preset's own by default.",
        ),
    ] = None


@dataclass(frozen=True)
class Generating:
    """Where a generator computes."""

    device: Device = "cpu"
    threads: Threads = None
    quiet: Quiet = False


@generator.command()
@bundled
def train(
    kind: Kind,
    images: Annotated[Path, typer.Argument(metavar="IMAGES", help="Folder of training images.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the generator.")],
    size: Size = None,
    *,
    effort: Effort,
    seed: Seed = 0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with what --out holds of this training.")
    ] = False,
    place: Generating,
) -> None:
    """Train a generator; leave it with its card, a sheet of samples and its losses."""
    settings = chosen_generator(kind, "KIND", effort, place.device)
    check_outputs(folders={"--out": out}, apart_from=[images])

    from whorl.generators import train_in_folder
    from whorl.generators.card import read_card
    from whorl.images import load

    with generating(place):
        read = load(images, name="images", resize=size)
        train_in_folder(settings, read, out, seed=seed, resume=resume)
    card = read_card(out)
    say(
        f"{out}: {card.kind} trained on {card.training_images:,} images of "
        f"{card.width}×{card.height} in {card.seconds:,.0f} s; of {card.samples} samples "
        f"{card.memorised_share:.1%} memorised, {card.copied_share:.1%} copied"
    )


@generator.command()
@bundled
def sample(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a trained generator.")],
    n: Annotated[int, number("--n", min=1, help="How many images.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder for the images.")],
    *,
    seed: Seed = 0,
    place: Generating,
) -> None:
    """Sample a generator to generated_00001.png and so on."""
    from whorl.errors import WhorlError
    from whorl.generators import load_generator, sample_to_folder

    check_outputs(folders={"--out": out}, other_than=[folder])
    if out.exists() and any(out.iterdir()):
        raise WhorlError(f"{out}: is not empty: give a new folder")
    with generating(place):
        trained = load_generator(folder)
        sample_to_folder(trained, out, "generated_{:05d}", n, seed=seed)
    say(f"{out}: {n:,} images of {trained.size[1]}×{trained.size[0]}, seed {seed}")


def chosen_generator(kind: str, option: str, effort: Effort, device: str) -> Generator:
    """Return the hyper-parameters asked for; an unknown kind or preset is a usage error."""
    from dataclasses import replace

    from whorl.generators import UnknownKindError, kind_named

    try:
        chosen = kind_named(kind)
    except UnknownKindError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error
    name = effort.preset or ("cpu" if device == "cpu" else "gpu")
    if name not in chosen.presets:
        raise typer.BadParameter(
            f"{name!r} is neither {' nor '.join(chosen.presets)}", param_hint="--preset"
        )
    asked = {"steps": effort.steps, "batch": effort.batch}
    given = {key: value for key, value in asked.items() if value is not None}
    return replace(chosen.preset(name), **given)


@contextmanager
def generating(place: Generating) -> Iterator[None]:
    """Show progress and set where generators compute, within the block."""
    from whorl import progress
    from whorl.compute import Compute, computing

    with computing(Compute(place.threads, device=place.device)), progress.shown(quiet=place.quiet):
        yield
