"""A bundle that makes a task a competition on Codabench."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

from whorl.benchmarking.cards import TaskCard, TaskFolder
from whorl.errors import WhorlError
from whorl.evaluation import LABELS, trivial_rows
from whorl.files import write_bytes
from whorl.tasks.edition import edition_named
from whorl.tasks.runfile import format_run

COLUMNS = ("f1", "accuracy", "precision", "recall", "specificity", "kappa")
SCORE = "score.py"
MADE = (2023, 1, 1, 0, 0, 0)  # every file's date, so that the same task gives the same bytes
IMAGE = "python:3.11-slim"


@dataclass(frozen=True)
class Competition:
    """What the organiser decides.

    Attributes
    ----------
    start : date
        When runs are taken from.
    end : date or None
        Until when; None = for good.
    limit : int
        Runs that one may send.
    title : str
        Empty for one with the task's name.
    measure : str or None
        What ranks: "f1" as in 2023, "kappa" as in 2025; None = as in the task's edition.
    """

    start: date
    end: date | None = None
    limit: int = 10
    title: str = ""
    measure: str | None = None


def write_bundle(folder: TaskFolder, path: Path | str, competition: Competition) -> str:
    """Write the bundle, and return the SHA-256 of its bytes; the same each time.

    No image is in it: the organiser hands out test and development set. The truth is the hidden
    reference data, the scoring program needs nothing but Python.

    Raises
    ------
    WhorlError
        If the task's truth is not known, the end is not after the start, or nothing has such a
        measure.
    """
    card = folder.card
    if card.truth is None:
        raise WhorlError(f"{folder.root}: has no truth.csv: nothing could be scored")
    if competition.end is not None and competition.end <= competition.start:
        raise WhorlError(f"--end {competition.end}: is not after --start {competition.start}")
    edition = edition_named(card.edition)
    measure = competition.measure or edition.measure
    if measure not in COLUMNS:
        raise WhorlError(f"--measure {measure}: is none of {', '.join(COLUMNS)}")
    program = resources.files("whorl.benchmarking") / "platform_scoring.py"
    pages = _pages(card, competition, measure)
    settings = _settings(card, competition, measure, list(pages))
    truth, all_used = (
        format_run(card.candidates, used, edition)
        for used in (card.truth, [True] * len(card.candidates))
    )
    files: dict[str, str | bytes] = {
        "competition.yaml": json.dumps(settings, indent=1),
        **{f"{name}.md": text for name, text in pages.items()},
        "logo.png": _logo(),
        "reference_data.zip": _zipped({"truth.csv": truth}),
        "scoring_program.zip": _zipped({
            "metadata.yaml": f"command: python3 /app/program/{SCORE} /app/input /app/output\n",
            SCORE: program.read_text("utf-8"),
        }),
        "example_run.zip": _zipped({"run.csv": all_used}),
    }  # fmt: skip
    return write_bytes(path, _zipped(files))


def _settings(
    card: TaskCard, competition: Competition, measure: str, pages: list[str]
) -> dict[str, object]:
    """Return competition.yaml, as JSON, which YAML holds."""
    phase: dict[str, object] = {
        "index": 0,
        "name": "Submission",
        "description": "Run files are scored as they come.",
        "start": competition.start.isoformat(),
        "max_submissions": competition.limit,
        "max_submissions_per_day": competition.limit,
        "tasks": [0],
    }
    if competition.end is not None:
        phase["end"] = competition.end.isoformat()
    order = (measure, *(name for name in COLUMNS if name != measure))
    columns = [{"title": LABELS[name], "key": name, "index": k, "sorting": "desc"}
               for k, name in enumerate(order)]  # fmt: skip
    return {
        "version": 2,
        "title": _title(card, competition),
        "description": "Which real images was a generator trained on?",
        "image": "logo.png",
        "terms": "terms.md",
        "docker_image": IMAGE,
        "registration_auto_approve": False,
        "pages": [{"title": name, "file": f"{name}.md"} for name in pages],
        "tasks": [{
            "index": 0,
            "name": card.name,
            "description": f"{len(card.candidates)} candidates",
            "reference_data": "reference_data.zip",
            "scoring_program": "scoring_program.zip",
        }],
        "solutions": [
            {"index": 0, "name": "all used", "path": "example_run.zip", "tasks": [0]}
        ],
        "phases": [phase],
        "leaderboards": [{"title": "Results", "key": "results", "columns": columns}],
    }  # fmt: skip


def _title(card: TaskCard, competition: Competition) -> str:
    """Return the competition's title."""
    return competition.title or f"Training images of a generator: {card.name}"


def _pages(card: TaskCard, competition: Competition, measure: str) -> dict[str, str]:
    """Return the pages: name → Markdown. They tell nothing of the truth, nor of its share."""
    edition = edition_named(card.edition)
    first = f"{card.candidates[0]}{edition.extension}"
    generated, candidates = edition.test["generated"], edition.test["candidates"]
    balanced = trivial_rows(1, 1)["all used"]["f1"]
    return {
        "overview": f"# {_title(card, competition)}\n\nA generator made {card.generated:,} images. "
        f"Which of {len(card.candidates):,} real images was it trained on? Images are "
        f"{card.width}×{card.height} pixels, 8-bit grey.\n",
        "data": f"# Data\n\nThe organiser hands them out: `test/{generated}` and "
        f"`test/{candidates}`, the candidates; and where there is one a `development` set, real "
        "images whose answers are known with generated images of their own.\n",
        "evaluation": f"# Evaluation\n\nA run is one CSV file without a header in a zip archive: a "
        f"line `{first},0` or `{first},1` for each candidate, 1 = used for training. Every "
        "candidate has exactly one line. `whorl validate RUN.csv --test DIR` checks it.\n\nRuns "
        f"are ranked by {LABELS[measure]}; “used” is the positive class. On a test set of which "
        f"half was used, saying “used” of every candidate has F1 {balanced:.3f}. At most "
        f"{competition.limit} runs.\n",
        "terms": "# Terms\n\nUse the images for this task only, and do not try to find out who the "
        "patients are.\n",
    }


def _logo() -> bytes:
    """Return a logo: rings, as those of a finger's print."""
    from PIL import Image, ImageDraw

    image = Image.new("L", (256, 256), 255)
    draw = ImageDraw.Draw(image)
    for k, radius in enumerate(range(112, 8, -20)):
        centre = 128 + 4 * k
        box = (128 - radius, centre - radius, 128 + radius, centre + radius)
        draw.ellipse(box, outline=40, width=9)
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def _zipped(files: Mapping[str, str | bytes]) -> bytes:
    """Return an archive of files, stored as they are: the same bytes wherever it is made."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, MADE)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, files[name])
    return content.getvalue()
