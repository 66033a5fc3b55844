"""Runs of others are checked, counted and ranked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarking.worlds import write_task
from whorl.benchmarking.cards import TaskFolder, survey
from whorl.benchmarking.leaderboard import read_leaderboard
from whorl.benchmarking.submissions import submit
from whorl.errors import RunFileError, ScoreError, WhorlError
from whorl.evaluation import write_scores
from whorl.tasks.runfile import write_run


@pytest.fixture
def folder(tmp_path: Path) -> TaskFolder:
    return survey(write_task(tmp_path / "task", reference=8))


def run_of(folder: TaskFolder, path: Path, wrong: int = 0) -> Path:
    truth = folder.card.truth or ()
    write_run(path, folder.card.candidates, [u ^ (k < wrong) for k, u in enumerate(truth)])
    return path


def test_a_run_is_ranked_with_the_rest(folder: TaskFolder, tmp_path: Path) -> None:
    out, ids = tmp_path / "out", folder.card.candidates
    scores = tmp_path / "s.csv"
    write_scores(scores, {"image_id": ids, "score": [float(u) for u in folder.card.truth or ()]})
    perfect = run_of(folder, tmp_path / "best.csv")
    assert submit(folder, perfect, out, team="Abel", scores=scores)
    assert not submit(folder, perfect, out, team="Abel", scores=scores)
    assert submit(folder, run_of(folder, tmp_path / "second.csv", 3), out, team="Abel")
    (board,) = read_leaderboard(out).boards
    assert [row.label for row in board.rows][:3] == ["Abel: best", "Abel: second", "all-used"]
    best = (board.rows[0].figures or {})["auc"]
    assert best is not None
    assert best.value == 1.0
    assert (board.rows[1].figures or {})["auc"] is None
    assert board.winners[0].sees == "not told"


def test_a_team_may_enter_so_many(folder: TaskFolder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for k in range(2):
        submit(folder, run_of(folder, tmp_path / f"{k}.csv", k), out, team="Abel", limit=2)
    third = run_of(folder, tmp_path / "third.csv")
    with pytest.raises(RunFileError, match="has entered 2 runs, and may enter 2"):
        submit(folder, third, out, team="Abel", limit=2)
    with pytest.raises(WhorlError, match="another run called 1: give --name"):
        submit(folder, third, out, team="Abel", name="1")
    for other in ("abel", "A bel", "ＡＢＥＬ"):
        with pytest.raises(WhorlError, match="runs are entered as Abel"):
            submit(folder, third, out, team=other, limit=2)
    with pytest.raises(RunFileError, match="has entered 2 runs"):
        submit(folder, third, out, team="Abel ", limit=2)
    assert submit(folder, third, out, team="Kain", limit=2)


def test_what_is_wrong_is_named(folder: TaskFolder, tmp_path: Path) -> None:
    out, run = tmp_path / "out", run_of(folder, tmp_path / "run.csv")
    bad = tmp_path / "bad.csv"
    bad.write_text("nobody,2\n", encoding="utf-8")
    with pytest.raises(RunFileError, match=r"(?s)bad\.csv.*line 1: unknown id 'nobody'"):
        submit(folder, bad, out, team="Abel")
    ids = folder.card.candidates
    few, many = tmp_path / "few.csv", tmp_path / "many.csv"
    write_scores(few, {"image_id": ids[1:], "score": [0.5] * (len(ids) - 1)})
    write_scores(many, {"image_id": [*ids, "x"], "score": [0.5] * (len(ids) + 1)})
    with pytest.raises(ScoreError, match="1 candidates have no score"):
        submit(folder, run, out, team="Abel", scores=few)
    with pytest.raises(ScoreError, match="1 ids are no candidates: 'x'"):
        submit(folder, run, out, team="Abel", scores=many)
    with pytest.raises(WhorlError, match="--team"):
        submit(folder, run, out, team="a\nb")
    assert not out.exists()
