"""``whorl score-set``: what a generated set gives away, and how good it is, in one table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.cli.bundles import bundled
from whorl.cli.entries import catalogue_entry
from whorl.cli.options import Computing, PatientsText, Reading, Seed, working
from whorl.cli.outputs import check_outputs
from whorl.cli.terminal import console as terminal
from whorl.cli.terminal import show_table

if TYPE_CHECKING:
    from rich.console import Console

    from whorl.scoring import Figure, SetScores

WIDE = 110  # columns of a terminal that shows what a value is held against beside it


@bundled
def score_set(
    generated: Annotated[
        Path,
        typer.Argument(
            help="Folder of generated images, or a zip, a CSV of paths or a stack of them.",
            show_default=False,
        ),
    ],
    training: Annotated[
        Path,
        typer.Option(
            metavar="DIR", help="The images that the generator was trained on.", show_default=False
        ),
    ],
    holdout: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            help="Real images of the same kind, of patients the generator never saw.",
            show_default=False,
        ),
    ],
    patients: PatientsText = None,
    drop_shared_patients: Annotated[
        bool,
        typer.Option(
            "--drop-shared-patients",
            help="Leave out the holdout images of patients who are in training.",
        ),
    ] = False,
    measure: Annotated[
        str, typer.Option(metavar="NAME", help="By what images are near: correlation or ssim.")
    ] = "correlation",
    method: Annotated[
        str,
        typer.Option(metavar="NAME", help="The attack, one that needs nothing: whorl methods."),
    ] = "whorl",
    weights: Annotated[
        str,
        typer.Option(
            metavar="imagenet|package|PATH",
            help="Weights of the network whose embeddings FID and KID compare.",
        ),
    ] = "package",
    backbone: Annotated[
        str, typer.Option(metavar="NAME", help="That network, as timm calls it.")
    ] = "tf_efficientnet_lite0",
    no_quality: Annotated[
        bool, typer.Option("--no-quality", help="Leave out FID and KID, which take longest.")
    ] = False,
    title: Annotated[str, typer.Option(metavar="TEXT", help="What the page is called.")] = "",
    out: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Where score-set.html, scores.csv and summary.json go."),
    ] = Path("whorl-score-set"),
    no_images: Annotated[
        bool, typer.Option("--no-images", help="Leave pixels out of the page.")
    ] = False,
    *,
    reading: Reading,
    seed: Seed = 0,
    computing: Computing,
) -> None:
    """Score a generated set before release: privacy, diversity, quality.

    Of every figure lower is better. Intervals are over patients where they are known or found.
    """
    chosen = catalogue_entry(method, "--method")
    from whorl.report.scoreset import FILES, write_score_set
    from whorl.scoring import score_set as run

    check_outputs(
        folders={"--out": out},
        files={f"--out, {name}:": out / name for name in FILES},
        apart_from=[generated, training, holdout, patients, None if no_quality else weights],
    )
    with working(computing):
        result = run(
            generated,
            training,
            holdout,
            method=chosen,
            measure=measure,
            patients=patients,
            drop_shared_patients=drop_shared_patients,
            weights=None if no_quality else weights,
            backbone=backbone,
            title=title,
            seed=seed,
            **reading.how,
        )
        page = write_score_set(result, out, images=not no_images)
    _say(result, page)


def _say(result: SetScores, page: Path) -> None:
    """Print the table, how to read it, and where the files lie."""
    from rich.text import Text

    from whorl.report.scoreset import READING, SCORES, SUMMARY

    console = terminal()
    _print_table(result.figures, console)
    console.print(Text(READING, style="dim"))
    for figure in result.figures:
        if figure.missing:
            console.print(Text(f"{figure.label}: {figure.missing}", style="yellow"))
    for note in result.notes:
        console.print(Text(f"• {note}"))
    console.print()
    console.print(Text(f"Page: {page}", style="bold"))
    console.print(Text(f"      {page.with_name(SCORES)}, {page.with_name(SUMMARY)}"))


def _print_table(figures: tuple[Figure, ...], console: Console) -> None:
    """Print the rows; in a narrow terminal without words on what the values are held against."""
    from rich import box
    from rich.table import Table

    from whorl.scoring.figures import DIRECTION

    wide = console.width >= WIDE
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(f"figure, {DIRECTION} better")
    for name in ("value", "95 % interval", "beside"):
        table.add_column(name, justify="right", no_wrap=True)
    if wide:
        table.add_column("which is")
    table.add_column("p", justify="right", no_wrap=True)
    about = figures[0].about
    for figure in figures:
        if figure.about != about:
            table.add_section()
            about = figure.about
        beside = "" if figure.beside is None else figure.shown(figure.beside)
        cells = [f"{figure.label} {DIRECTION}", figure.text, figure.interval_text, beside]
        if wide:
            cells.append(figure.beside_is)
        table.add_row(*cells, figure.p_text)
    show_table(console, table)
