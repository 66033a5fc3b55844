"""The audit end to end, on made-up sets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import whorl
from tests.auditing.found import flags, patients
from tests.fast import FAST_CATALOGUE
from tests.networks.weights import small_weights
from whorl.auditing import Outcome
from whorl.auditing.findings import Growth, Known, SetTest
from whorl.auditing.verdict import judge
from whorl.errors import ImageError, WhorlError
from whorl.images import ImageSet
from whorl.methods import Need
from whorl.methods.nearest import NearestSimilarity
from whorl.methods.trivial import Brightness
from whorl.report import summary_of
from whorl.runs import CATALOGUE, Settings
from whorl.similarity import Correlation
from whorl.tasks.sample import sample_task
from whorl.tasks.view import View
from whorl.testing.worlds import image_set, noisy, null_view, planted_task, smooth_images


def test_planted_copies_are_found_and_named() -> None:
    task = planted_task(1, used=15, not_used=15, reference=60, evenly=True)
    result = whorl.audit(task.view.generated, task.view.candidates, task.view.reference)
    assert result.verdict.outcome is Outcome.LEAKAGE
    used = np.array([task.truth.used[i] for i in result.decisions.ids])
    assert (result.decisions.used == used).mean() > 0.9
    columns = result.to_columns()
    assert list(columns) == [
        "image_id", "patient", "score", "p_value", "decision", "nearest_generated", "similarity",
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
    assert result.verdict.sentence.endswith("though nobody can be named.")
    assert any("most by nearest-correlation, mean" in reason for reason in result.verdict.reasons)
    assert result.nearest.measure == "correlation"


def test_an_audit_says_what_more_generated_images_would_show() -> None:
    view = sample_task().view
    findings = whorl.audit(view.generated, view.candidates, view.reference).verdict.findings
    (grown,) = (finding for finding in findings if isinstance(finding, Growth))
    (test,) = (finding for finding in findings if isinstance(finding, SetTest))
    assert (grown.generated, grown.more) == (300, 3_000)
    assert grown.auc == pytest.approx(test.auc.value)
    alone = whorl.audit(view.generated, view.candidates).verdict.findings
    assert not [finding for finding in alone if isinstance(finding, Growth)]


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
    """At a level of 5 %, two wrong verdicts in ten would be a rare accident."""
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
    with pytest.raises(WhorlError, match="--level must lie between 0 and 1"):
        whorl.audit(view.generated, view.candidates, view.reference, level=5)
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
    hostile = replace(result, verdict=judge([patients(), flags(rule="<b>", level=None)]))
    assert "&lt;b&gt;" in hostile._repr_html_()
    assert "<b>" not in hostile._repr_html_()


def by_patient(seed: int, *, used: int, people: int = 12, each: int = 4) -> View:
    """Patients with several images that resemble each other; the first `used` were used."""
    rng = np.random.default_rng(seed)
    pixels = noisy(np.repeat(smooth_images(2 * people, rng), each, axis=0), rng, 8)
    whose = np.repeat([f"Name^{k}" for k in range(2 * people)], each)
    half = people * each
    candidates, reference = (
        image_set(part, name).with_patients(owners.tolist())
        for part, name, owners in (
            (pixels[:half], "candidate", whose[:half]),
            (pixels[half:], "reference", whose[half:]),
        )
    )
    copied = noisy(pixels[: used * each], rng, 12)
    generated = np.concatenate([copied, smooth_images(10, rng)])
    return View(image_set(generated, "generated"), candidates, reference)


def test_images_carry_their_patients_and_outputs_call_them_by_pseudonyms() -> None:
    view = by_patient(0, used=16, people=24)
    result = whorl.audit(view.generated, view.candidates, view.reference)
    assert result.grouping.known is Known.GIVEN
    assert result.verdict.outcome is Outcome.LEAKAGE
    assert result.verdict.first == ""
    assert result.patients is not None
    flagged = result.patients.patients.flagged
    assert flagged[:16].sum() >= 14
    assert flagged[16:].sum() <= 1
    assert result.to_columns()["patient"][:5] == ["P001"] * 4 + ["P002"]
    told = " ".join((result.verdict.sentence, *result.verdict.reasons, *result.verdict.advice))
    assert "Name^" not in told


@pytest.mark.parametrize("known", [True, False])
def test_patients_with_many_images_each_show_no_leakage_where_there_is_none(known: bool) -> None:
    """Whether one says whose the images are or not: at 5 %, two in eight would be an accident."""
    outcomes = []
    for seed in range(8):
        view = by_patient(seed, used=0, people=10)
        sides = (view.candidates, view.reference)
        if not known:
            sides = tuple(replace(images, patients=None) for images in sides)
        result = whorl.audit(view.generated, *sides, "nearest-correlation", seed=seed)
        outcomes.append(result.verdict.outcome)
    assert outcomes.count(Outcome.LEAKAGE) <= 1


def test_patients_that_were_only_found_are_said_first() -> None:
    view = by_patient(0, used=8)
    candidates, reference = (
        replace(images, patients=None) for images in (view.candidates, view.reference)
    )
    result = whorl.audit(view.generated, candidates, reference)
    assert result.grouping.known is Known.FOUND
    assert result.verdict.first.startswith("Nobody said whose the images are")
    assert result.to_columns()["patient"][0].startswith("G")


def test_patients_may_be_told_in_every_way(tmp_path: Path) -> None:
    view = null_view(1, candidates=8, reference=8)
    candidates, reference = view.candidates, view.reference
    table = {i: f"X{k // 2}" for k, i in enumerate((*candidates.ids, *reference.ids))}
    path = tmp_path / "patients.csv"
    path.write_text("image_id,patient\n" + "".join(f"{i},{p}\n" for i, p in table.items()))
    ways = (table, path, str(path))
    codes = [
        whorl.audit(view.generated, candidates, reference, patients=way).grouping.candidates
        for way in ways
    ]
    assert [each.tolist() for each in codes] == [[0, 0, 1, 1, 2, 2, 3, 3]] * 3


def test_sub_folders_are_patients_and_their_names_reach_no_output(tmp_path: Path) -> None:
    view = null_view(1, candidates=6, reference=6)
    sides = {"made": view.generated, "candidates": view.candidates, "reference": view.reference}
    for name, images in sides.items():
        for k, pixels in enumerate(images.pixels):
            folder = tmp_path / name / f"person{name}{k // 2}"
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(folder / f"slice_{k % 2}.png")
        (tmp_path / name / "notes.txt").touch()
    result = whorl.audit(*(tmp_path / name for name in sides), patients="folder")
    assert result.grouping.known is Known.GIVEN
    assert result.grouping.candidates.tolist() == [0, 0, 1, 1, 2, 2]
    assert result.to_columns()["image_id"][:3] == ["P001/slice_0", "P001/slice_1", "P002/slice_0"]
    assert "personcandidate" not in str(result.to_columns())
    assert "personreference" not in str(summary_of(result).to_dict())
    assert "1 text file" in result._repr_html_()


def test_folders_within_each_other_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="CANDIDATES lies within GENERATED"):
        whorl.audit(tmp_path, tmp_path / "reals")


def test_a_patient_on_both_sides_is_an_error_unless_left_out_of_the_reference() -> None:
    view = null_view(1, candidates=8, reference=12)
    table = {i: f"X{k // 2}" for k, i in enumerate(view.candidates.ids)}
    table |= {i: f"X{3 + k // 2}" for k, i in enumerate(view.reference.ids)}
    with pytest.raises(WhorlError, match="'X3' has images among both candidates and reference"):
        whorl.audit(view.generated, view.candidates, view.reference, patients=table)
    result = whorl.audit(
        view.generated, view.candidates, view.reference, patients=table, drop_shared_patients=True
    )
    assert len(result.view.reference) == len(result.scores.null) == 10
    assert "2 reference images were left out" in " ".join(result.verdict.reasons)


@pytest.mark.parametrize("sigma", [0, 8])
def test_a_shift_is_said_in_the_first_sentence_of_leakage_and_only_there(sigma: float) -> None:
    """The reference is of another scanner, or of the same; twenty of the candidates were used."""
    view = planted_task(1, used=20, not_used=2, reference=40).view
    rng = np.random.default_rng(0)
    reference = noisy(view.reference.pixels, rng, sigma) if sigma else view.reference.pixels
    result = whorl.audit(
        view.generated, view.candidates, image_set(reference, "reference"), "nearest-correlation"
    )
    assert result.verdict.outcome is Outcome.LEAKAGE
    first = result.verdict.sentence.split(":")[0]
    assert ("unless it is that candidates and reference differ" in first) == (sigma > 0)


def test_the_record_names_what_was_audited() -> None:
    view = null_view(1, candidates=6, reference=8)
    result = whorl.audit(
        view.generated, view.candidates, view.reference, title="Release 3", dataset="chest CT"
    )
    assert (result.record["title"], result.record["dataset"]) == ("Release 3", "chest CT")
    assert result.record["level"] == 0.05
    assert len(result.record["inputs_sha256"]) == 64


def test_mirrored_copies_are_leakage_and_named() -> None:
    """All candidates are among the generated images, mirrored: SSIM upright sees nothing."""
    rng = np.random.default_rng(3)
    reals = smooth_images(60, rng)
    result = whorl.audit(
        image_set(reals[:20, :, ::-1].copy(), "generated"),
        image_set(reals[:20], "candidate"),
        image_set(reals[20:], "reference"),
    )
    assert result.verdict.outcome is Outcome.LEAKAGE
    assert result.verdict.sentence.endswith("exact copies of candidates, mirrored or turned.")
    assert "20 pairs" in result.verdict.reasons[0]
    assert "mirrored left to right" in result.verdict.reasons[0]


def test_blank_images_are_no_evidence_on_any_side() -> None:
    view = null_view(0, candidates=20, reference=20)
    black = np.zeros_like(view.candidates.pixels[:1])
    sets = [
        ImageSet((*images.ids, "black"), np.concatenate([images.pixels, black]), images.name)
        for images in (view.generated, view.candidates, view.reference)
        if images is not None
    ]
    with_black, without = (
        whorl.audit(*sets),
        whorl.audit(view.generated, view.candidates, view.reference),
    )
    assert with_black.blank == dict.fromkeys(("generated", "candidates", "reference"), ("black",))
    assert with_black.verdict.outcome is without.verdict.outcome
    assert "black" not in with_black.scores.ids
    np.testing.assert_array_equal(with_black.scores.values, without.scores.values)
    assert with_black.duplicates["candidates and generated"].exact_count == 0
    assert any("1 of 21 candidates" in reason for reason in with_black.verdict.reasons)


def test_a_side_of_nothing_but_blank_images_is_an_error() -> None:
    view = null_view(0, candidates=5, reference=0)
    black = ImageSet(view.candidates.ids, np.zeros_like(view.candidates.pixels))
    with pytest.raises(ImageError, match="candidates: all 5 images are blank"):
        whorl.audit(view.generated, black)
