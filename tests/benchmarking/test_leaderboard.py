"""Results become ranks, intervals and comparisons by a pure function."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np
import pytest

from whorl.benchmarking.board import task_board
from whorl.benchmarking.cards import TaskCard
from whorl.benchmarking.leaderboard import Leaderboard, leaderboard
from whorl.benchmarking.overall import overall
from whorl.benchmarking.resampling import MEASURES, Answers, Said, figures
from whorl.benchmarking.result import Failure, Reference, Result, Setup
from whorl.benchmarking.rows import Board, Row, Sees
from whorl.benchmarking.tables import breakdown_table, overall_csv, sentence_of, to_csv, to_markdown
from whorl.errors import WhorlError
from whorl.evaluation import evaluate
from whorl.tasks.view import Truth

IDS = tuple(f"c{k}" for k in range(8))
TRUTH = (True,) * 4 + (False,) * 4
QUICK = 200


def card(
    name: str = "task",
    *,
    truth: tuple[bool, ...] | None = TRUTH,
    ids: tuple[str, ...] = IDS,
    patients: tuple[int, ...] | None = None,
    reference: int = 0,
    generator: str = "gan",
    memorised: float | None = None,
) -> TaskCard:
    return TaskCard(
        digest=f"{sum(map(ord, name)):064x}", name=name, height=8, width=8, candidates=ids,
        reference=tuple(f"r{k}" for k in range(reference)), generated=5, development=None,
        truth=truth, patients=patients,
        reference_patients=None if patients is None else tuple(range(50, 50 + reference)),
        generator=generator, memorised=memorised,
    )  # fmt: skip


def result(
    of: TaskCard,
    name: str,
    used: Sequence[bool],
    scores: Sequence[float] | None = None,
    *,
    seed: int = 0,
    null: Sequence[float] | None = None,
    reference: Reference = "none",
    needs: tuple[str, ...] = (),
    finished: str = "2026-01-01",
) -> Result:
    return Result(
        key=f"{name}{seed}{finished}", task=of.digest,
        setup=Setup(name=name, needs=needs, reference=reference), seed=seed, method="", rule="",
        used=dict(zip(of.candidates, used, strict=True)),
        scores=None if scores is None else dict(zip(of.candidates, scores, strict=True)),
        null=None if null is None else dict(zip(of.reference, null, strict=True)),
        threshold=None, cost=None, versions={}, finished=finished,
    )  # fmt: skip


def failure(of: TaskCard, name: str) -> Failure:
    return Failure(
        key=name, task=of.digest, setup=Setup(name=name), seed=0, kind="failed",
        reason="it broke", command="whorl benchmark",
    )  # fmt: skip


def row(board: Board, name: str) -> Row:
    (found,) = (one for one in board.rows if one.label == name)
    return found


def value(of: Row, measure: str) -> float:
    assert of.figures is not None
    figure = of.figures[measure]
    assert figure is not None
    return figure.value


THREE = (True, True, True, False, True, False, False, False)  # 3 TP, 1 FP, 1 FN, 3 TN


def test_figures_are_those_worked_out_by_hand() -> None:
    scores = (9, 8, 7, 2, 6, 3, 1, 0)
    board = task_board(card(), [result(card(), "mine", THREE, scores)], resamples=QUICK)
    mine = row(board, "mine")
    assert value(mine, "f1") == pytest.approx(0.75)
    assert value(mine, "kappa") == pytest.approx(0.5)
    assert value(mine, "auc") == pytest.approx(14 / 16)
    assert value(mine, "tpr_at_fpr_1") == pytest.approx(0.75)
    assert mine.called_used == 4
    assert [(one.label, one.rank) for one in board.rows] == [
        ("mine", 1), ("all-used", 2), ("none-used", 3)
    ]  # fmt: skip
    assert value(row(board, "all-used"), "f1") == pytest.approx(2 / 3)


def test_values_and_intervals_agree_with_whorl_evaluate() -> None:
    rng = np.random.default_rng(0)
    truth = np.repeat([True, False], 100)
    scores = rng.normal(size=200) + truth
    ids = [f"c{k}" for k in range(200)]
    found = figures([Said(scores > 0.5, scores)], Answers(truth), resamples=4000)
    expected = evaluate(
        dict(zip(ids, (scores > 0.5).tolist(), strict=True)),
        Truth(dict(zip(ids, truth.tolist(), strict=True))),
        dict(zip(ids, scores.tolist(), strict=True)),
    )
    for name in MEASURES:
        metric = expected.metrics[name]
        assert found[name].value[0] == pytest.approx(metric.value)
        low, high = np.quantile(found[name].resampled[0], [0.025, 0.975])
        assert low == pytest.approx(metric.low, abs=0.03)  # Wilson's is another interval
        assert high == pytest.approx(metric.high, abs=0.03)


def test_whole_patients_are_resampled_where_they_are_known() -> None:
    truth = np.repeat([True, False], 50)
    said = [Said(np.tile(np.repeat([True, False], 10), 5))]  # ten alike in each patient
    apart = figures(said, Answers(truth), resamples=2000)["accuracy"].resampled.std()
    together = Answers(truth, np.repeat(np.arange(10), 10))
    wider = figures(said, together, resamples=2000)["accuracy"].resampled.std()
    assert wider == pytest.approx(apart * np.sqrt(10), rel=0.15)


def test_ties_share_a_rank_and_failures_stand_last() -> None:
    of = card()
    results = [result(of, "a", THREE), result(of, "b", THREE), result(of, "c", (False,) * 8)]
    board = task_board(of, results, [failure(of, "broken")], resamples=QUICK)
    ranks = {one.label: one.rank for one in board.rows}
    assert ranks == {"a": 1, "b": 1, "all-used": 3, "c": 4, "none-used": 4, "broken": None}
    assert board.rows[-1].reason == "failed: it broke"
    assert board.winners[0].labels == ("a", "b")
    assert board.winners[0].above == "c"
    assert not board.winners[0].beaten_by


def test_what_ranks_by_scores_has_resamples_enough_for_a_long_table() -> None:
    """With the p-values' least of 2 / 2,001 and sixty rows nothing would be more than luck."""
    results = [
        result(card(), "right", TRUTH, range(8, 0, -1)),
        result(card(), "wrong", TRUTH, range(8)),
    ]
    board = task_board(card(), results, measure="auc", resamples=5000)
    difference = row(board, "wrong").difference
    assert difference is not None
    assert difference.p_value == pytest.approx(2 / 5001)


