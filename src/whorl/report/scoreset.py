"""The scores of a generated set as files: a page, a line for each image, a summary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict

from whorl.evaluation import write_scores
from whorl.files import write_text
from whorl.report.evidence import picture
from whorl.report.render import environment, own_file, policy_hash
from whorl.scoring import Figure, SetScores
from whorl.version import __version__

PAGE, SCORES, SUMMARY = "score-set.html", "scores.csv", "summary.json"
FILES = (PAGE, SCORES, SUMMARY)
SHOWN = 8  # pairs on the page
READING = (
    "↓ lower is better, for every figure: for privacy the value beside is what a set that gives "
    "nothing away would reach, for diversity and quality what real images reach."
)
HEADS = {"privacy": "Privacy", "diversity": "Diversity", "quality": "Quality"}


class SetSummary(BaseModel):
    """What summary.json of score-set holds.

    Attributes
    ----------
    format : int
        1.
    whorl : str
        The version that wrote it.
    figures : list of Figure
        The table's rows.
    notes : list of str
        What to know when reading them.
    record : dict
        What repeats them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = 1
    whorl: str = __version__
    figures: list[Figure]
    notes: list[str]
    record: dict[str, Any]


def write_score_set(result: SetScores, folder: Path | str, *, images: bool = True) -> Path:
    """Write ``score-set.html``, ``scores.csv`` and ``summary.json`` into a folder.

    Parameters
    ----------
    result : SetScores
        What was found.
    folder : path
        Made if absent; each file appears whole or not at all. A new page with pixels is made for
        its owner alone.
    images : bool
        False leaves every pixel out of the page.

    Returns
    -------
    pathlib.Path
        The page.

    Raises
    ------
    WhorlError
        If a file cannot be written.
    """
    there = Path(folder)
    page = render_score_set(score_set_data(result, images=images))
    write_scores(there / SCORES, result.columns)
    write_text(there / SUMMARY, set_summary(result).model_dump_json(indent=2) + "\n")
    write_text(there / PAGE, page, private=images)
    return there / PAGE


def set_summary(result: SetScores) -> SetSummary:
    """Return what summary.json holds."""
    return SetSummary(figures=list(result.figures), notes=list(result.notes), record=result.record)


def score_set_data(result: SetScores, *, images: bool = True) -> dict[str, Any]:
    """Return all that the page shows, as values that JSON can carry.

    Parameters
    ----------
    result : SetScores
        What was found.
    images : bool
        False leaves every pixel out.
    """
    return {
        "version": __version__,
        "title": result.record["title"] or "Scores of a generated set",
        "reading": READING,
        "groups": [
            {"head": head, "rows": [_row(figure) for figure in result.figures
                                    if figure.about == about]}
            for about, head in HEADS.items()
        ],
        "pairs": _pairs(result) if images else [],
        "images": images,
        "bar": result.neighbours.bar,
        "measure": result.neighbours.measure,
        "notes": list(result.notes),
        "record": result.record,
    }  # fmt: skip


def render_score_set(data: dict[str, Any]) -> str:
    """Return the page of what :func:`score_set_data` returned.

    Its content security policy lets only its own style in and no script run; nothing is fetched.
    """
    style = own_file("report.css") + own_file("score-set.css")
    return (
        environment()
        .get_template("score-set.html.j2")
        .render(
            data,
            style=Markup(style),  # noqa: S704 (our own file)
            style_hash=policy_hash(style),
        )
    )


def _row(figure: Figure) -> dict[str, Any]:
    """Return what is shown of one row."""
    bar = figure.unit == "share" and figure.value is not None
    return {
        "label": figure.label,
        "meaning": figure.meaning,
        "value": figure.text,
        "interval": figure.interval_text,
        "made": figure.interval,
        "beside": "" if figure.beside is None else figure.shown(figure.beside),
        "beside_is": figure.beside_is,
        "p": figure.p_text,
        "missing": figure.missing,
        "drawn": {"value": figure.value, "low": figure.low, "high": figure.high,
                  "beside": figure.beside} if bar else None,
    }  # fmt: skip


def _pairs(result: SetScores) -> list[dict[str, Any]]:
    """Return the generated images nearest to a training image, each training image once."""
    sets, near = result.sets, result.neighbours.training
    similarity, position = near.similarity[:, 0], near.position[:, 0]
    order = np.argsort(-similarity, kind="stable")
    _, first = np.unique(position[order], return_index=True)
    return [
        {
            "generated": picture(sets.generated.shown[k]),
            "training": picture(sets.training.shown[position[k]]),
            "generated_id": sets.generated.ids[k],
            "training_id": sets.training.ids[position[k]],
            "similarity": float(similarity[k]),
            "memorised": bool(result.neighbours.memorised[k]),
        }
        for k in order[np.sort(first)[:SHOWN]].tolist()
    ]
