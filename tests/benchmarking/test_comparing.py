"""Run files ranked against a truth: the figures are those of one run evaluated by itself."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.benchmarking.comparing import RunFile, compare, comparison_csv, comparison_markdown
from whorl.errors import WhorlError
from whorl.evaluation import evaluate
from whorl.tasks.view import Truth

RNG = np.random.default_rng(0)
TRUTH = Truth({f"c{k}": k < 20 for k in range(40)})
USED = {i: bool(u ^ (RNG.random() < 0.2)) for i, u in TRUTH.used.items()}
SCORES = {i: float(u + RNG.normal()) for i, u in TRUTH.used.items()}


def test_figures_are_those_of_the_run_evaluated_alone() -> None:
    alone = evaluate(USED, TRUTH, SCORES).metrics
    (row, *_) = compare([RunFile("a.csv", USED, SCORES)], TRUTH).to_records()
    for name in ("f1", "accuracy", "kappa", "auc", "tpr_at_fpr_10"):
        assert row[name] == pytest.approx(alone[name].value)
    assert row["f1_low"] == pytest.approx(alone["f1"].low, abs=0.02)
    assert row["f1_high"] == pytest.approx(alone["f1"].high, abs=0.02)


def test_equal_runs_share_a_rank_and_do_not_differ() -> None:
    rows = compare([RunFile("a.csv", USED), RunFile("b.csv", USED)], TRUTH).to_records()
    assert [row["rank"] for row in rows[:2]] == [1, 1]
    assert rows[1]["difference"] == 0
    assert rows[1]["p_value_holm"] == 1


def test_the_measure_that_ranks_can_be_another() -> None:
    none = dict.fromkeys(USED, False)
    runs = [RunFile("none.csv", none, SCORES), RunFile("some.csv", USED)]
    assert compare(runs, TRUTH).to_records()[0]["run"] == "some.csv"
    found = compare(runs, TRUTH, measure="auc")
    assert found.to_records()[0]["run"] == "none.csv"
    unranked = [row for row in found.to_records() if row["rank"] is None]
    assert [row["run"] for row in unranked] == ["some.csv"]


def test_faults_stand_last_in_every_table() -> None:
    found = compare([RunFile("a.csv", USED)], TRUTH, {"b.csv": "line 1: is empty\n  line 2"})
    assert comparison_csv(found).count("b.csv") == 1
    assert "- b.csv: line 1: is empty   line 2\n" in comparison_markdown(found)


def test_no_run_is_no_ranking() -> None:
    with pytest.raises(WhorlError, match="none of the files can be ranked"):
        compare([], TRUTH, {"b.csv": "is empty"})
