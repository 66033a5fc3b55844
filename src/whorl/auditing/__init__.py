"""Audits: generated images and candidates in, a verdict with its evidence out."""

from whorl.auditing.audits import audit
from whorl.auditing.findings import Finding, Meaning, SetTest
from whorl.auditing.result import AuditResult, Outcome, Verdict

__all__ = ["AuditResult", "Finding", "Meaning", "Outcome", "SetTest", "Verdict", "audit"]
