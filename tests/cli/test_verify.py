"""whorl verify."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Whorl
from tests.report.results import build_result
from whorl.report import write_audit


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report's folder, of patients who are known."""
    return write_audit(build_result(people="ab"), tmp_path / "report").report.parent


def test_a_report_that_nobody_touched(whorl: Whorl, report: Path) -> None:
    ran = whorl("verify", report)
    assert ran.status == 0
    assert ran.out.splitlines()[-1] == "Nothing changed since the report was written."
    for name in ("report.html", "scores.csv", "summary.json", "patients.csv"):
        assert f"unchanged  {name}\n" in ran.out


def test_what_changed_and_what_is_missing_is_named(whorl: Whorl, report: Path) -> None:
    (report / "scores.csv").write_text("image_id,score\n", "utf-8")
    (report / "summary.json").unlink()
    ran = whorl("verify", report)
    assert ran.status == 1
    assert "changed    scores.csv\n" in ran.out
    assert "missing    summary.json\n" in ran.out
    assert "unchanged  report.html\n" in ran.out
    assert "Nothing changed" not in ran.out
    assert ran.err.startswith("whorl: ")
    assert "not as it was written: scores.csv, summary.json" in ran.err


def test_the_seal_that_was_noted_tells_of_hashes_written_anew(whorl: Whorl, report: Path) -> None:
    seal = whorl("verify", report).out.split("seal")[1].split()[0]
    assert whorl("verify", report, "--seal", seal.upper()).status == 0
    write_audit(build_result(people="aab"), report)
    assert whorl("verify", report).status == 0
    ran = whorl("verify", report, "--seal", seal)
    assert ran.status == 1
    assert "the seal is not the one given: the hashes were written anew" in ran.err


@pytest.mark.parametrize("content", [None, "no hashes\n"])
def test_a_folder_that_is_no_report_is_named(
    whorl: Whorl, tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "SHA256SUMS").write_text(content, "utf-8")
    ran = whorl("verify", tmp_path)
    assert ran.status == 1
    assert str(tmp_path / "SHA256SUMS") in ran.err
    assert ran.err.count("\n") == 1
