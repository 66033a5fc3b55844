import json
import math
import time

import numpy as np
import pytest

from whorl.errors import RunFileError, ScoreError
from whorl.evaluation import LABELS, Counts, evaluate, evaluate_scores
from whorl.evaluation.metrics import DECISION_METRICS, SCORE_METRICS
from whorl.tasks.view import Truth

from .published import PUBLISHED


def run_with(counts):
    """A run and a truth that have these counts."""
    cells = [(True, True), (True, False), (False, True), (False, False)]
    said, true = {}, {}
    for (decided, actual), number in zip(cells, counts, strict=True):
        for _ in range(number):
            image_id = f"real_unknown_{len(said) + 1:04d}"
            said[image_id], true[image_id] = decided, actual
    return said, Truth(true)


def mild_scores(truth, seed=0):
    """Scores that lean the right way."""
    rng = np.random.default_rng(seed)
    return {i: float(rng.normal() + used) for i, used in truth.used.items()}


@pytest.mark.parametrize("run", PUBLISHED)
def test_published_runs_give_their_counts_and_f1(run):
    counts, printed = PUBLISHED[run]
    result = evaluate(*run_with(counts))
    assert result.counts == counts
    assert math.floor(result.metrics["f1"].value * 1000) / 1000 == printed
    assert (result.used, result.not_used) == (100, 100)
    assert result.warnings == ()


def test_each_metric_says_how_its_interval_was_made():
    said, truth = run_with(PUBLISHED["VCMI 2"][0])
    result = evaluate(said, truth, mild_scores(truth))
    wilson = {name for name, metric in result.metrics.items() if metric.interval == "Wilson"}
    assert wilson == {"precision", "recall", "specificity", "accuracy"}
    assert list(result.metrics) == list(LABELS)
    for name in set(result.metrics) - wilson:
        assert "bootstrap" in result.metrics[name].interval
        assert "2,000" in result.metrics[name].interval
    assert all(m.low < m.value < m.high and not m.note for m in result.metrics.values())


def test_the_order_of_the_images_changes_nothing():
    said, truth = run_with(PUBLISHED["DMK 1"][0])
    scores = mild_scores(truth)
    forwards = evaluate(said, truth, scores)
    backwards = evaluate(said, Truth(dict(reversed(truth.used.items()))), scores)
    assert forwards == backwards


def test_scores_leave_the_decisions_metrics_alone():
    said, truth = run_with(PUBLISHED["DMK 1"][0])
    alone, both = evaluate(said, truth), evaluate(said, truth, mild_scores(truth))
    assert list(alone.metrics) == list(DECISION_METRICS)
    assert {name: both.metrics[name] for name in DECISION_METRICS} == alone.metrics


def test_the_trivial_rows_on_a_balanced_set():
    trivial = evaluate(*run_with(PUBLISHED["VCMI 2"][0])).trivial
    assert round(trivial["all used"]["f1"], 3) == 0.667
    assert trivial["all used"]["accuracy"] == 0.5
    assert set(trivial["none used"].values()) == {0.0, 0.5, 1.0}
    assert trivial["none used"]["f1"] == 0
    assert trivial["random"]["recall"] == trivial["random"]["balanced_accuracy"] == 0.5
    assert str(trivial["random"]["kappa"]) == str(trivial["random"]["mcc"]) == "0.0"


def test_the_random_row_is_the_expectation_over_random_runs():
    counts = Counts(tp=4, fp=3, fn=2, tn=11)
    said, truth = run_with(counts)
    rng, actual = np.random.default_rng(2), np.array(list(truth.used.values()))
    called = rng.random((200_000, len(said))) < 6 / 20
    drawn = Counts(
        *(
            np.sum(c & a, axis=1)
            for c, a in ((called, actual), (called, ~actual), (~called, actual), (~called, ~actual))
        )
    )
    expected = {name: float(m(drawn).mean()) for name, m in DECISION_METRICS.items()}
    assert evaluate(said, truth).trivial["random"] == pytest.approx(expected, abs=0.003)


def test_a_zero_division_is_noted_and_has_no_interval():
    result = evaluate(*run_with(Counts(tp=0, fp=0, fn=3, tn=4)))
    precision = result.metrics["precision"]
    assert (precision.value, precision.low, precision.high) == (0.0, None, None)
    assert precision.note == "0 / 0, taken as 0"
    assert result.metrics["recall"].high > 0.5


@pytest.mark.parametrize(
    "counts",
    [
        Counts(tp=3, fp=0, fn=2, tn=0),
        Counts(tp=0, fp=3, fn=0, tn=2),
        Counts(tp=1, fp=0, fn=0, tn=0),
        Counts(tp=0, fp=0, fn=0, tn=1),
        Counts(tp=0, fp=2, fn=2, tn=0),
        Counts(tp=1, fp=1, fn=1, tn=1),
    ],
)
def test_the_dictionary_is_json_without_nan_however_degenerate_the_result(counts):
    said, truth = run_with(counts)
    result = evaluate(said, truth, mild_scores(truth)).to_dict()
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert result["counts"] == counts._asdict()
    assert result["images"] == sum(counts)
    for metric in result["metrics"].values():
        assert (metric["value"] is not None and metric["low"] is not None) or metric["note"]


