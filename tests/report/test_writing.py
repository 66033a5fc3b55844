"""The files that an audit leaves, and the schema of its summary."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.report.results import Build
from whorl.errors import WhorlError
from whorl.report import Summary, render_report, report_data, summary_of, write_audit


def test_three_files_are_written(build: Build, tmp_path: Path) -> None:
    written = write_audit(build(), tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "report.html", "scores.csv", "summary.json",
    ]  # fmt: skip
    assert written.report.read_text("utf-8") == render_report(report_data(build()))
    lines = written.scores.read_text("utf-8").splitlines()
    assert lines[0] == "image_id,score,p_value,decision,nearest_generated,similarity"
    assert len(lines) == 5
    assert json.loads(written.summary.read_text("utf-8")) == summary_of(build()).to_dict()


def test_without_images_the_report_holds_no_pixel(build: Build, tmp_path: Path) -> None:
    written = write_audit(build(), tmp_path, images=False)
    assert "data:image" not in written.report.read_text("utf-8")


def test_a_place_that_cannot_be_written_is_named(build: Build, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(WhorlError, match="file"):
        write_audit(build(), tmp_path / "file")


def test_a_written_summary_can_be_read_again(build: Build, tmp_path: Path) -> None:
    text = write_audit(build(), tmp_path).summary.read_text("utf-8")
    again = Summary.model_validate_json(text)
    assert again == summary_of(build())
    assert again.verdict.findings[1].kind == "set"
