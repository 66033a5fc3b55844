"""What a check of a task says, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from whorl.building.checking.shortcuts import Shortcut


class Level(StrEnum):
    """How grave a finding is; one fault makes a task unsound."""

    FINE = "fine"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    level : Level
        How grave it is.
    topic : str
        What was looked at, in a word or two.
    sentence : str
        What was found.
    """

    level: Level
    topic: str
    sentence: str


@dataclass(frozen=True)
class TaskCheck:
    """All that a check found.

    Attributes
    ----------
    counts : mapping of str to int
        Images in each part: "test candidates" and so on.
    findings : tuple of Finding
        In the order of looking.
    shortcuts : tuple of Shortcut
        What was tested for telling used from not used without the generator.
    """

    counts: Mapping[str, int]
    findings: tuple[Finding, ...]
    shortcuts: tuple[Shortcut, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether there is no fault."""
        return all(finding.level is not Level.FAULT for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values for JSON."""
        return {
            "sound": self.sound,
            "counts": dict(self.counts),
            "findings": [asdict(finding) for finding in self.findings],
            "shortcuts": [asdict(shortcut) for shortcut in self.shortcuts],
        }
