"""An audit's three files in a folder: the report, the scores and the summary."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from whorl.auditing.result import AuditResult
from whorl.evaluation import write_scores
from whorl.files import write_text
from whorl.report.data import report_data
from whorl.report.render import render_report
from whorl.report.seal import SUMS, write_seal
from whorl.report.summary import summary_of
from whorl.tasks.pseudonyms import write_key

REPORT, SCORES, SUMMARY, PATIENTS = "report.html", "scores.csv", "summary.json", "patients.csv"
FILES = (REPORT, SCORES, SUMMARY, PATIENTS, SUMS)


class Written(NamedTuple):
    """Where an audit's files lie, and the seal over them.

    Attributes
    ----------
    report, scores, summary : path
        Its files.
    patients : path or None
        Whose the pseudonyms are, readable by its owner alone; None where patients are not known.
    seal : str
        The hash of the files' hashes.
    """

    report: Path
    scores: Path
    summary: Path
    patients: Path | None
    seal: str


def write_audit(
    result: AuditResult, folder: Path | str, *, images: bool = True, exact: bool = False
) -> Written:
    """Write ``report.html``, ``scores.csv`` and ``summary.json`` into a folder, and seal them.

    Where patients are known, ``patients.csv`` holds the key to their pseudonyms, for its owner's
    eyes alone (mode 600). So is a new report that shows pixels; one that is
    replaced keeps its mode.

    Parameters
    ----------
    result : AuditResult
        What the audit found.
    folder : path
        Made if absent; each file appears whole or not at all.
    images : bool
        False leaves every pixel out of the report.
    exact : bool
        Whether ids that a spreadsheet would take for formulas stand in CSV files as they are.

    Returns
    -------
    Written
        The files, and the seal.

    Raises
    ------
    WhorlError
        If a file cannot be written.
    """
    there = Path(folder)
    page = render_report(report_data(result, images=images))
    summary = summary_of(result).model_dump_json(indent=2) + "\n"
    hashes = {
        SCORES: write_scores(there / SCORES, result.to_columns(), exact=exact),
        SUMMARY: write_text(there / SUMMARY, summary),
        REPORT: write_text(there / REPORT, page, private=images),
    }
    known = [s for s in (result.view.candidates, result.view.reference) if s is not None]
    key = there / PATIENTS if all(part.patients for part in known) else None
    if key is None:
        (there / PATIENTS).unlink(missing_ok=True)  # another audit's key would mislead
    else:
        hashes[PATIENTS] = write_key(key, *known, exact=exact)
    seal = write_seal(there, hashes)
    return Written(there / REPORT, there / SCORES, there / SUMMARY, key, seal)
