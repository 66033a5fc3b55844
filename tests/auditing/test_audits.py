"""The audit end to end, on made-up sets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import whorl
from tests.fast import FAST_CATALOGUE
from tests.networks.weights import small_weights
from whorl.auditing import Outcome
from whorl.auditing.verdict import judge
from whorl.errors import ImageError, WhorlError
from whorl.images import ImageSet
from whorl.methods import Need
from whorl.methods.nearest import NearestSimilarity
from whorl.methods.trivial import Brightness
from whorl.runs import CATALOGUE, Settings
from whorl.similarity import Correlation, Duplicates
from whorl.testing.worlds import null_view, planted_task

COPY = Duplicates((), (), 0, 0, 0.98)


def test_planted_copies_are_found_and_named() -> None:
    task = planted_task(0, used=15, not_used=15, reference=60)
    result = whorl.audit(task.view.generated, task.view.candidates, task.view.reference)
    assert result.verdict.outcome is Outcome.LEAKAGE
    used = np.array([task.truth.used[i] for i in result.decisions.ids])
    assert (result.decisions.used == used).mean() > 0.9
    columns = result.to_columns()
    assert list(columns) == [
        "image_id", "score", "p_value", "decision", "nearest_generated", "similarity",
    ]  # fmt: skip
    assert len({len(column) for column in columns.values()}) == 1
    assert set(columns["nearest_generated"]) <= set(task.view.generated.ids)


def test_a_leak_that_the_method_is_blind_to_is_shown_by_the_second_measure() -> None:
    """Brightness sees nothing of copies; correlation does."""
    task = planted_task(1, used=30, not_used=2, reference=60)
    view = task.view
    result = whorl.audit(view.generated, view.candidates, view.reference, "brightness")
    assert not result.decisions.used.any()
    assert result.verdict.outcome is Outcome.LEAKAGE
    assert "nearest-correlation" in result.verdict.sentence
    assert result.nearest.measure == "correlation"


def test_takes_a_name_a_method_or_an_entry() -> None:
    view = planted_task(2, used=8, not_used=8, reference=20).view
    named, bare, entry = (
        whorl.audit(view.generated, view.candidates, view.reference, method)
        for method in (
            "nearest-correlation",
            NearestSimilarity(Correlation()),
            CATALOGUE["nearest-correlation"],
        )
    )
    np.testing.assert_array_equal(named.scores.values, bare.scores.values)
    np.testing.assert_array_equal(named.scores.values, entry.scores.values)
    assert (named.method, bare.method, entry.method) == (
        "nearest-correlation", "nearestsimilarity", "nearest-correlation",
    )  # fmt: skip


def test_a_method_without_null_scores_is_audited_without_a_reference() -> None:
    view = planted_task(3).view
    result = whorl.audit(view.generated, view.candidates, method=Brightness())
    assert result.verdict.outcome is Outcome.INCONCLUSIVE
    assert result.decisions.rule == "score above the candidates' median"


@pytest.mark.parametrize("method", ["nearest-ssim", "nearest-correlation"])
def test_shows_no_leakage_where_there_is_none(method: str) -> None:
    """At level 5 % + 1 % + 1 %, two wrong verdicts in ten would be a rare accident."""
    outcomes = []
    for seed in range(10):
        view = null_view(seed, candidates=20, reference=40)
        outcomes.append(
            whorl.audit(view.generated, view.candidates, view.reference, method).verdict.outcome
        )
    assert outcomes.count(Outcome.LEAKAGE) <= 2
    assert set(outcomes) <= {Outcome.LEAKAGE, Outcome.INCONCLUSIVE, Outcome.NO_EVIDENCE}


def test_large_level_sets_give_no_evidence() -> None:
    view = null_view(5, candidates=300, reference=300, generated=10)
    result = whorl.audit(view.generated, view.candidates, view.reference, "nearest-correlation")
    assert result.verdict.outcome is Outcome.NO_EVIDENCE


@pytest.mark.parametrize(
    "method", [n for n, e in CATALOGUE.items() if Need.DEVELOPMENT not in e.method.needs]
)
def test_every_method_audits_without_a_reference(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CATALOGUE, method, FAST_CATALOGUE[method])
    view = planted_task(2).view
    result = whorl.audit(view.generated, view.candidates, method=method)
    assert result.verdict.outcome is Outcome.INCONCLUSIVE
    assert result.decisions.p_values is None
    assert "No error rate is guaranteed" in result.verdict.guarantee
    assert np.isfinite(result.nearest.similarity).all()


def test_what_was_set_stands_in_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = small_weights()
    monkeypatch.setitem(CATALOGUE, "vcmi-8", FAST_CATALOGUE["vcmi-8"])
    view = planted_task(2).view
    result = whorl.audit(
        view.generated, view.candidates, method="vcmi-8", settings=Settings(weights)
    )
    assert result.record["weights"] == str(weights)
    assert result.record["settings"] == {"weights": {"source": weights.source, "tag": weights.tag}}
    assert weights.tag in result.record["notes"][0]


def test_the_record_repeats_the_audit() -> None:
    view = planted_task(3, reference=30).view
    first, second = (
        whorl.audit(view.generated, view.candidates, view.reference, seed=4) for _ in range(2)
    )
    np.testing.assert_array_equal(first.scores.values, second.scores.values)
    changing = {"finished", "seconds"}
    assert {k: v for k, v in first.record.items() if k not in changing} == {
        k: v for k, v in second.record.items() if k not in changing
    }
    assert first.record["seed"] == 4
    assert first.record["sha256"].keys() == {"generated", "candidates", "reference"}


def test_duplicates_are_counted_in_all_three_places() -> None:
    view = null_view(0, candidates=6, reference=0, generated=6)
    pixels = view.candidates.pixels
    twice = ImageSet(tuple("abcdefg"), pixels[[0, 1, 2, 3, 4, 5, 0]])
    generated = ImageSet(tuple("gh"), np.stack([pixels[1], view.generated.pixels[0]]))
    reference = ImageSet(tuple("rs"), np.stack([pixels[2], view.generated.pixels[1]]))
    result = whorl.audit(generated, twice, reference)
    assert {where: found.exact for where, found in result.duplicates.items()} == {
        "within candidates": (("a", "g"),),
        "candidates and generated": (("b", "g"),),
        "candidates and reference": (("c", "r"),),
    }
    assert result.verdict.outcome is Outcome.LEAKAGE


def test_wrong_arguments_are_named() -> None:
    view = null_view(0, candidates=4, reference=4)
    with pytest.raises(WhorlError, match="did you mean nearest-ssim"):
        whorl.audit(view.generated, view.candidates, method="nearest-sim")
    with pytest.raises(WhorlError, match="--fdr must lie between 0 and 1"):
        whorl.audit(view.generated, view.candidates, view.reference, fdr=5)
    small = ImageSet(("a",), np.zeros((1, 16, 16), np.uint8))
    with pytest.raises(ImageError, match=r"generated 32×32, candidates 16×16.*--resize"):
        whorl.audit(view.generated, small)


def test_a_result_becomes_a_data_frame() -> None:
    pytest.importorskip("pandas")
    view = planted_task(0, used=4, not_used=4, reference=6).view
    result = whorl.audit(view.generated, view.candidates, view.reference)
    frame = result.to_pandas()
    assert list(frame.columns) == list(result.to_columns())
    assert frame["image_id"].tolist() == list(view.candidates.ids)
    assert frame["score"].tolist() == result.scores.values.tolist()


def test_a_notebook_shows_the_verdict_and_escapes_it() -> None:
    view = planted_task(0, used=4, not_used=4, reference=6).view
    result = whorl.audit(view.generated, view.candidates, view.reference)
    html = result._repr_html_()
    assert html.count("<li>") == len(result.verdict.reasons)
    rule = replace(result.decisions, rule="<b>")
    hostile = replace(result, verdict=judge(rule, (), COPY, reference=0))
    assert "&lt;b&gt;" in hostile._repr_html_()
    assert "<b>" not in hostile._repr_html_()
