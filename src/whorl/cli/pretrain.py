"""``whorl pretrain``: weights for networks, learned from the user's own images."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whorl.cli.options import (
    LARGEST_SIDE,
    Computing,
    Device,
    NoCache,
    Quiet,
    Seed,
    SkipUnreadable,
    Threads,
    WindowText,
    number,
    parsed_window,
    working,
)
from whorl.cli.outputs import check_outputs
from whorl.cli.terminal import say


def pretrain(
    images: Annotated[
        Path, typer.Argument(metavar="IMAGES", help="Folder of images to learn from.")
    ],
    backbone: Annotated[
        str, typer.Option(metavar="NAME", help="The network, by timm's name: resnet50, vgg16, …")
    ],
    out: Annotated[Path, typer.Option(metavar="PATH", help="The safetensors file to write.")],
    epochs: Annotated[int, number(min=1, help="Passes over the images.")] = 50,
    size: Annotated[
        int,
        number(min=32, max=LARGEST_SIDE, help="Height and width that the network sees."),
    ] = 128,
    window: WindowText = None,
    skip_unreadable: SkipUnreadable = False,
    seed: Seed = 0,
    threads: Threads = None,
    device: Device = "cpu",
    no_cache: NoCache = False,
    quiet: Quiet = False,
) -> None:
    """Train a backbone on images without labels, for whorl run --weights PATH.

    Two augmented views of an image are to be alike, views of two images are not (SimCLR). An
    interrupted training goes on when the command is repeated.
    """
    shape = parsed_window(window)
    check_outputs(files={"--out": out}, apart_from=[images])

    from whorl.images import load
    from whorl.networks.pretraining import Pretraining
    from whorl.networks.weights import save_weights

    settings = Pretraining(backbone, size, epochs)
    with working(Computing(threads, device, no_cache=no_cache, quiet=quiet)):
        read = load(images, name="images", resize=size, window=shape,
                    skip_unreadable=skip_unreadable)  # fmt: skip
        model = settings.train(read, seed=seed)
    weights = save_weights(out, model, settings.record(read, seed))
    say(f"{out}: {backbone}, trained on {len(read):,} images; SHA-256 {weights.tag}")
