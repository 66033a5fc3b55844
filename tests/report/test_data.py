import json
from dataclasses import replace

import numpy as np
import pytest

from tests.auditing.found import copies, copy
from tests.report.results import HOSTILE, Build, explaining
from whorl.auditing.verdict import judge
from whorl.report import data, report_data, summary_of
from whorl.report.render import render_report
from whorl.report.summary import FIRST_PAIRS, plain
from whorl.similarity import Duplicates


def test_the_page_data_is_plain_json(build: Build) -> None:
    data = report_data(build())
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_the_summary_is_a_part_of_the_page_data(build: Build) -> None:
    assert report_data(build())["summary"] == summary_of(build()).to_dict()


def test_what_was_not_read_is_in_the_summary_and_before_the_verdict_of_the_page(
    build: Build,
) -> None:
    result = build()
    unread = replace(result.view.candidates, unread={"GIF file": 10, "sub-folder": 1})
    result = replace(result, view=replace(result.view, candidates=unread))
    found = summary_of(result).to_dict()
    said = "Not read of candidates, and nothing is said about them: 10 GIF files, 1 sub-folder"
    assert found["verdict"]["unread"] == [f"{said}, 1 unreadable file."]
    assert found["sets"]["candidates"]["unread"] == {"GIF file": 10, "sub-folder": 1}
    page = render_report(report_data(result))
    assert page.index(said) < page.index('id="sentence"')
    assert "<li>GIF file: 10</li>" in page


def test_the_summary_by_hand(build: Build) -> None:
    found = summary_of(build()).to_dict()
    verdict = found["verdict"]
    assert verdict["outcome"] == "leakage shown"
    assert verdict["first"] == ""
    assert verdict["sentence"] == (
        "Leakage shown: at least 1 candidate was used to train the generator; 1 image is named "
        "below."
    )
    assert verdict["reasons"][2].startswith("1 of 4 images flagged")
    assert verdict["advice"][0].startswith("Do not release")
    assert verdict["findings"][2]["kind"] == "set"
    assert verdict["findings"][2]["auc"] == {"value": 0.75, "low": 0.5, "high": 1.0}
    assert verdict["findings"][4] == {
        "kind": "at least",
        "meaning": "stands beside the verdict",
        "patients": 1,
        "images": 1,
        "confidence": 0.95,
    }
    assert found["decisions"] == {
        "candidates": 4,
        "flagged": 1,
        "threshold": 0.6,
        "rule": "the rule in words",
        "fdr": 0.05,
        "warnings": [],
    }
    assert found["scores"]["candidates"] == {
        "count": 4,
        "lowest": 0.2,
        "median": 0.5,
        "highest": 0.9,
    }
    assert found["scores"]["null"]["median"] == 0.3
    assert list(found["sets"]) == ["generated", "candidates", "reference"]
    assert found["sets"]["candidates"] == {
        "folder": "scans",
        "count": 4,
        "width": 16,
        "height": 16,
        "notes": ["2 images were converted from colour by luma"],
        "skipped": ["broken.png: the file ends early"],
        "unread": {},
        "blank": ["empty"],
    }
    assert found["duplicates"]["within candidates"] == {
        "exact": 1,
        "near": 7,
        "threshold": 0.98,
        "first_exact": [["a", "b"]],
        "first_near": [["a", "c", 0.99]],
    }
    assert found["record"] == {"seed": 7, "versions": {"numpy": "2.0"}, "seconds": 1.5}
    assert (found["phantom"], found["method"], found["measure"]) == (False, "nearest-ssim", "SSIM")


def test_the_table_by_hand(build: Build) -> None:
    table = report_data(build())["table"]
    assert table["columns"] == [
        "image_id", "patient", "score", "p_value", "decision", "nearest_generated", "similarity",
    ]  # fmt: skip
    assert table["rows"] == [
        ["a", "I001", 0.9, 0.25, True, "g0", 0.45],
        ["b", "I002", 0.4, 0.5, False, "g1", 0.2],
        ["c", "I003", 0.6, 0.25, False, "g2", 0.3],
        ["d", "I004", 0.2, 0.75, False, "g0", 0.1],
    ]


def test_the_patients_by_hand(build: Build) -> None:
    """P001 has the images a and c, P002 the others; the smallest p-value comes first."""
    data = report_data(build(people="ab"))
    assert [row[1] for row in data["table"]["rows"]] == ["P001", "P002", "P001", "P002"]
    assert data["table"]["patients"] == [
        ["P001", 2, 1, 0.9, 0.25, True, "a"],
        ["P002", 2, 0, 0.4, 0.5, False, "b"],
    ]
    assert data["summary"]["patients"][1] == {
        "patient": "P002",
        "images": 2,
        "flagged_images": 0,
        "p_value": 0.5,
        "flagged": False,
        "benjamini_hochberg": False,
        "best_image": "b",
        "best_score": 0.4,
    }


def test_patients_of_one_p_value_are_ordered_by_their_best_score(build: Build) -> None:
    result = build(scores=(0.7, 0.9, 0.8, 0.6), null=(0.1, 0.2), people="abcd")
    names = [row[0] for row in report_data(result)["table"]["patients"]]
    assert names == ["P002", "P003", "P001", "P004"]


