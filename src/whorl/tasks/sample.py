"""The embedded sample: a small task on phantoms, with known truth."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from whorl.tasks.layout import read_view
from whorl.tasks.runfile import read_truth
from whorl.tasks.view import Task


def sample_folder() -> Path:
    """Return the folder of the embedded sample, in the official layout.

    It holds ``test``, ``development``, ``truth.csv``, ``card.json`` and ``README.md``. Every real
    image in it is a phantom: a drawing that looks like chest CT, of no patient.

    Examples
    --------
    >>> sorted(path.name for path in (sample_folder() / "development").iterdir())
    ['generated', 'not_used', 'used']
    """
    return Path(str(files("whorl"))) / "sample"


def sample_task() -> Task:
    """Read the embedded sample: 60 candidate phantoms, 30 of them used, and 300 generated images.

    The reference is the development set's 100 phantoms that no generator saw, drawn by the same
    process as the candidates.

    Examples
    --------
    >>> task = sample_task()
    >>> task.view.candidates
    ImageSet('candidates', 60 images, 128×128)
    >>> sum(task.truth.used.values())
    30
    """
    folder = sample_folder()
    view = read_view(folder, folder, reference=folder / "development" / "not_used")
    return Task(view, read_truth(folder / "truth.csv"))
