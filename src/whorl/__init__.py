"""Tell which real images a generator was trained on."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from whorl.version import __version__

if TYPE_CHECKING:
    from whorl.auditing import AuditResult, audit
    from whorl.errors import WhorlError
    from whorl.images import ImageSet, load

__all__ = ["AuditResult", "ImageSet", "WhorlError", "__version__", "audit", "load"]

_HOMES = {
    "AuditResult": "whorl.auditing",
    "ImageSet": "whorl.images",
    "WhorlError": "whorl.errors",
    "audit": "whorl.auditing",
    "load": "whorl.images",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that ``import whorl`` is quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'whorl' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