def test_groups_have_their_own_winners_and_controls_win_nothing() -> None:
    of = card(reference=4)
    perfect = TRUTH
    results = [
        result(of, "sees-nothing", THREE),
        result(of, "looks", THREE, reference="reference"),
        result(of, "learns", (False,) * 8, needs=("development",)),
        result(of, "blind", perfect, needs=("development",)),
    ]
    board = task_board(of, results, resamples=QUICK)
    assert {winner.sees: winner.labels for winner in board.winners} == {
        Sees.NOTHING: ("sees-nothing (no reference)",),
        Sees.REFERENCE: ("looks",),
        Sees.DEVELOPMENT: ("learns (no reference)",),
    }
    assert board.rows[0].setup.name == "blind"
    assert {winner.beaten_by for winner in board.winners} == {"blind (no reference)"}
    assert board.against == "looks"


def test_comparisons_are_paired_and_corrected() -> None:
    rng = np.random.default_rng(1)
    ids = tuple(f"c{k}" for k in range(400))
    truth = tuple(rng.random(400) < 0.5)
    of = card(ids=ids, truth=tuple(map(bool, truth)))
    good = np.where(rng.random(400) < 0.9, truth, ~np.array(truth))
    nearly = good.copy()
    nearly[np.flatnonzero(good == truth)[:2]] ^= True
    coin = rng.random(400) < 0.5
    results = [result(of, name, said.tolist()) for name, said in
               (("good", good), ("nearly", nearly), ("coin", coin))]  # fmt: skip
    board = task_board(of, results)
    near, far = row(board, "nearly").difference, row(board, "coin").difference
    assert near is not None
    assert far is not None
    assert near.value == pytest.approx(value(row(board, "nearly"), "f1")
                                       - value(row(board, "good"), "f1"))  # fmt: skip
    assert near.high - near.low < 0.03  # paired: they share their errors
    assert far.adjusted < 0.01 < near.p_value <= near.adjusted
    assert far.adjusted >= 2 * far.p_value  # corrected for the table's other rows
    assert row(board, "good").rank_high in (1, 2)
    assert row(board, "coin").rank_low == row(board, "coin").rank == 4  # after all-used
    named = task_board(of, results, against="coin", resamples=QUICK)
    assert named.against == "coin"
    with pytest.raises(WhorlError, match="--against nobody"):
        task_board(of, results, against="nobody", resamples=QUICK)


def test_differences_to_a_name_are_to_its_setting_that_sees_most() -> None:
    of = card(reference=2)
    results = [
        result(of, "looks", THREE, (9, 8, 7, 2, 6, 3, 1, 0), reference="reference", null=(1, 2)),
        result(of, "looks", TRUTH, (9, 8, 7, 6, 3, 2, 1, 0), seed=1),
    ]
    board = task_board(of, results, measure="auc", against="looks", resamples=QUICK)
    assert [row.label for row in board.rows][:2] == ["looks (no reference)", "looks"]
    assert board.against == "looks"