def test_no_patients_id_is_in_the_pages_data(build: Build) -> None:
    text = json.dumps(report_data(build(people="ab")))
    assert "P001" in text
    assert "Name^" not in text
    assert "Other^" not in text


def test_the_gallery_shows_the_highest_scores_first(build: Build) -> None:
    pairs = report_data(build(), gallery=3)["gallery"]["pairs"]
    assert [pair["image_id"] for pair in pairs] == ["a", "c", "b"]
    assert [pair["nearest_generated"] for pair in pairs] == ["g0", "g2", "g1"]
    assert all(
        pair[part].startswith("data:image/png;base64,")
        for pair in pairs
        for part in ("candidate", "generated", "map")
    )


def test_copies_by_another_road_are_pictured_laid_over(build: Build) -> None:
    result = build(size=32)
    made = result.view.generated
    pixels = made.pixels.copy()
    pixels[1] = result.view.candidates.pixels[2][:, ::-1]
    view = replace(result.view, generated=replace(made, pixels=pixels))
    named = (copy("mirrored left to right", candidate="c").model_copy(update={"generated": "g1"}),)
    findings = (copies(near=1, bar=0.85, named=named), *result.verdict.findings[1:])
    data = report_data(replace(result, view=view, verdict=judge(findings)))
    (one,) = data["gallery"]["copies"]
    assert (one["candidate"], one["generated"]) == ("c", "g1")
    assert one["done"] == ["mirrored left to right"]
    assert one["candidate_image"] == one["generated_image"] != one["as_it_is"]


def test_without_images_no_pixel_is_left(build: Build) -> None:
    data = report_data(build(), images=False)
    nothing = {"images": False, "measure": "SSIM", "explained": False, "copies": [], "pairs": []}
    assert data["gallery"] == nothing
    assert "data:image" not in json.dumps(data)


def test_without_a_reference(build: Build) -> None:
    data = report_data(build(null=None))
    assert data["summary"]["decisions"]["fdr"] is None
    assert [f["kind"] for f in data["summary"]["verdict"]["findings"]] == [
        "copies", "patients", "flags",
    ]  # fmt: skip
    assert data["summary"]["scores"]["null"] is None
    assert data["distribution"]["null"] is None
    assert [row[3] for row in data["table"]["rows"]] == [None] * 4
    assert [row[4] for row in data["table"]["patients"]] == [None] * 4
    assert "reference" not in data["summary"]["sets"]


@pytest.mark.parametrize("threshold", [np.inf, -np.inf])
def test_an_infinite_threshold_is_none(build: Build, threshold: float) -> None:
    data = report_data(build(threshold=threshold))
    assert data["summary"]["decisions"]["threshold"] is None
    assert data["summary"]["decisions"]["flagged"] == (0 if threshold > 0 else 4)
    json.dumps(data, allow_nan=False)


def test_only_the_first_pairs_are_named(build: Build) -> None:
    many = tuple((f"x{k}", f"y{k}") for k in range(100))
    found = summary_of(
        build(duplicates={"within candidates": Duplicates(many, (), 5000, 0, 0.98)})
    ).to_dict()
    pairs = found["duplicates"]["within candidates"]
    assert pairs["exact"] == 5000
    assert pairs["first_exact"] == [list(pair) for pair in many[:FIRST_PAIRS]]


def test_names_that_are_no_text_can_be_written_as_utf8(build: Build) -> None:
    result = build(HOSTILE, scores=np.linspace(0, 1, len(HOSTILE)).tolist())
    text = json.dumps(report_data(result), ensure_ascii=False)
    assert "bytes_\\\\udcff" in text
    assert text.encode("utf-8")


def test_plain_turns_what_is_not_finite_into_none() -> None:
    assert plain([np.float32("nan"), np.inf, np.array([1.0, -np.inf])]) == [None, None, [1.0, None]]


def test_flagged_images_come_with_what_they_explain() -> None:
    gallery = report_data(explaining())["gallery"]
    assert gallery["explained"]
    first, second = gallery["pairs"][:2]
    assert [found["image_id"] for found in first["explained"]] == ["g2", "g0"]
    assert [found["share"] for found in first["explained"]] == [3.5, 2.5]
    assert first["explained"][0]["where"].startswith("data:image/png")
    assert second["explained"] == []
    assert (first["image_id"], first["nearest_generated"]) == ("a", "g2")


def test_where_none_is_flagged_the_first_few_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "WITHOUT_FLAG", 2)
    pairs = report_data(explaining(threshold=2.0))["gallery"]["pairs"]
    assert [bool(pair["explained"]) for pair in pairs] == [True, True, False, False]


def test_without_images_nothing_is_explained_in_pictures() -> None:
    text = json.dumps(report_data(explaining(), images=False))
    assert "data:image" not in text
    assert json.loads(text)["gallery"]["pairs"] == []


def test_a_method_that_does_not_explain_keeps_the_nearest(build: Build) -> None:
    gallery = report_data(build())["gallery"]
    assert not gallery["explained"]
    assert all(pair["explained"] == [] for pair in gallery["pairs"])
