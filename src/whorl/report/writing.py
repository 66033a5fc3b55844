"""An audit's three files in a folder: the report, the scores and the summary."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from whorl.auditing.result import AuditResult
from whorl.evaluation import write_scores
from whorl.files import write_text
from whorl.report.data import report_data
from whorl.report.render import render_report
from whorl.report.summary import summary_of

REPORT, SCORES, SUMMARY = "report.html", "scores.csv", "summary.json"


class Written(NamedTuple):
    """Where an audit's files lie."""

    report: Path
    scores: Path
    summary: Path


def write_audit(result: AuditResult, folder: Path | str, *, images: bool = True) -> Written:
    """Write ``report.html``, ``scores.csv`` and ``summary.json`` into a folder.

    Parameters
    ----------
    result : AuditResult
        What the audit found.
    folder : path
        Made if absent; each file appears whole or not at all.
    images : bool
        False leaves every pixel out of the report.

    Returns
    -------
    Written
        The three files.

    Raises
    ------
    WhorlError
        If a file cannot be written.
    """
    there = Path(folder)
    written = Written(there / REPORT, there / SCORES, there / SUMMARY)
    page = render_report(report_data(result, images=images))
    write_scores(written.scores, result.to_columns())
    write_text(written.summary, summary_of(result).model_dump_json(indent=2) + "\n")
    write_text(written.report, page)
    return written
