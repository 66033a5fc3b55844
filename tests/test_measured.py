"""The measured tables are what the benchmark wrote."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import measured
import pytest

from tests.benchmarking.test_leaderboard import THREE, TRUTH, card, failure, result
from tests.benchmarking.worlds import write_task
from whorl.benchmarking.cards import Making
from whorl.benchmarking.result import Cost
from whorl.benchmarking.store import Store
from whorl.errors import WhorlError
from whorl.networks.durations import in_words

ROOT = measured.DOCS.parent


@pytest.fixture
def refreshed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> measured.Measured:
    """The two files, of a folder with two tasks."""
    for name, file in (("ROWS", "m/rows.csv"), ("TASKS", "m/tasks.csv"), ("COSTS", "m/costs.csv")):
        monkeypatch.setattr(measured, name, tmp_path / file)
    made = Making(trained_on=80, steps=5000, seconds=56.04, copied=0.315)
    one = card("ct-pca-400", reference=2).model_copy(
        update={"making": made, "memorised": 0.99, "digest": "a" * 64}
    )
    two = card("other", reference=2).model_copy(update={"digest": "b" * 64})
    store = Store(tmp_path / "out")
    seen: dict[str, Any] = {"reference": "reference", "null": (1, 2)}
    for of in (one, two):
        store.keep_card(of)
        for each in (
            result(of, "whorl", TRUTH, (9, 8, 7, 6, 3, 2, 1, 0), **seen),
            result(of, "whorl", THREE, (9, 8, 7, 3, 6, 2, 1, 0), seed=1),
            result(of, "all-used", (True,) * 8, (0,) * 8, **seen),
            result(of, "all-used", (True,) * 8, (0,) * 8, seed=1),
            result(of, "vcmi-2", THREE, (0, 1, 2, 3, 9, 8, 7, 6), **seen),
            result(of, "dmk-1", THREE, (9, 8, 7, 2, 6, 3, 1, 0), **seen),
        ):
            store.keep(each)
    store.lament(failure(one, "vcmi-8"))
    untold = card("untold", truth=None).model_copy(update={"digest": "c" * 64})
    store.keep_card(untold)
    store.keep(result(untold, "whorl", TRUTH))
    monkeypatch.setattr(measured, "keep_costs", lambda _: None)  # these results have no costs
    measured.refresh(tmp_path / "out", [])
    return measured.measured()


def test_a_task_s_table_has_all_methods_best_first(refreshed: measured.Measured) -> None:
    page = "\n".join(measured.runs_section(refreshed))
    table = page.split("### other")[0]
    names = re.findall(r"^\| `([a-z0-9-]+)`", table, re.MULTILINE)
    assert names == ["whorl", "whorl", "dmk-1", "all-used", "none-used", "vcmi-2"]
    assert "| `whorl` (no reference) | 0.938 (" in table
    assert "`gan` trained on 80, 8×8; 8 candidates, 4 used" in table
    assert "**The weights and the coarse map of `whorl` were chosen on it**" in table
    assert "| `vcmi-2` | 0.000 (0.000–0.000) | 0.750 (" in table
    assert "| −1.000 (−1.000 to −1.000) | < 0.001 |" in table
    assert "- `vcmi-8`: it broke" in table


def test_another_benchmark_replaces_its_own_tasks_alone(
    refreshed: measured.Measured, tmp_path: Path
) -> None:
    again = card("other").model_copy(update={"digest": "b" * 64})
    store = Store(tmp_path / "again")
    store.keep_card(again)
    for each in (result(again, "whorl", THREE, (9, 8, 7, 2, 6, 3, 1, 0)),
                 result(again, "all-used", TRUTH, (0,) * 8)):  # fmt: skip
        store.keep(each)
    measured.refresh(tmp_path / "again", [])
    found = measured.measured()
    assert [task["task"] for task in found.tasks] == ["ct-pca-400", "other"]
    assert found.of("ct-pca-400") == refreshed.of("ct-pca-400")
    assert {row["name"] for row in found.of("other")} < {
        row["name"] for row in refreshed.of("other")
    }


def test_costs_of_other_benchmarks_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "costs.csv"
    monkeypatch.setattr(measured, "COSTS", file)
    file.write_text("name,budget,work,seconds\nrandom,full,9e+09,1\n")
    one = card("ct-pca-400", reference=2).model_copy(update={"digest": "a" * 64})
    store = Store(tmp_path / "out")
    store.keep_card(one)
    timed = result(one, "whorl", TRUTH).model_copy(
        update={"cost": Cost(seconds=2.5, cpu_seconds=1, peak_mb=None, device="cpu", threads=1)}
    )
    store.keep(timed)
    measured.keep_costs(store)
    lines = file.read_text().splitlines()
    assert lines[0:2] == ["name,budget,work,seconds", "random,full,9e+09,1"]
    assert lines[2].startswith("whorl,full,")
    assert lines[2].endswith(",2.5")


def test_it_is_said_where_the_time_went() -> None:
    seconds = (("a", "60"), ("b", "5"), ("a", "120"), ("c", ""))
    rows = tuple({"name": name, "seconds": took} for name, took in seconds)
    assert measured._spent(measured.Measured(rows, ())) == (
        f"3 jobs, one after the other {in_words(185)}; the most of it: "
        f"`a` {in_words(180)}, `b` {in_words(5)}."
    )


def test_generators_are_told_where_their_cards_tell(refreshed: measured.Measured) -> None:
    *_, row = lines = measured.tasks_section(refreshed)
    assert len(lines) == 3
    assert row == (
        "| `ct-pca-400` | `gan` | 80 | 5,000 | 56 | 99.0 % | 31.5 % | 1.000 | – | 0.000 | – | – |"
    )


def test_tasks_that_chose_stand_apart(refreshed: measured.Measured) -> None:
    page = "\n".join(measured.comparison_section(refreshed))
    report, chose = page.split("### Tasks that report")[1].split("### Tasks that something")
    assert "| method | other |" in report
    assert "ct-pca-400 (chose the weights and the coarse map)" in chose
    assert "`whorl` is ahead by more than luck in" in report
    assert "**0.875**<br>−0.125 (" in report
    assert "| `whorl` (no reference) | **0.938**<br>" in report
    assert "Of 2 comparisons, controls left out" in report
    alone = next(line for line in page.splitlines() if line.startswith("| other |"))
    assert alone.endswith(" | 0.938, 0.750 | – |")


def test_a_page_without_its_marks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured, "DOCS", tmp_path)
    (tmp_path / "runs.md").write_text("nothing")
    with pytest.raises(WhorlError, match=r"runs\.md: expected one <!-- measured -->"):
        measured.filled("runs.md", lambda _: [])


def test_a_card_without_its_making_is_told_by_the_task_s_folder() -> None:
    plain = card("task")
    told = plain.model_copy(update={"generator": "diffusion", "memorised": 0.5})
    found = measured._told(plain.model_copy(update={"width": 9}), told)
    assert (found.generator, found.memorised, found.width) == ("diffusion", 0.5, 9)


def test_the_example_in_the_readme_ranks_an_attack_of_one_s_own(tmp_path: Path) -> None:
    (block,) = re.findall(r"```python\n(# mine\.py.*?)```", (ROOT / "README.md").read_text(), re.S)
    write_task(tmp_path / "my-task")
    (tmp_path / "mine.py").write_text(block)
    ran = subprocess.run(
        [sys.executable, "mine.py"], cwd=tmp_path, capture_output=True, text=True,
        env={**os.environ, "WHORL_CACHE": str(tmp_path / "cache")}, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"^\d+ +\d+ +contrast +[\d.]+ +[\d.]+$", ran.stdout, re.MULTILINE), ran.stdout
    assert "nearest-ssim" in ran.stdout
