"""``whorl group``: which generated images come from one generator."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.cli.bundles import bundled
from whorl.cli.default import RunByDefault
from whorl.cli.options import Computing, Json, Reading, Seed, number, warn, working
from whorl.cli.outputs import check_outputs
from whorl.cli.terminal import console as terminal
from whorl.cli.terminal import say, show_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from whorl.grouping.describing import Description
    from whorl.grouping.measures import Figure
    from whorl.grouping.methods import Expected
    from whorl.images import ImageSet

group = typer.Typer(
    cls=RunByDefault, help="Group generated images by the generator that made them."
)


class Method(StrEnum):
    """What images are grouped by."""

    RESIDUALS = "residuals"
    SPECTRUM = "spectrum"
    EMBEDDING = "embedding"


class Clusters(StrEnum):
    """How vectors are clustered."""

    KMEANS = "kmeans"
    MIXTURE = "mixture"


By = Annotated[
    Method,
    typer.Option(
        "--method",
        help="What images are described by: the correlation of their noise residuals, their power "
        "spectrum by frequency, or what a pretrained network makes of them.",
    ),
]
WeightsText = Annotated[
    str | None,
    typer.Option(
        "--weights",
        metavar="imagenet|package|PATH",
        help="Of the network behind --method embedding, EfficientNet-B0.",
    ),
]


@group.command()
@bundled
def run(
    images: Annotated[
        Path, typer.Argument(metavar="IMAGES", help="Folder of generated images of unknown origin.")
    ],
    out: Annotated[Path, typer.Option(metavar="RUN.csv", help="The run file to write.")],
    method: By = Method.SPECTRUM,
    clustering: Annotated[
        Clusters,
        typer.Option(
            help="mixture: a mixture of Gaussian distributions, whose number is found by BIC; "
            "kmeans: by the silhouette."
        ),
    ] = Clusters.MIXTURE,
    k: Annotated[
        int | None, number("--k", min=1, help="How many generators; by default found.")
    ] = None,
    most: Annotated[int, number(min=2, help="The most that are tried where it is found.")] = 10,
    development: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Labelled images, a sub-folder for each generator: each image is then given to "
            "one of these.",
        ),
    ] = None,
    extension: Annotated[
        str, typer.Option(metavar="TEXT", help="What is written behind each id, such as .png.")
    ] = "",
    weights: WeightsText = None,
    *,
    reading: Reading,
    seed: Seed = 0,
    computing: Computing,
) -> None:
    """Group images, and write a run file: an image and its cluster on each line.

    The word run can be left out.
    """
    if development is not None and k is not None:
        raise typer.BadParameter("the development set says how many there are", param_hint="--k")
    check_outputs(files={"--out": out}, apart_from=[images, development, weights])
    by = _description(method, weights)

    from whorl.grouping.methods import FeatureClassifier, FeatureClusters
    from whorl.grouping.runfile import write_groups
    from whorl.images import load
    from whorl.images.unread import unread_sentences

    expected = None
    with working(computing):
        read = load(images, name="generated", **reading.how)
        if development is None:
            found = FeatureClusters(by, clustering.value, most=most).group(read, k, seed=seed)
        else:
            labelled = _labelled(development, reading)
            found, expected = FeatureClassifier(by).group(read, labelled, seed=seed)
    write_groups(out, found.ids, found.clusters, extension)
    say(f"{out}: {len(found.ids):,} images in {found.k} clusters, their number {found.found}")
    if expected is not None:
        say(_expectation(expected, seed))
    warn(unread_sentences(read))


@group.command()
def evaluate(
    run: Annotated[Path, typer.Argument(metavar="RUN.csv", help="A run file of whorl group.")],
    truth: Annotated[Path, typer.Option(metavar="TRUTH.csv", help="The right answers.")],
    as_json: Json = False,
    seed: Seed = 0,
) -> None:
    """Score a grouping: adjusted Rand index, mutual information, homogeneity, and chance."""
    from whorl.grouping.measures import grouping_figures
    from whorl.grouping.runfile import read_groups

    answers = read_groups(truth)
    said = read_groups(run, answers)
    figures = grouping_figures(list(answers.values()), list(said.values()), seed=seed)
    counts = {"images": len(answers), "generators": len(set(answers.values())),
              "clusters": len(set(said.values()))}  # fmt: skip
    if as_json:
        known = {name: asdict(figure) for name, figure in figures.items()}
        typer.echo(json.dumps({**counts, "measures": known}, indent=2, allow_nan=False))
        return
    say(", ".join(f"{n:,} {what}" for what, n in counts.items()))
    _print(figures)


@group.command("test")
@bundled
def tell(
    folders: Annotated[
        list[Path], typer.Argument(metavar="IMAGES…", help="Folders, each of one generator.")
    ],
    method: By = Method.SPECTRUM,
    permutations: Annotated[int, number(min=19, help="Shuffles of the permutation test.")] = 999,
    weights: WeightsText = None,
    as_json: Json = False,
    *,
    reading: Reading,
    seed: Seed = 0,
    computing: Computing,
) -> None:
    """Test whether generators can be told apart at all, each pair of folders.

    Folders must be sorted by who made the images, not by clusters that were found in them.
    """
    by = _description(method, weights)

    from whorl.grouping.telling import tell_apart

    names = _names(folders)
    with working(computing):
        sets = {name: _read(folder, name, reading) for name, folder in names.items()}
        told = tell_apart(sets, by, permutations=permutations, seed=seed)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in told], indent=2, allow_nan=False))
        return
    for one in told:
        say(
            f"{one.first} and {one.second}: AUC {one.auc:.3f} (0.5 = cannot be told apart), "
            f"p {one.p:.4f}" + (f", corrected {one.adjusted_p:.4f}" if len(told) > 1 else "")
        )


def _description(method: Method, weights: str | None) -> Description:
    """Return what images are described by; weights that do not go with it are a usage error."""
    from whorl.grouping.describing import BACKBONE, GroupingError, description_named
    from whorl.networks.backbones import find_weights

    try:
        return description_named(
            method.value, None if weights is None else find_weights(weights, BACKBONE)
        )
    except GroupingError as error:
        raise typer.BadParameter(str(error), param_hint="--weights") from error


def _names(folders: list[Path]) -> dict[str, Path]:
    """Return each folder under its name, with that of the folder above where names repeat."""
    names = [folder.resolve().name for folder in folders]
    if len(set(names)) < len(names):
        names = ["/".join(folder.resolve().parts[-2:]) for folder in folders]
    if len(set(names)) < len(names):
        raise typer.BadParameter("two folders have the same name: rename one", param_hint="IMAGES")
    return dict(zip(names, folders, strict=True))


def _labelled(development: Path, reading: Reading) -> dict[str, ImageSet]:
    """Read the sub-folders of a development set."""
    from whorl.errors import LayoutError

    if not development.is_dir():
        raise LayoutError(f"{development}: is not a folder: give one with a sub-folder for each "
                          "generator")  # fmt: skip
    folders = sorted(path for path in development.iterdir() if path.is_dir())
    return {folder.name: _read(folder, folder.name, reading) for folder in folders}


def _read(folder: Path, name: str, reading: Reading) -> ImageSet:
    """Read the images of one generator."""
    from whorl.images import load

    return load(folder, name=name, **reading.how)


def _expectation(expected: Expected, seed: int) -> str:
    """Say how the classifier does on labelled images that it did not learn from."""
    from whorl.evaluation.intervals import wilson
    from whorl.grouping.measures import grouping_figures

    figure = grouping_figures(expected.truth, expected.said, seed=seed)["ari"]
    n = len(expected.truth)
    right = sum(a == b for a, b in zip(expected.truth, expected.said, strict=True))
    low, high = wilson(right, n)
    return (
        f"expected ARI {figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f}), accuracy "
        f"{right / n:.3f} ({low:.3f} to {high:.3f}): by cross-validation on {n:,} labelled images"
    )


def _print(figures: Mapping[str, Figure]) -> None:
    """Print measures with their intervals, beside chance."""
    from rich import box
    from rich.table import Table

    from whorl.grouping.measures import LABELS

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("measure", "value ↑", "95 % interval", "chance", "p"):
        table.add_column(column, justify="left" if column == "measure" else "right")
    for name, figure in figures.items():
        table.add_row(
            LABELS[name],
            f"{figure.value:.3f}",
            f"{figure.low:.3f} to {figure.high:.3f}",
            f"{figure.chance:.3f}",
            f"{figure.p:.3f}",
        )
    show_table(terminal(), table)
