"""The report: a plain dict first, then a page."""

from whorl.report.data import report_data, summary
from whorl.report.render import render_report, write_report

__all__ = ["render_report", "report_data", "summary", "write_report"]