def test_a_reference_gives_a_test_of_the_whole_set() -> None:
    of = card(reference=8)
    high = result(of, "high", THREE, range(10, 18), null=range(8), reference="reference")
    board = task_board(of, [high], resamples=QUICK)
    test = row(board, "high").set_test
    assert test is not None
    assert test.test == "Mann–Whitney by image"
    assert test.p_value == pytest.approx(1 / 12870, rel=1e-6)  # 16 choose 8 ways, all equal
    by_patient = card(reference=8, patients=(0, 0, 1, 1, 2, 2, 3, 3))
    test = row(task_board(by_patient, [high], resamples=QUICK), "high").set_test
    assert test is not None
    assert test.test == "permuted patients"
    assert test.p_value == pytest.approx(1 / 495)  # 12 choose 4


def test_seeds_make_one_row_and_the_newer_version_counts() -> None:
    of = card()
    results = [
        result(of, "mine", (False,) * 8, seed=0),
        result(of, "mine", TRUTH, seed=0, finished="2026-02-01"),
        result(of, "mine", THREE, seed=1),
    ]
    mine = row(task_board(of, results, resamples=QUICK), "mine")
    assert mine.seeds == 2
    assert value(mine, "f1") == pytest.approx((1 + 0.75) / 2)


def test_over_tasks_mean_ranks_wins_and_generators() -> None:
    one, two = card("one"), card("two", generator="diffusion")
    results = [
        result(one, "a", TRUTH), result(one, "b", THREE),
        result(two, "a", THREE), result(two, "b", TRUTH),
        result(one, "often", (False,) * 8),
    ]  # fmt: skip
    board = leaderboard([one, two], results, [failure(two, "often")], resamples=QUICK)
    a, b, often = (next(r for r in board.overall if r.label == n) for n in ("a", "b", "often"))
    assert (a.mean_rank, b.mean_rank) == (1.5, 1.5)
    assert a.win_rate == pytest.approx((4 + 3) / 8)
    assert a.by_generator == {"gan": 1.0, "diffusion": 0.75}
    assert a.by_memorised == {"not told": 0.875}
    assert (often.tried, often.failed) == (2, 1)
    assert often.mean_rank == (4 + 5) / 2
    assert often.by_task == {"one": 0.0, "two": None}


def test_means_by_generator_and_by_share_memorised_are_in_every_form() -> None:
    cards = [
        card("low", generator="gan", memorised=0.03),
        card("mid", generator="gan", memorised=0.34),
        card("high", generator="diffusion", memorised=0.3),
    ]
    results = [result(of, "a", said) for of, said in zip(cards, (THREE, TRUTH, THREE), strict=True)]
    board = leaderboard(cards, results, resamples=QUICK)
    table = breakdown_table(board)
    assert table is not None
    head, (first, *_) = table
    assert head[2:] == [
        "F1 ↑, gan (2 tasks)", "F1 ↑, diffusion (1 task)",
        "F1 ↑, memorised under 10 % (1 task)", "F1 ↑, memorised 10 to 50 % (2 tasks)",
    ]  # fmt: skip
    assert first == ["a", "nothing", "0.875", "0.750", "0.750", "0.875"]
    assert "## By generator, and by share memorised" in to_markdown(board)
    record = next(csv.DictReader(io.StringIO(overall_csv(board))))
    assert (record["name"], record["mean_rank"], record["win_rate"]) == ("a", "1.0", "1.0")
    assert record["f1, memorised 10 to 50 %"] == "0.875"
    assert board.to_records()[0]["memorised"] == 0.03
    alike = leaderboard(cards[:1], results[:1], resamples=QUICK)
    assert breakdown_table(alike) is None
    assert overall_csv(alike) == ""


def test_a_run_without_reference_is_another_over_all_tasks() -> None:
    with_one, plain = card("with", reference=3), card("plain")
    seen = result(with_one, "a", TRUTH, reference="reference")
    unseen = result(with_one, "a", THREE)
    other = result(plain, "a", TRUTH)
    boards = leaderboard([with_one, plain], [seen, unseen, other], resamples=QUICK).boards
    runs = {r.label: r for r in overall(boards) if r.label.startswith("a ") or r.label == "a"}
    assert set(runs) == {"a", "a (no reference)"}
    assert runs["a"].by_task == {"with": 1.0, "plain": 1.0}
    assert runs["a (no reference)"].by_task == {"with": 0.75, "plain": 1.0}
    only = leaderboard([with_one, plain], [seen, other], resamples=QUICK)
    assert "a (no reference)" not in {r.label for r in only.overall}


