"""Where all-pairs comparisons are computed, and whether their tiles are kept.

The engine asks :func:`current`; who starts the work chooses with :func:`computing`, so that no
method carries these settings along.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whorl.cache import Cache

if TYPE_CHECKING:
    from distributed import Client


@dataclass(frozen=True)
class Compute:
    """Where comparisons run.

    Attributes
    ----------
    threads : int or None
        Threads on this machine; None = one for each core that this process may use.
    cache : Cache or None
        Where tiles are kept; None keeps none.
    cluster : distributed.Client or None
        A Dask cluster that computes instead of this machine; see
        :func:`whorl.similarity.connecting.connected`.
    device : str
        "cpu", or a device as torch names it ("cuda", "cuda:1"); its similarities equal the CPU's
        to 1e-4.
    """

    threads: int | None = None
    cache: Cache | None = None
    cluster: Client | None = None
    device: str = "cpu"

    @property
    def place(self) -> str:
        """Where comparisons are computed: "cluster", or a device as torch names it."""
        return self.device if self.cluster is None else "cluster"


_DEFAULT = Compute()
_current: ContextVar[Compute] = ContextVar("compute", default=_DEFAULT)


def current() -> Compute:
    """Return the settings in force."""
    return _current.get()


@contextmanager
def computing(settings: Compute) -> Iterator[None]:
    """Put settings into force within the block.

    Examples
    --------
    >>> with computing(Compute(threads=1)):
    ...     current().threads
    1
    >>> current().threads is None
    True
    """
    token = _current.set(settings)
    try:
        yield
    finally:
        _current.reset(token)


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
