"""Connecting to a Dask cluster, or starting one on this machine that nobody else can reach."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from whorl.errors import WhorlError
from whorl.extras import installing
from whorl.progress import tell

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

ANSWER_SECONDS = 18
CONNECT_SECONDS = 10
"""Within these a scheduler must say who it is, and take the client on: within 30 s altogether."""
LOOPBACK = "127.0.0.1"
ROUTES = ("distributed.scheduler.http.routes", "distributed.worker.http.routes")
SCHEMES = ("tcp", "tls")


@contextmanager
def connected(
    address: str | None = None, workers: int | None = None, *, dashboard: bool = False
) -> Iterator[Client]:
    """Connect to a cluster, or start one of `workers` processes on this machine.

    Parameters
    ----------
    address : str, optional
        Of the scheduler, such as ``tcp://host:8786`` or ``tls://host:8786``. Certificates are
        those that Dask's own configuration names (``distributed.comm.tls``).
    workers : int, optional
        Number of worker processes, where no address is given. They can be reached from this
        machine alone.
    dashboard : bool
        Whether the cluster on this machine serves Dask's dashboard, on this machine alone.

    Yields
    ------
    distributed.Client

    Raises
    ------
    WhorlError
        If Dask is not installed, the address is none, or no scheduler answers there in time.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise WhorlError(f"--scheduler and --workers need: {installing('dask')}") from error
    if address is None:
        with _started(workers or 1, dashboard=dashboard) as cluster, Client(cluster) as client:
            yield client
        return
    _require_scheduler(address)
    try:
        client = Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise _unanswered(address, error) from error
    with client:
        yield client


@contextmanager
def _started(workers: int, *, dashboard: bool) -> Iterator[LocalCluster]:
    """Start a cluster that listens on loopback alone; its processes leave Ctrl-C to this one."""
    import dask
    from distributed import LocalCluster

    served: dict[str, Any] = {} if dashboard else {route: [] for route in ROUTES}
    with dask.config.set(served):
        with _interrupts_wait():
            cluster = LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                host=LOOPBACK,
                dashboard_address=f"{LOOPBACK}:0" if dashboard else None,
            )
        with cluster:
            if dashboard:
                tell(f"Dask's dashboard: {cluster.dashboard_link}")
            yield cluster


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Hold back Ctrl-C until the block ends; threads and processes begun in it never get it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _require_scheduler(address: str) -> None:
    """Raise an error unless a Dask scheduler says in time that it is one."""
    scheme = address.partition("://")[0] if "://" in address else "tcp"
    if scheme not in SCHEMES:
        raise WhorlError(
            f"--scheduler {address}: {scheme}:// cannot be used: give tcp://host:port, or "
            "tls://host:port with certificates"
        )
    pool = ThreadPoolExecutor(1, "whorl-connecting")  # where a loop may be running already
    try:
        kind = pool.submit(asyncio.run, _kind(address, scheme)).result().get("type")
    except (OSError, ValueError, TypeError, RuntimeError, AttributeError) as error:
        raise _unanswered(address, error) from error
    finally:
        pool.shutdown(wait=False)
    if kind != "Scheduler":
        raise WhorlError(
            f"--scheduler {address}: a Dask {str(kind).lower()} answers there, not the scheduler"
        )


async def _kind(address: str, scheme: str) -> dict[str, Any]:
    """Ask who is at an address; waits no longer than `ANSWER_SECONDS`."""
    from distributed import Security
    from distributed.core import rpc

    how = Security().get_connection_args("client")  # as Dask's configuration says
    if scheme == "tls" and how.get("ssl_context") is None:
        raise WhorlError(
            f"--scheduler {address}: needs certificates: name them in Dask's configuration, "
            "distributed.comm.tls.ca-file and distributed.comm.tls.client.cert and .key"
        )

    async def asked() -> dict[str, Any]:
        async with rpc(address, connection_args=how, timeout=ANSWER_SECONDS) as there:
            return dict(await there.identity())

    return await asyncio.wait_for(asked(), ANSWER_SECONDS)


def _unanswered(address: str, error: Exception) -> WhorlError:
    """Say that no scheduler answers, and why."""
    why = f" ({error})" if str(error) and not isinstance(error, TimeoutError) else ""
    return WhorlError(
        f"--scheduler {address}: no Dask scheduler answers there{why}: check host and port, and "
        "whether it asks for tls://"
    )
