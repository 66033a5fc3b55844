"""The files that an audit leaves, and the schema of its summary."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.report.results import Build
from whorl.errors import WhorlError
from whorl.report import Summary, render_report, report_data, summary_of, write_audit
from whorl.report.seal import SUMS, State, verified

FILES = ["SHA256SUMS", "report.html", "scores.csv", "summary.json"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_three_files_are_written_and_sealed(build: Build, tmp_path: Path) -> None:
    written = write_audit(build(), tmp_path / "out")
    assert names(tmp_path / "out") == FILES
    assert written.report.read_text("utf-8") == render_report(report_data(build()))
    lines = written.scores.read_text("utf-8").splitlines()
    assert lines[0] == "image_id,patient,score,p_value,decision,nearest_generated,similarity"
    assert len(lines) == 5
    assert json.loads(written.summary.read_text("utf-8")) == summary_of(build()).to_dict()
    assert written.patients is None


def test_the_seal_covers_every_file(build: Build, tmp_path: Path) -> None:
    written = write_audit(build(people="ab"), tmp_path)
    states, seal = verified(tmp_path)
    assert seal == written.seal
    assert set(states) == set(names(tmp_path)) - {SUMS}
    assert set(states.values()) == {State.UNCHANGED}
    written.report.write_text("another", "utf-8")
    assert verified(tmp_path)[0]["report.html"] is State.CHANGED


def test_the_key_to_the_pseudonyms_is_for_its_owners_eyes_alone(
    build: Build, tmp_path: Path
) -> None:
    written = write_audit(build(people="ab"), tmp_path)
    assert written.patients == tmp_path / "patients.csv"
    assert stat.S_IMODE(written.patients.stat().st_mode) == 0o600
    lines = written.patients.read_text("utf-8").splitlines()
    assert lines[:3] == [
        "image_set,image_id,patient,pseudonym",
        "candidates,a,Name^0,P001",
        "candidates,b,Name^1,P002",
    ]
    others = [path.read_text("utf-8") for path in tmp_path.iterdir() if path != written.patients]
    assert len(others) == 4
    assert not any("Name^" in text or "Other^" in text for text in others)


def test_a_stale_key_is_removed(build: Build, tmp_path: Path) -> None:
    write_audit(build(people="ab"), tmp_path)
    assert "patients.csv" in names(tmp_path)
    write_audit(build(), tmp_path)
    assert names(tmp_path) == FILES
    assert "patients.csv" not in verified(tmp_path)[0]


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
    assert again.verdict.findings[2].kind == "set"


def test_the_schema_knows_every_field_of_a_summary(build: Build) -> None:
    schema = Summary.model_json_schema(mode="serialization")
    told = summary_of(build(people="ab")).to_dict()
    assert set(schema["required"]) | {"format"} == set(told)
    assert set(schema["$defs"]["PatientFacts"]["required"]) == set(told["patients"][0])
