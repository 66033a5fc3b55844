"""Measure grouping on tasks of whorl task build-grouping, and print a table for docs/grouping.md.

python scripts/measure_grouping.py [--methods spectrum,residuals] [--weights package] TASK…

For each task: whether its generators can be told apart (by its development set), and the adjusted
Rand index of each method, the number of generators given and found.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from whorl.grouping.describing import BACKBONE, METHODS, Description, description_named
from whorl.grouping.measures import Figure, grouping_figures
from whorl.grouping.methods import FeatureClassifier, FeatureClusters, Groups
from whorl.grouping.runfile import read_groups
from whorl.grouping.telling import tell_apart
from whorl.images import ImageSet, load
from whorl.networks.backbones import find_weights

HEAD = ("task", "by", "told apart: lowest AUC, p", "k-means, k given", "mixture, k given",
        "k-means, silhouette (k)", "mixture, BIC (k)", "labelled")  # fmt: skip


def main() -> None:
    """Print a row for each task and method."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="+", type=Path)
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--weights", help="without them embeddings are left out")
    asked = parser.parse_args()
    weights = find_weights(asked.weights, BACKBONE) if asked.weights else None
    print(_row(HEAD), _row(["---"] * len(HEAD)), sep="\n")
    for task in asked.tasks:
        for name in asked.methods.split(","):
            if name != "embedding" or weights:
                of = weights if name == "embedding" else None
                measured(task, name, description_named(name, of))


def measured(task: Path, name: str, by: Description) -> None:
    """Print the row of a task and a method."""
    images = load(task / "test" / "generated")
    truth = read_groups(task / "truth.csv", images.ids)
    labelled: dict[str, ImageSet] = {
        folder.name: load(folder) for folder in sorted((task / "development").iterdir())
    }
    k = len(set(truth.values()))

    def shown(groups: Groups, *, count: bool = False) -> str:
        figure = grouping_figures(list(truth.values()), groups.clusters)["ari"]
        return _figure(figure) + (f" ({groups.k})" if count else "")

    told = tell_apart(labelled, by)
    kmeans, mixture = (FeatureClusters(by, clustering) for clustering in ("kmeans", "mixture"))
    classified, _ = FeatureClassifier(by).group(images, labelled)
    cells = (
        task.name, name,
        f"{min(t.auc for t in told):.2f}, {max(t.adjusted_p for t in told):.3f}",
        shown(kmeans.group(images, k)),
        shown(mixture.group(images, k)),
        shown(kmeans.group(images), count=True),
        shown(mixture.group(images), count=True),
        shown(classified),
    )  # fmt: skip
    print(_row(cells), flush=True)


def _figure(figure: Figure) -> str:
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
