"""Audits: generated images and candidates in, a verdict with its evidence out."""

from whorl.auditing.audits import audit
from whorl.auditing.result import AuditResult, Outcome, SetTest, Verdict

__all__ = ["AuditResult", "Outcome", "SetTest", "Verdict", "audit"]
