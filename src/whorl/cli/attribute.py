"""``whorl attribute``: which subset, site or patient a generated image comes from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.cli.bundles import bundled
from whorl.cli.options import (
    Computing,
    ExactIds,
    PatientsText,
    Reading,
    Seed,
    warn,
    working,
)
from whorl.cli.outputs import check_outputs
from whorl.cli.terminal import say

if TYPE_CHECKING:
    from whorl.attribution.base import SubsetMethod
    from whorl.attribution.none import Answers
    from whorl.attribution.view import SubsetView
    from whorl.images import ImageSet

METHODS_HELP = (
    "whorl, nearest-maps, nearest-ssim, nearest-correlation, vote-maps, vote-ssim, classifier or "
    "embeddings"
)


@bundled
def attribute(
    generated: Annotated[
        Path, typer.Argument(metavar="GENERATED", help="Folder of generated images.")
    ],
    out: Annotated[Path, typer.Option(metavar="RUN.csv", help="The run file: image, subset.")],
    real: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Real images of all subsets, or a CSV list of them; by default the folder real of "
            "--development.",
        ),
    ] = None,
    subsets: Annotated[
        str,
        typer.Option(
            metavar="folder|patient|CSV",
            help="Which subset each real image is of: folder, for the sub-folder it lies in; "
            "patient, for whose it is; or a table of image_id and subset.",
        ),
    ] = "folder",
    development: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Labelled set: generated, with a sub-folder for each subset, and perhaps real. "
            "Classifiers learn from it.",
        ),
    ] = None,
    method: Annotated[str, typer.Option(metavar="NAME", help=f"{METHODS_HELP}.")] = "whorl",
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="imagenet|package|PATH", help="What the network of embeddings starts from."
        ),
    ] = None,
    none_error: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            metavar="X",
            help="Answer none where no subset can be named at this error, 0 to 1: the share of "
            "images of none that are given a subset, or with --compete of images of none among "
            "those that are. Without --reference or --unrelated each real image plays a generated "
            "one, without its patient.",
        ),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Real images known not to be used, of other patients: each plays a generated one. "
            "Goes with --none-error.",
        ),
    ] = None,
    unrelated: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Generated images known to come from no subset: theirs is the error that is "
            "held. Goes with --none-error.",
        ),
    ] = None,
    compete: Annotated[
        bool,
        typer.Option(
            "--compete",
            help="The patients of --reference compete with those of the subsets instead, one "
            "subset or more. It supposes nothing of generated images, but takes many patients.",
        ),
    ] = False,
    scores: Annotated[
        Path | None,
        typer.Option(
            metavar="S.csv", help="Also write each image's score of each subset, and p-value."
        ),
    ] = None,
    exact_ids: ExactIds = False,
    patients: PatientsText = None,
    *,
    reading: Reading,
    seed: Seed = 0,
    computing: Computing,
) -> None:
    """Say which subset, site or patient each generated image comes from, or that it is none.

    A run file has a line for each generated image: its id, and a subset or none.
    """
    _checked(none_error, reference, unrelated, real, development)
    if compete and reference is None:
        raise typer.BadParameter("goes with --reference", param_hint="--compete")
    chosen = _chosen(method, weights)

    from whorl.attribution.runfile import write_subsets
    from whorl.images import require_distinct
    from whorl.images.unread import unread_sentences

    require_distinct(
        ("GENERATED", generated), ("--real", real), ("--reference", reference),
        ("--unrelated", unrelated), flat=reading.flat,
    )  # fmt: skip
    check_outputs(
        files={"--out": out, "--scores": scores},
        apart_from=[generated, real, development, reference, unrelated, subsets, patients, weights],
    )
    with working(computing):
        view = _view(generated, real, subsets, development, patients, reading)
        others = {
            name: None if path is None else _read(path, name, reading)
            for name, path in (("reference", reference), ("unrelated", unrelated))
        }
        if others["reference"] is not None and patients is not None:
            others["reference"] = _with_patients(others["reference"], patients, reference)
        found = _answered(chosen, view, others, none_error, seed, compete=compete)
        if scores is not None:
            _write_scores(scores, chosen, view, found, seed, exact=exact_ids)
    write_subsets(out, found.ids, found.subsets)
    counts = [f"{n:,} of {name}" for name, n in _counts(found.subsets).items()]
    say(f"{out}: {len(found.ids):,} generated images: {', '.join(counts)}")
    say(found.error)
    warn(unread_sentences(view.generated, view.reals.images))


def _checked(
    level: float | None,
    reference: Path | None,
    unrelated: Path | None,
    real: Path | None,
    development: Path | None,
) -> None:
    """Refuse options that contradict each other."""
    if real is None and development is None:
        raise typer.BadParameter("give the real images of the subsets", param_hint="--real")
    if level is not None and not 0 < level < 1:
        raise typer.BadParameter(f"{level} is not between 0 and 1", param_hint="--none-error")
    if reference is not None and unrelated is not None:
        raise typer.BadParameter("give one of --reference and --unrelated")
    for option, path in (("--reference", reference), ("--unrelated", unrelated)):
        if path is not None and level is None:
            raise typer.BadParameter("goes with --none-error", param_hint=option)


def _chosen(name: str, weights: str | None) -> SubsetMethod:
    """Return the method; an unknown one, or weights that it does not take, are a usage error."""
    from whorl.attribution.catalogue import subset_entry
    from whorl.attribution.view import SubsetError
    from whorl.methods.parts import with_parts
    from whorl.networks.backbones import Backbone, find_weights

    try:
        method = subset_entry(name).method
    except SubsetError as error:
        raise typer.BadParameter(str(error), param_hint="--method") from error
    if weights is None:
        return method
    backbone = next(method.backbones(), None)
    if backbone is None:
        raise typer.BadParameter(
            f"{name} starts from no pretrained weights", param_hint="--weights"
        )
    found = find_weights(weights, backbone.name)
    return with_parts(
        method, lambda part: replace(part, weights=found) if isinstance(part, Backbone) else part
    )


def _view(
    generated: Path,
    real: Path | None,
    subsets: str,
    development: Path | None,
    patients: str | None,
    reading: Reading,
) -> SubsetView:
    """Read the images and their subsets."""
    from whorl.attribution.labels import labelled
    from whorl.attribution.layout import GENERATED, REAL, place_of, read_known
    from whorl.attribution.view import SubsetView

    if real is None:
        assert development is not None  # noqa: S101
        real = place_of(development, "development", (REAL, GENERATED)) / REAL
    reals = _read(real, "reals", reading)
    if patients is not None:
        reals = _with_patients(reals, patients, real)
    found = labelled(reals, subsets)
    known = None
    if development is not None:
        known = read_known(development, found, lambda path, name: _read(path, name, reading))
    return SubsetView(_read(generated, "generated", reading), found, known)


def _read(path: Path, name: str, reading: Reading) -> ImageSet:
    """Read a set of images."""
    from whorl.images import load

    return load(path, name=name, **reading.how)


def _with_patients(images: ImageSet, patients: str, folder: Path | None) -> ImageSet:
    """Give the images their patients."""
    from whorl.tasks.patients import with_patients

    return with_patients(images, patients, folder=folder)


def _answered(
    method: SubsetMethod,
    view: SubsetView,
    others: dict[str, ImageSet | None],
    level: float | None,
    seed: int,
    *,
    compete: bool,
) -> Answers:
    """Return the answers, none among them where a level is given."""
    from whorl.attribution import competition, none

    if level is None:
        return none.answer(method, view, seed=seed)
    if (unrelated := others["unrelated"]) is not None:
        return none.answer_by_unrelated(method, view, unrelated, level, seed=seed)
    if (reference := others["reference"]) is not None:
        how = competition.answer_by_competition if compete else none.answer_by_reference
        return how(method, view, reference, level, seed=seed)
    return none.answer_by_leaving_out(method, view, level, seed=seed)


def _write_scores(
    path: Path, method: SubsetMethod, view: SubsetView, found: Answers, seed: int, *, exact: bool
) -> None:
    """Write a table: image_id, subset, p_value, and a column for each subset's score."""
    from whorl.evaluation.scorefile import write_scores

    p_values = [None] * len(found.ids) if found.p_values is None else found.p_values.tolist()
    columns: dict[str, list[object]] = {
        "image_id": list(found.ids),
        "subset": list(found.subsets),
        "p_value": p_values,
    }
    if len(view.subsets) > 1:
        values = method.score(view, seed=seed).values
        columns |= {f"score {n}": values[:, k].tolist() for k, n in enumerate(view.subsets)}
    write_scores(path, columns, exact=exact)


def _counts(subsets: tuple[str, ...]) -> dict[str, int]:
    """Return how many images each answer was given to, none last."""
    from whorl.attribution.view import NONE
    from whorl.images.kinds import natural

    names = sorted(set(subsets), key=lambda name: (name == NONE, natural(name)))
    return {name: subsets.count(name) for name in names}
