import json

import numpy as np
import pytest

from tests.report.results import HOSTILE, Build
from whorl.report import report_data, summary_of
from whorl.report.summary import FIRST_PAIRS, plain
from whorl.similarity import Duplicates


def test_the_page_data_is_plain_json(build: Build) -> None:
    data = report_data(build())
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_the_summary_is_a_part_of_the_page_data(build: Build) -> None:
    assert report_data(build())["summary"] == summary_of(build()).to_dict()


def test_the_summary_by_hand(build: Build) -> None:
    found = summary_of(build()).to_dict()
    verdict = found["verdict"]
    assert verdict["outcome"] == "leakage shown"
    assert verdict["sentence"].startswith("Leakage shown: as a set, the candidates lie closer")
    assert verdict["reasons"][0] == "1 of 4 candidates flagged by the rule: the rule in words."
    assert verdict["findings"][1] == {
        "kind": "set",
        "meaning": "shows leakage",
        "measure": "nearest-ssim",
        "level": 0.05,
        "auc": 0.75,
        "low": 0.5,
        "high": 1.0,
        "p_value": 0.03125,
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
        "image_id", "score", "p_value", "decision", "nearest_generated", "similarity",
    ]  # fmt: skip
    assert table["rows"] == [
        ["a", 0.9, 0.25, True, "g0", 0.45],
        ["b", 0.4, 0.5, False, "g1", 0.2],
        ["c", 0.6, 0.25, False, "g2", 0.3],
        ["d", 0.2, 0.75, False, "g0", 0.1],
    ]


def test_the_gallery_shows_the_highest_scores_first(build: Build) -> None:
    pairs = report_data(build(), gallery=3)["gallery"]["pairs"]
    assert [pair["image_id"] for pair in pairs] == ["a", "c", "b"]
    assert [pair["nearest_generated"] for pair in pairs] == ["g0", "g2", "g1"]
    assert all(
        pair[part].startswith("data:image/png;base64,")
        for pair in pairs
        for part in ("candidate", "generated", "map")
    )


def test_without_images_no_pixel_is_left(build: Build) -> None:
    data = report_data(build(), images=False)
    assert data["gallery"] == {"images": False, "measure": "SSIM", "pairs": []}
    assert "data:image" not in json.dumps(data)


def test_without_a_reference(build: Build) -> None:
    data = report_data(build(null=None))
    assert data["summary"]["decisions"]["fdr"] is None
    assert [f["kind"] for f in data["summary"]["verdict"]["findings"]] == ["flags"]
    assert data["summary"]["scores"]["null"] is None
    assert data["distribution"]["null"] is None
    assert [row[2] for row in data["table"]["rows"]] == [None] * 4
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
