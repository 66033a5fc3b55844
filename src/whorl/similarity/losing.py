"""A cluster that is lost in mid-run: an error in plain words instead of Dask's own."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from whorl.errors import WhorlError


@contextmanager
def loss_named() -> Iterator[None]:
    """Turn the loss of a scheduler, or of workers time and again, into a named error.

    Dask's client logs the loss with a traceback, also somewhat later; it is kept quiet within the
    block, and after a loss for good.

    Raises
    ------
    WhorlError
        Saying what to do.
    """
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError
    from distributed.comm.core import CommClosedError

    log = logging.getLogger("distributed.client")
    before, lost = log.disabled, ""
    log.disabled = True
    try:
        yield
    except (FutureCancelledError, KilledWorker, CommClosedError) as error:
        lost = "lost its workers" if isinstance(error, KilledWorker) else "was lost"
        raise WhorlError(
            f"the Dask cluster {lost}: start it anew and give the same command again; what was "
            "computed is in the cache and is not computed again"
        ) from error
    finally:
        log.disabled = before or bool(lost)
