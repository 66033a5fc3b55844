"""The report: a plain dict first, then a page; and the files of an audit."""

from whorl.report.data import report_data
from whorl.report.render import render_report
from whorl.report.summary import Summary, summary_of
from whorl.report.writing import write_audit

__all__ = ["Summary", "render_report", "report_data", "summary_of", "write_audit"]
