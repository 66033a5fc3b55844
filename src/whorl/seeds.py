"""What a seed may be: one check, for every method and every command."""

from __future__ import annotations

import operator

from whorl.errors import WhorlError

LARGEST_SEED = 2**32 - 1
"""The largest that NumPy, scikit-learn and torch all take."""


def require_seed(seed: int) -> None:
    """Raise an error unless a seed is a whole number from 0 to 2³² - 1.

    Raises
    ------
    WhorlError
        Saying what was given.

    Examples
    --------
    >>> require_seed(0)
    >>> require_seed(2**32)
    Traceback (most recent call last):
    whorl.errors.WhorlError: --seed must be a whole number from 0 to 4294967295, not 4294967296
    """
    try:
        fits = 0 <= operator.index(seed) <= LARGEST_SEED
    except TypeError:
        fits = False
    if not fits:
        raise WhorlError(f"--seed must be a whole number from 0 to {LARGEST_SEED}, not {seed!r}")
