"""Score a run file against the truth: a program by itself, for platforms such as Codabench.

It is called with two folders. The first holds ``ref/truth.csv`` and in ``res`` the run, one CSV
file; into the second it writes ``scores.json``. It needs nothing but Python 3.7 or later.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

SHOWN = 20


def faults_of(text: str, ids: list[str]) -> list[str]:
    r"""Return what is wrong with a run file, as the official validator of 2023 sees it.

    Examples
    --------
    >>> faults_of("a,1\nb,2\n", ["a", "b", "c"])
    ["line 2: the score '2' is neither 0 nor 1", "1 of 3 ids have no line, the first is 'c'"]
    """
    faults = []
    given = set()
    known = set(ids)
    for number, line in enumerate(text.splitlines(), 1):
        fields = [field.strip() for field in line.split(",")]
        if len(fields) != 2:
            faults.append(f"line {number}: expected '<id>,<0 or 1>', found {line[:80]!r}")
            continue
        image_id, score = fields
        if image_id not in known:
            faults.append(f"line {number}: unknown id {image_id[:80]!r}")
        elif image_id in given:
            faults.append(f"line {number}: {image_id!r} was given before")
        if score not in ("0", "1"):
            faults.append(f"line {number}: the score {score[:80]!r} is neither 0 nor 1")
        given.add(image_id)
    missing = [image_id for image_id in ids if image_id not in given]
    if missing:
        faults.append(f"{len(missing)} of {len(ids)} ids have no line, the first is {missing[0]!r}")
    return faults


def parsed(text: str) -> dict[str, int]:
    r"""Return what a run without faults says of each image.

    Examples
    --------
    >>> parsed("a,1\nb, 0\n")
    {'a': 1, 'b': 0}
    """
    pairs = (line.split(",") for line in text.splitlines())
    return {image_id.strip(): int(score) for image_id, score in pairs}


def metrics(run: dict[str, int], truth: dict[str, int]) -> dict[str, float]:
    """Return the metrics of a run; what is 0 / 0 is taken as 0.

    Examples
    --------
    >>> metrics({"a": 1, "b": 1}, {"a": 1, "b": 0})["precision"]
    0.5
    """
    pairs = [(run[image_id], used) for image_id, used in truth.items()]
    tp, fp, fn, tn = (pairs.count(pair) for pair in ((1, 1), (1, 0), (0, 1), (0, 0)))
    chance = (tp + fp) * (fp + tn) + (tp + fn) * (fn + tn)
    return {
        "f1": ratio(2 * tp, 2 * tp + fp + fn),
        "accuracy": ratio(tp + tn, tp + fp + fn + tn),
        "precision": ratio(tp, tp + fp),
        "recall": ratio(tp, tp + fn),
        "specificity": ratio(tn, tn + fp),
        "kappa": ratio(2 * (tp * tn - fp * fn), chance),
    }


def ratio(numerator: float, denominator: float) -> float:
    """Divide; 0 where that is undefined.

    Examples
    --------
    >>> ratio(1, 2), ratio(0, 0)
    (0.5, 0.0)
    """
    return numerator / denominator if denominator else 0.0


def is_meant(file: Path) -> bool:
    """Tell a file of the sender's from what a computer puts into archives by itself.

    Examples
    --------
    >>> is_meant(Path("runs/run.csv")), is_meant(Path("__MACOSX/._run.csv"))
    (True, False)
    """
    return not any(part.startswith(".") or part == "__MACOSX" for part in file.parts)


def main(given: str, wanted: str) -> str:
    """Score what lies in one folder, write into another; return what is wrong, empty if nothing."""
    truth = parsed((Path(given) / "ref" / "truth.csv").read_text(encoding="utf-8"))
    sent = Path(given) / "res"
    files = sorted(file for file in sent.rglob("*.csv") if is_meant(file.relative_to(sent)))
    if len(files) != 1:
        return f"expected one CSV file, the run; found {len(files)}"
    try:
        text = files[0].read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return f"{files[0].name}: is not UTF-8"
    faults = faults_of(text, list(truth))
    if faults:
        more = len(faults) - SHOWN
        rest = [f"and {more} more"] if more > 0 else []
        return "\n  ".join([f"{files[0].name}: is not valid", *faults[:SHOWN], *rest])
    target = Path(wanted) / "scores.json"
    target.write_text(json.dumps(metrics(parsed(text), truth), indent=1) + "\n", encoding="utf-8")
    return ""


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]) or 0)
