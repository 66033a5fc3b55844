"""Rules as a command line names them."""

from __future__ import annotations

import math

from whorl.decisions.rules import Above, AboveMean, AboveMedian, ThresholdRule
from whorl.errors import WhorlError

FORMS = "median, above:X, mean+K"


def named_rule(text: str) -> ThresholdRule:
    """Return the rule that a text names.

    Parameters
    ----------
    text : str
        ``median``; ``above:X``, where X is a score; or ``mean+K``, where K counts standard
        deviations of the candidates' scores, from 0.

    Raises
    ------
    WhorlError
        If it names none.

    Examples
    --------
    >>> named_rule("median"), named_rule("above:-0.25"), named_rule("mean+1.5")
    (AboveMedian(), Above(value=-0.25), AboveMean(deviations=1.5))
    >>> named_rule("above:much")
    Traceback (most recent call last):
    whorl.errors.WhorlError: 'above:much': expected median, above:X, mean+K or calibrated
    """
    if text == "median":
        return AboveMedian()
    for start, rule in (("above:", Above), ("mean+", AboveMean)):
        value = _number(text.removeprefix(start)) if text.startswith(start) else None
        if value is not None and (rule is Above or value >= 0):
            return rule(value)
    raise WhorlError(f"{text!r}: expected {FORMS} or calibrated")


def _number(text: str) -> float | None:
    """Return a finite number, None if it is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
