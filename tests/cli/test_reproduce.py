"""whorl reproduce imageclef2023, on a miniature in the official layout."""

from __future__ import annotations

import csv
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from tests.benchmarking.worlds import write_task
from tests.cli.conftest import Whorl
from whorl.benchmarking.paper import COUNTS, TEAMS, published
from whorl.evaluation.metrics import f1
from whorl.tasks.edition import EDITIONS
from whorl.tasks.layout import candidate_ids
from whorl.tasks.runfile import read_run

RUNS = "vcmi-2,vcmi-3,gan-isi-1,vcmi-8"


@pytest.fixture
def official(tmp_path: Path) -> Path:
    """A task with the names of 2025, unpadded, and palette PNGs among its images."""
    root = write_task(tmp_path / "data")
    for old, new in (("test/generated_1", "test/generated"),
                     ("test/real_unknown_1", "test/real_unknown"),
                     ("development/used", "development/real_used"),
                     ("development/not_used", "development/real_not_used")):  # fmt: skip
        (root / old).rename(root / new)
    truth = dict(line.split(",") for line in (root / "truth.csv").read_text().split())
    lines = []
    for k, path in enumerate(sorted((root / "test" / "real_unknown").iterdir()), 1):
        with Image.open(path) as image:
            image.convert("P").save(path.with_name(f"real_unknown_{k}.png"))
        lines.append(f"real_unknown_{k},{truth[path.stem]}\n")
        path.unlink()
    (root / "truth.csv").write_text("".join(lines), encoding="utf-8")
    return root


def test_tables_and_figures_stand_beside_what_was_published(
    whorl: Whorl, official: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = ("reproduce", "imageclef2023", "--data", official, "--out", out, "--methods", RUNS)
    ran = whorl(*words, "--jobs", 2)
    assert ran.status == 0, ran.err
    assert "3 of 4 runs, 1 skipped, 0 failed" in ran.out
    with (out / "table2.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["run"]: row for row in csv.DictReader(file)}
    assert len(rows) == 40
    assert rows["vcmi-2"]["rank"] == "1"
    ours, paper = float(rows["vcmi-2"]["f1"]), float(rows["vcmi-2"]["paper_f1"])
    assert float(rows["vcmi-2"]["difference"]) == pytest.approx(ours - paper)
    assert float(rows["vcmi-2"]["low"]) <= ours <= float(rows["vcmi-2"]["high"])
    assert rows["picuslab-7"]["f1"] == ""
    assert rows["vcmi-8"]["reason"].startswith("skipped: resnet50 starts from pretrained weights")
    page = (out / "paper.md").read_text("utf-8")
    assert "| VCMI | INESC TEC | Portugal |" in page
    assert "Equation 5 leaves out the factor 2" in page
    assert "77, 15, 23, 85" in page
    assert "all used 0.667" in page
    assert str(tmp_path) not in page
    svg = ElementTree.fromstring((out / "figure2.svg").read_text("utf-8"))  # noqa: S314 (our own)
    names = [part.text for part in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"VCMI", "vcmi-2"} <= set(names)
    with Image.open(out / "figure1.png") as image:
        assert image.width > 100
    run = read_run(out / "runs" / "vcmi-3.csv", candidate_ids(official), EDITIONS["2025"])
    assert len(run) == 24
    again = whorl(*words)
    assert "3 of 4 runs" in again.out
    assert "3 done before" in again.err


def test_without_the_truth_runs_and_their_agreement(
    whorl: Whorl, official: Path, tmp_path: Path
) -> None:
    (official / "truth.csv").unlink()
    out = tmp_path / "out"
    ran = whorl("reproduce", "imageclef2023", "--data", official, "--out", out,
                "--methods", "vcmi-2,vcmi-3", "-q")  # fmt: skip
    assert ran.status == 0, ran.err
    page = (out / "paper.md").read_text("utf-8")
    assert "The truth is not known here" in page
    head, line = (out / "agreement.csv").read_text("utf-8").splitlines()
    assert head == "run,other,agreement"
    one, two = (read_run(out / "runs" / f"{name}.csv", None) for name in ("vcmi-2", "vcmi-3"))
    same = sum(one[i] == two[i] for i in one) / len(one)
    assert line == f"vcmi-2,vcmi-3,{same:.4f}"
    assert not (out / "figure2.svg").exists()


def test_without_the_data_what_was_published(whorl: Whorl, tmp_path: Path) -> None:
    ran = whorl("reproduce", "imageclef2023", "--out", tmp_path / "out")
    assert ran.status == 0
    assert "register for the task" in ran.out
    assert "| 40 | PicusLabMed | `picuslab-7` | 0.093 |" in (tmp_path / "out/paper.md").read_text()
    wrong = whorl("reproduce", "imageclef2023", "--out", tmp_path / "o", "--data", tmp_path,
                  "--methods", "dmk-phash")  # fmt: skip
    assert wrong.status == 2
    assert "none of the forty runs" in wrong.err


def test_the_published_numbers_agree_with_each_other() -> None:
    runs = {entry.name: entry for entry in published()}
    assert {entry.team for entry in runs.values()} == {team for team, *_ in TEAMS}
    for name, counts in COUNTS.items():  # cut off after three decimals
        assert int(1000 * float(f1(counts))) / 1000 == pytest.approx(runs[name].paper_f1)
    values = [entry.paper_f1 or 0.0 for entry in runs.values()]
    assert values == sorted(values, reverse=True)
    names = list(runs)
    assert names[28:30] == ["kde-lab-2", "gan-isi-1"]  # who share 0.469
