"""How long a computation will take here, said before it begins."""

from __future__ import annotations

import time
from collections.abc import Callable

from whorl.networks.runtime import torch_threads
from whorl.progress import displayed, tell


def tell_duration(what: str, once: Callable[[], object], times: float) -> None:
    """Measure one part of some work, and say how long all of it will take.

    Nothing is measured where progress is not displayed.

    Parameters
    ----------
    what : str
        The work, in a few words.
    once : callable
        Does one part, and leaves nothing changed; called twice, as the first time is slower.
    times : float
        How many such parts there are.
    """
    if not displayed():
        return
    with torch_threads():
        once()
        started = time.perf_counter()
        once()
        seconds = (time.perf_counter() - started) * times
    tell(f"{what} will take about {in_words(seconds)} here")


def in_words(seconds: float) -> str:
    """Say a duration.

    Examples
    --------
    >>> in_words(5.2), in_words(600), in_words(36_000), in_words(1_000_000)
    ('5 seconds', '10 minutes', '10 hours', '12 days')
    >>> in_words(0.2)
    '1 second'
    """
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    whole = max(round(seconds), 1)
    return f"{whole} second{'' if whole == 1 else 's'}"
