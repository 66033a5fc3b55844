"""whorl benchmark and whorl leaderboard."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.benchmarking.worlds import write_task
from tests.cli.conftest import Whorl


def test_run_again_and_rank(whorl: Whorl, tmp_path: Path) -> None:
    one, two = write_task(tmp_path / "one", reference=8), write_task(tmp_path / "two", 1)
    out = tmp_path / "out"
    words = ("benchmark", one, two, "--methods", "nearest-correlation", "--out", out)
    first = whorl(*words, "--jobs", 2)
    assert first.status == 0, first.err
    assert "12 jobs to run, 0 done before" in first.err
    assert "as like ones took on two busy cores elsewhere" in first.err
    assert "12 results new, 0 there before, 0 skipped, 0 failed" in first.out
    again = whorl(*words, "--reference", "none")
    assert "6 results new, 6 there before" in again.out
    assert "as earlier results took" in again.err
    shown = whorl("leaderboard", out)
    assert shown.status == 0, shown.err
    assert "Of those that see reference: nearest-correlation" in shown.out
    assert "nearest-correlation (no reference)" in shown.out
    assert "all tasks" in shown.out
    table, page = tmp_path / "board.csv", tmp_path / "board.md"
    assert whorl("leaderboard", out, "--csv", table, "--md", page).status == 0
    assert whorl("leaderboard", out, "--html", tmp_path / "board.html").status == 0
    pictured = tmp_path / "shown.html"
    assert whorl("leaderboard", out, "--html", pictured, "--images", one).status == 0
    assert "data:image/png" in pictured.read_text("utf-8")
    assert "data:image/png" not in (tmp_path / "board.html").read_text("utf-8")
    refused = whorl("leaderboard", out, "--images", one)
    assert refused.status == 2
    assert "--images" in refused.err
    html = (tmp_path / "board.html").read_text("utf-8")
    assert "nearest-correlation" in html
    assert str(tmp_path) not in html
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["name"] for row in rows} >= {"nearest-correlation", "blind", "all-used", "random"}
    best = max(rows, key=lambda row: float(row["f1"]))
    assert best["name"] == "nearest-correlation"
    assert str(tmp_path) not in page.read_text("utf-8") + table.read_text("utf-8")


def test_what_fails_or_is_skipped_is_said(whorl: Whorl, tmp_path: Path) -> None:
    root = write_task(tmp_path / "task", truth=False)
    (root / "development" / "used").rename(tmp_path / "gone")
    broken = whorl("benchmark", root, "--methods", "blind", "--out", tmp_path / "out")
    assert broken.status == 1
    assert "looked for used images" in broken.err
    (tmp_path / "gone").rename(root / "development" / "used")
    out = tmp_path / "out"
    done = whorl("benchmark", root, "--methods", "vcmi-8", "--out", out, "-q")
    assert "5 results new, 0 there before, 1 skipped, 0 failed; why" in done.out
    shown = whorl("leaderboard", out)
    assert "task: its truth is not known" in shown.out


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--out", "o"), "name a task's folder, or give --sample"),
        (("--sample", "--out", "o", "--methods", "vcmi_2"), "did you mean vcmi-2"),
        (("nowhere", "--out", "o"), "nowhere"),
        (("--sample", "--out", "o", "--seeds", 0), "--seeds"),
    ],
)
def test_wrong_use_is_told(
    whorl: Whorl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[object, ...],
    fault: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    ran = whorl("benchmark", *words)
    assert ran.status in (1, 2)
    assert fault in " ".join(ran.err.replace("│", " ").split())
    assert not (tmp_path / "o").exists()


def test_a_folder_without_a_benchmark_is_told(whorl: Whorl, tmp_path: Path) -> None:
    ran = whorl("leaderboard", tmp_path)
    assert ran.status == 1
    assert "holds no benchmark" in ran.err


def test_a_run_file_is_added_once(whorl: Whorl, tmp_path: Path) -> None:
    task, out = write_task(tmp_path / "task"), tmp_path / "out"
    words = ("benchmark", "add", task, task / "truth.csv", "--team", "Abel", "--out", out)
    assert "truth.csv: entered" in whorl(*words).out
    assert "was entered before" in whorl(*words).out
    assert "Abel: truth" in whorl("leaderboard", out).out
    assert whorl("benchmark", "add", task, task / "none.csv", *words[4:]).status == 1
