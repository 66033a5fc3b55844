"""whorl evaluate and validate on several files, on scores alone, and the ROC curve."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.conftest import Whorl
from whorl.evaluation import write_scores
from whorl.tasks.runfile import write_run

IDS = [f"c{k:02}" for k in range(20)]
USED = [k < 10 for k in range(20)]


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    write_run(tmp_path / "truth.csv", IDS, USED)
    return tmp_path / "truth.csv"


def run_of(path: Path, wrong: int) -> Path:
    path.parent.mkdir(exist_ok=True)
    write_run(path, IDS, [u ^ (k < wrong) for k, u in enumerate(USED)])
    return path


def scores_of(path: Path) -> Path:
    write_scores(path, {"image_id": IDS, "score": [float(20 - k) for k in range(20)]})
    return path


def test_several_runs_are_ranked_with_the_trivial_rows(
    whorl: Whorl, truth: Path, tmp_path: Path
) -> None:
    runs = [run_of(tmp_path / "poor.csv", 9), run_of(tmp_path / "good.csv", 1)]
    table, page = tmp_path / "t.csv", tmp_path / "t.md"
    ran = whorl("evaluate", *runs, "--truth", truth, "--csv", table, "--md", page)
    assert ran.status == 0
    rows = list(csv.DictReader(table.read_text().splitlines()))
    names = ["good.csv", "all-used", "poor.csv", "none-used"]
    assert [row["run"] for row in rows] == names
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4"]
    assert float(rows[0]["f1"]) == pytest.approx(18 / 19)
    assert float(rows[2]["difference"]) == pytest.approx(2 / 11 - 18 / 19)
    assert float(rows[2]["difference_high"]) < 0
    assert [line.split(" | ")[1] for line in page.read_text().splitlines()[4:8]] == names
    assert ran.out.index("good.csv") < ran.out.index("poor.csv")


def test_a_broken_run_is_named_with_its_fault_and_the_others_are_ranked(
    whorl: Whorl, truth: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("c00,2\n")
    ran = whorl("evaluate", bad, run_of(tmp_path / "good.csv", 1), "--truth", truth, "--json")
    assert ran.status == 1
    assert "1 of 2 files is not ranked" in ran.err
    assert "the score '2' is above 1" in ran.err
    records = json.loads(ran.out)
    assert records[0]["run"] == "good.csv"
    assert records[-1]["rank"] is None
    assert "line 1" in records[-1]["fault"]
    alone = whorl("evaluate", bad, bad, "--truth", truth)
    assert alone.status == 1
    assert "none of the files can be ranked" in alone.err


def test_files_of_one_name_are_told_apart_by_their_folders(
    whorl: Whorl, truth: Path, tmp_path: Path
) -> None:
    runs = [run_of(tmp_path / team / "run.csv", k) for k, team in enumerate(("abel", "gauss"))]
    ran = whorl("evaluate", *runs, "--truth", truth, "--json")
    assert [r["run"] for r in json.loads(ran.out)][:2] == ["abel/run.csv", "gauss/run.csv"]
    assert str(tmp_path) not in ran.out


def test_scores_alone_are_enough_and_their_roc_curve_is_written(
    whorl: Whorl, truth: Path, tmp_path: Path
) -> None:
    scores, points, picture = (
        scores_of(tmp_path / "s.csv"),
        tmp_path / "roc.csv",
        tmp_path / "r.svg",
    )
    ran = whorl("evaluate", "--scores", scores, "--truth", truth, "--json", "--roc", points)
    assert ran.status == 0
    result = json.loads(ran.out)
    assert result["metrics"]["auc"]["value"] == 1.0
    assert "f1" not in result["metrics"]
    rows = list(csv.DictReader(points.read_text().splitlines()))
    assert (rows[10]["threshold"], rows[10]["fpr"], rows[10]["tpr"]) == ("11.0", "0.0", "1.0")
    shown = whorl("evaluate", "--scores", scores, "--truth", truth, "--roc", picture)
    assert shown.status == 0
    assert "AUC" in shown.out
    assert ET.fromstring(picture.read_text()).tag.endswith("svg")  # noqa: S314 (our own file)


def test_each_run_may_have_its_scores(whorl: Whorl, truth: Path, tmp_path: Path) -> None:
    runs = [run_of(tmp_path / f"{k}.csv", k) for k in (1, 3)]
    scores, picture = scores_of(tmp_path / "s.csv"), tmp_path / "r.svg"
    both = ("--scores", scores, "--scores", scores)
    ran = whorl("evaluate", *runs, "--truth", truth, *both, "--json", "--roc", picture)
    assert ran.status == 0
    assert [r["auc"] for r in json.loads(ran.out)] == [1.0, 1.0, 0.5, 0.5]
    assert "3.csv, AUC 1.000" in picture.read_text()


@pytest.mark.parametrize(
    ("words", "told", "status"),
    [
        ((), "give a run file, or --scores", 2),
        (("run.csv", "run.csv", "--scores", "s.csv"), "1 given, and 2 to be ranked", 2),
        (("run.csv", "--roc", "r.csv"), "needs --scores", 2),
        (("--scores", "s.csv", "--md", "t.md"), "without a run", 2),
        (("--scores", "s.csv", "--roc", "r.png"), "a picture is written as .svg", 1),
        (("run.csv", "run.csv", "--measure", "luck"), "--measure luck: is none of f1", 1),
    ],
)
def test_wrong_use_is_told(
    whorl: Whorl, truth: Path, tmp_path: Path, words: tuple[str, ...], told: str, status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    run_of(tmp_path / "run.csv", 1)
    scores_of(tmp_path / "s.csv")
    ran = whorl("evaluate", *words, "--truth", truth)
    assert ran.status == status
    assert told in " ".join(ran.err.replace("│", " ").split())
    assert not list(tmp_path.glob("r.*"))


def test_validate_takes_several_files(whorl: Whorl, folder: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("nobody,1\n")
    ran = whorl("validate", bad, folder / "truth.csv", "--test", folder)
    assert ran.status == 1
    assert "truth.csv: valid; 15 of 30" in ran.out
    assert "bad.csv: " in ran.err
    assert "1 of 2 run files break the format" in ran.err


def test_a_ranked_table_fits_80_columns(
    whorl: Whorl, truth: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    runs = [run_of(tmp_path / f"run-{k}.csv", k) for k in (1, 8)]
    lines = whorl("evaluate", *runs, "--truth", truth).out.splitlines()
    assert max(map(len, lines)) <= 80
    (line,) = (line for line in lines if "run-8.csv" in line)
    assert " to " in line


def test_the_official_measure_is_the_editions(whorl: Whorl, truth: Path, tmp_path: Path) -> None:
    run = run_of(tmp_path / "good.csv", 1)
    of_2023 = whorl("evaluate", run, "--truth", truth).out
    of_2025 = whorl("evaluate", run, "--truth", truth, "--edition", "2025").out
    assert of_2023.index("F1") < of_2023.index("Cohen's κ")
    assert of_2025.index("Cohen's κ") < of_2025.index("F1")
    (truth.parent / "test" / "real_unknown").mkdir(parents=True)  # the task's folders tell
    assert whorl("evaluate", run, "--truth", truth).out == of_2025
    unknown = whorl("evaluate", run, "--truth", truth, "--edition", "2019")
    assert unknown.status == 2
    assert "none of 2023, 2025" in unknown.err
