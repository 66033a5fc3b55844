"""One figure of the table: its value, how sure it is, and what to hold it against."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

DIRECTION = "↓"
"""Of every figure here lower is better: for privacy, for diversity, for quality."""


class Figure(BaseModel):
    """A row of the table.

    Attributes
    ----------
    name : str
        What data call it.
    label : str
        What people call it.
    about : {"privacy", "diversity", "quality"}
        What it is a figure of.
    meaning : str
        What was counted, in a sentence.
    value : float or None
        None where it was not computed.
    low, high : float or None
        A 95 % interval; None where there is none.
    interval : str
        How the interval was made; empty where there is none.
    beside : float or None
        What to hold the value against: chance, or the same figure of real images.
    beside_is : str
        What that is.
    p_value : float or None
        How often chance gives as much; None where that is not tested.
    unit : {"share", "number"}
        Whether the value is a share, 0 to 1.
    missing : str
        Why it was not computed, and what to do about it; empty where it was.

    Examples
    --------
    >>> Figure(name="copies", label="Copies", about="privacy", meaning="…",
    ...        value=0.25).text
    '25.0 %'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str
    about: Literal["privacy", "diversity", "quality"]
    meaning: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    interval: str = ""
    beside: float | None = None
    beside_is: str = ""
    p_value: float | None = None
    unit: Literal["share", "number"] = "share"
    missing: str = ""

    @property
    def text(self) -> str:
        """The value as people read it; a dash where there is none."""
        return self.shown(self.value)

    @property
    def interval_text(self) -> str:
        """The interval as people read it; empty where there is none."""
        if self.low is None or self.high is None:
            return ""
        return f"{self.shown(self.low)} to {self.shown(self.high)}"

    @property
    def p_text(self) -> str:
        """The p-value as people read it; empty where there is none."""
        return "" if self.p_value is None else f"{self.p_value:.4f}"

    def shown(self, value: float | None) -> str:
        """Return a value as this figure's values are printed."""
        if value is None:
            return "–"
        if self.unit == "share":
            return f"{100 * value:.{2 if 0 < value < 0.01 else 1}f} %"
        return f"{value:.4f}".replace("-", "−") if abs(value) < 10 else f"{value:.1f}"
