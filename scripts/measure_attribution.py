"""Print what docs/attribution.md says was measured, of tasks that `whorl task build-subsets` made.

    python scripts/measure_attribution.py TASK [NULL]

Give the task a --reference, --none and --patients. Of a null only the accuracy is of interest.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from whorl.attribution import (
    SUBSET_METHODS,
    Answers,
    Labelled,
    SubsetMethod,
    SubsetView,
    answer,
    answer_by_competition,
    answer_by_leaving_out,
    answer_by_reference,
    answer_by_unrelated,
    evaluate_subsets,
    read_subset_view,
)
from whorl.attribution.competition import competition_q_values
from whorl.attribution.runfile import read_subsets
from whorl.attribution.view import NONE
from whorl.errors import WhorlError
from whorl.evaluation.result import Metric
from whorl.images import ImageSet, load
from whorl.tasks.patients import with_patients

LEVELS = (0.05, 0.1)
DEALS = 400


def main(task: Path) -> None:
    """Print accuracy, and errors of answering none, of every method on a task."""
    view, truth = read_subset_view(task, task), read_subsets(task / "truth.csv")
    table = task / "patients.csv"
    reals = Labelled(with_patients(view.reals.images, table), view.reals.subsets)
    view = replace(view, reals=reals)
    reference = with_patients(load(task / "reference", name="reference"), table)
    right = [truth[i] for i in view.generated.ids]
    of_subset = [k for k, subset in enumerate(right) if subset != NONE]
    for name, entry in SUBSET_METHODS.items():
        if any(entry.method.backbones()):
            continue
        views = {"": replace(view, development=None)}
        if name == "classifier":
            views[", development"] = view
        for what, seen in views.items():
            given = answer(entry.method, seen).subsets
            found = evaluate_subsets([given[k] for k in of_subset], [right[k] for k in of_subset])
            print(f"{name}{what}: accuracy {_shown(found.accuracy)}, chance {found.chance:.3f}, "
                  f"p {found.p_value:.2g}", flush=True)  # fmt: skip
        if len(of_subset) < len(right):
            unrelated = load(task / "unrelated", name="unrelated")
            for level in LEVELS:
                _answer_none(entry.method, views[""], reference, unrelated, level, right)
            if name in ("whorl", "nearest-maps", "nearest-correlation"):
                _deal_again(entry.method, views[""], reference, np.array(right) == NONE)


def _answer_none(
    method: SubsetMethod,
    view: SubsetView,
    reference: ImageSet,
    unrelated: ImageSet,
    level: float,
    right: list[str],
) -> None:
    """Print how often answering none errs, by each of its ways."""

    def tell(way: str, found: Answers) -> None:
        of = evaluate_subsets(found.subsets, right)
        print(f"  none at {level} by {way}: of none, given a subset {_shown(of.wrongly_named)}; "
              f"given a subset, of none {_shown(of.named_wrong)}; of a subset, answered none "
              f"{_shown(of.left)}", flush=True)  # fmt: skip

    ways: dict[str, Callable[[], Answers]] = {
        "unrelated": lambda: answer_by_unrelated(method, view, unrelated, level),
        "reference": lambda: answer_by_reference(method, view, reference, level),
        "left out": lambda: answer_by_leaving_out(method, view, level),
        "competition": lambda: answer_by_competition(method, view, reference, level),
    }
    for way, ask in ways.items():
        try:
            tell(way, ask())
        except WhorlError as error:
            print(f"  none at {level} by {way}: {error}")


def _deal_again(
    method: SubsetMethod, view: SubsetView, reference: ImageSet, none: np.ndarray
) -> None:
    """Print the mean share of wrong namings where chance deals the reference's patients anew."""
    together = view.reals.images.joined(reference)
    whose = np.unique(np.array(together.patients), return_inverse=True)[1]
    rivals = Labelled(together, tuple(f"u{k:07d}" for k in whose))
    scores = method.score(SubsetView(view.generated, rivals))
    winner = np.array([int(name[1:]) for name in scores.answers])
    n = len(view.reals.images)
    ours = np.isin(winner, whose[:n])
    patients, targets = int(whose.max()) + 1, len(np.unique(whose[:n]))
    ratio = max(targets / (patients - targets), n / len(reference))
    rng = np.random.default_rng(0)
    wrong: dict[float, list[float]] = {level: [] for level in LEVELS}
    for _ in range(DEALS):
        dealt = rng.permutation(patients) < patients - targets
        chance = np.where(none, dealt[winner], ~ours)
        largest = max(Counter(winner[chance].tolist()).values(), default=1)
        q_values = competition_q_values(scores.lead, chance, ratio, largest)
        for level, shares in wrong.items():
            named = q_values <= level
            shares.append(float((named & none).sum() / max(named.sum(), 1)))
    for level, shares in wrong.items():
        print(f"  competition at {level}, dealt {DEALS} times: {np.mean(shares):.3f}, "
              f"95 % up to {np.quantile(shares, 0.95):.3f}", flush=True)  # fmt: skip


def _shown(metric: Metric | None) -> str:
    """Return a value with its interval."""
    if metric is None:
        return "–"
    return f"{metric.value:.3f} ({metric.low:.3f} to {metric.high:.3f})"


if __name__ == "__main__":
    for folder in sys.argv[1:]:
        print(f"\n{Path(folder).name}")
        main(Path(folder))