def test_truth_of_one_class_leaves_score_metrics_undefined_and_warns():
    said, truth = run_with(Counts(tp=3, fp=0, fn=2, tn=0))
    result = evaluate(said, truth, mild_scores(truth))
    for name in SCORE_METRICS:
        assert result.metrics[name].value is None
        assert "one class" in result.metrics[name].note
    assert "no image of the truth is not used" in result.warnings[0]


@pytest.mark.parametrize(
    ("counts", "warning"),
    [
        (Counts(tp=0, fp=0, fn=10, tn=10), "trivial row 'none used'"),
        (Counts(tp=10, fp=10, fn=0, tn=0), "trivial row 'all used'"),
        (Counts(tp=0, fp=5, fn=0, tn=5), "no image of the truth is used"),
        (Counts(tp=10, fp=0, fn=0, tn=10), "no width does not mean certainty"),
    ],
)
def test_degenerate_decisions_are_warned_of(counts, warning):
    assert any(warning in found for found in evaluate(*run_with(counts)).warnings)


def test_constant_scores_are_warned_of():
    said, truth = run_with(PUBLISHED["VCMI 2"][0])
    result = evaluate(said, truth, dict.fromkeys(truth.used, 0.5))
    assert any("all scores are equal" in warning for warning in result.warnings)
    assert result.metrics["auc"].value == 0.5


@pytest.mark.parametrize(
    ("not_used", "named"), [(100, []), (99, ["1 %"]), (19, ["1 %", "5 %"]), (9, ["1 %", "10 %"])]
)
def test_too_few_images_not_used_for_a_false_positive_rate_are_warned_of(not_used, named):
    said, truth = run_with(Counts(tp=30, fp=3, fn=20, tn=not_used - 3))
    warnings = evaluate(said, truth, mild_scores(truth)).warnings
    about = [w for w in warnings if "smallest false-positive rate" in w]
    assert len(about) == bool(named)
    assert all(f"FPR ≤ {limit}" in about[0] for limit in named)


def test_a_run_of_other_images_than_the_truth_is_refused():
    truth = Truth({f"i{n}": n % 2 == 0 for n in range(9)})
    with pytest.raises(RunFileError, match=r"7 of the truth are not in the run \('i2', .* 2 more"):
        evaluate({"i0": True, "i1": True, "x": False}, truth)
    with pytest.raises(RunFileError, match=r"1 of the run are not in the truth \('x'\)"):
        evaluate(dict.fromkeys([*truth.used, "x"], True), truth)
    with pytest.raises(RunFileError, match="the truth names no image"):
        evaluate({}, Truth({}))


def test_scores_of_other_images_or_without_a_number_are_refused():
    truth = Truth({"a": True, "b": False})
    with pytest.raises(ScoreError, match=r"1 of the truth are not in the scores \('b'\)"):
        evaluate(truth.used, truth, {"a": 1.0})
    for bad in (math.nan, math.inf):
        with pytest.raises(ScoreError, match="not finite numbers: 'b'"):
            evaluate(truth.used, truth, {"a": 1.0, "b": bad})


def test_scores_by_file_name_are_read_as_meant_and_noted():
    truth = Truth({"a": True, "b": False, "c": True, "d": False})
    plain = {"a": 0.9, "b": 0.1, "c": 0.8, "d": 0.2}
    by_file = {f"test/{i}.png": score for i, score in plain.items()}
    result = evaluate(truth.used, truth, by_file)
    assert result.metrics == evaluate(truth.used, truth, plain).metrics
    assert result.warnings[0] == (
        "scores: 4 of 4 ids are written otherwise and were read as meant: "
        "with an extension (4), in a folder (4)"
    )


def test_scores_of_ids_that_look_alike_say_by_what_they_differ():
    truth = Truth({"ct 1": True, "b": False})
    with pytest.raises(ScoreError, match=r"U\+00A0 NO-BREAK SPACE, expected U\+0020 SPACE"):
        evaluate(truth.used, truth, {"ct\u00a01": 1.0, "b": 0.0})


def test_very_many_scores_get_standard_errors_of_few_resamples():
    rng = np.random.default_rng(0)
    used = rng.random(60_000) < 0.5
    truth = Truth({str(k): bool(u) for k, u in enumerate(used)})
    scores = {str(k): s for k, s in enumerate((rng.normal(size=len(used)) + used).tolist())}
    area = evaluate(truth.used, truth, scores).metrics["auc"]
    assert area.interval == "normal bootstrap, 30 resamples within each class"
    # DeLong's standard error of this AUC: sqrt(0.0556 / 30,000 + 0.0556 / 30,000) = 0.00186
    assert area.high - area.low == pytest.approx(2 * 2.05 * 0.00186, rel=0.4)
    assert area.low < 0.7602 < area.high  # the normal distribution function at 1 / sqrt(2)


def test_scores_of_other_images_are_told_of_in_a_time_that_grows_with_their_number():
    truth = Truth({f"ct_{n}": n % 2 == 0 for n in range(20_000)})
    started = time.process_time()
    with pytest.raises(ScoreError, match="20,000 of the truth are not in the scores"):
        evaluate_scores({f"x{image_id}": 1.0 for image_id in truth.used}, truth)
    assert time.process_time() - started < 5  # half a second where nothing else runs