def test_unused_images_as_reference_are_a_reference_over_all_tasks() -> None:
    with_one, plain = card("with", reference=3), card("plain")
    results = [
        result(with_one, "a", TRUTH, reference="reference"),
        result(plain, "a", THREE, reference="not_used"),
        result(with_one, "learns", THREE, reference="reference", needs=("development",)),
        result(plain, "learns", TRUTH, needs=("development",)),
    ]
    runs = {r.label: r for r in leaderboard([with_one, plain], results, resamples=QUICK).overall}
    assert runs["a"].by_task == {"with": 1.0, "plain": 0.75}
    assert runs["learns"].by_task == {"with": 0.75, "plain": 1.0}
    assert not {"a (no reference)", "learns (no reference)"} & set(runs)
    unseen = result(plain, "a", (False,) * 8)
    both = leaderboard([with_one, plain], [*results, unseen], resamples=QUICK)
    runs = {r.label: r for r in both.overall}
    assert runs["a"].by_task == {"with": 1.0, "plain": 0.75}
    assert runs["a (no reference)"].by_task == {"plain": 0.0}


def test_those_that_tie_for_the_first_rank_are_named_in_part() -> None:
    of = card()
    board = task_board(of, [result(of, name, TRUTH) for name in "abcde"], resamples=QUICK)
    assert sentence_of(board.winners[0], board).startswith(
        "Of those that see nothing: a, b, c and 2 more, tied, F1 1.000"
    )


def board_of_two() -> Leaderboard:
    one, two = card("one"), card("two", truth=None)
    return leaderboard([one, two], [result(one, "a|b", THREE)], [failure(one, "broken")],
                       resamples=QUICK)  # fmt: skip


def test_tables_say_direction_interval_and_reason() -> None:
    board = board_of_two()
    page = to_markdown(board)
    assert "| rank ↓ | method | sees | F1 ↑ |" in page
    assert r"| 1 (1–" in page
    assert r"a\|b" in page
    assert "failed: it broke" in page
    assert "Without a truth, so not ranked: two." in page
    lines = to_csv(board).splitlines()
    assert lines[0].startswith("task,generator,memorised,rank,rank_low,rank_high,name")
    assert len(lines) == 5
    frame = board.to_pandas()
    assert frame["f1"].tolist()[0] == pytest.approx(0.75)
    assert frame["reason"].tolist()[-1] == "failed: it broke"


def test_the_same_results_give_the_same_page() -> None:
    assert to_markdown(board_of_two()) == to_markdown(board_of_two())


def test_other_measures_rank_and_wrong_ones_are_named() -> None:
    of = card()
    results = [result(of, "a", THREE, range(8)), result(of, "b", TRUTH)]
    board = task_board(of, results, measure="auc", resamples=QUICK)
    assert row(board, "b").rank is None  # it has no scores
    assert row(board, "a").rank == 3  # its AUC is 0, that of equal scores 0.5
    with pytest.raises(WhorlError, match="--measure f2: is none of f1, accuracy"):
        leaderboard([of], results, measure="f2")
    with pytest.raises(WhorlError, match="its task has no card"):
        leaderboard([], results)
    with pytest.raises(WhorlError, match="is not of task's candidates"):
        task_board(card(ids=IDS[:4], truth=TRUTH[:4]), results)


def test_the_official_measure_is_that_of_the_tasks_edition() -> None:
    old, new = card("old"), card("new").model_copy(update={"edition": "2025"})
    results = [result(new, "a", THREE), result(new, "b", TRUTH)]
    assert leaderboard([old], [result(old, "a", TRUTH)], resamples=QUICK).measure == "f1"
    board = leaderboard([new], results, resamples=QUICK)
    assert board.measure == "kappa"
    assert "| rank ↓ | method | sees | Cohen's κ ↑ |" in to_markdown(board)
    with pytest.raises(WhorlError, match="--measure: the tasks' editions rank by f1 of 2023 and k"):
        leaderboard([old, new], results, resamples=QUICK)
    assert leaderboard([old, new], results, measure="f1", resamples=QUICK).measure == "f1"


def test_a_task_where_all_failed_lists_why() -> None:
    board = task_board(card(), [], [failure(card(), "broken")], resamples=QUICK)
    assert [one.reason for one in board.rows] == ["failed: it broke"]
    assert board.winners == ()
    with pytest.raises(WhorlError, match="its truth is not known"):
        task_board(card(truth=None), [])


def test_a_truth_of_one_kind_has_no_auc() -> None:
    of = card(truth=(True,) * 8)
    mine = row(task_board(of, [result(of, "a", THREE, range(8))], resamples=QUICK), "a")
    assert (mine.figures or {})["auc"] is None
    assert value(mine, "recall") == pytest.approx(0.5)
