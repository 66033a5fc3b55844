"""Clusters: one's own is reached from this machine alone; an address that is none is named soon."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from whorl.errors import WhorlError
from whorl.similarity import connecting
from whorl.similarity.connecting import connected

distributed = pytest.importorskip("distributed")

pytestmark = pytest.mark.filterwarnings("default")  # Dask's own, in its own threads


@contextmanager
def listening() -> Iterator[int]:
    """Give a port that accepts and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        yield server.getsockname()[1]


def refused(address: str, words: str) -> None:
    with pytest.raises(WhorlError, match=words) as told, connected(address):
        pytest.fail("connected to nothing")
    assert str(told.value).startswith(f"--scheduler {address}: ")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("tcp://127.0.0.1:1", "no Dask scheduler answers there"),
        ("127.0.0.1:1", "no Dask scheduler answers there"),
        ("nonsense", "no Dask scheduler answers there .missing port number"),
        ("tls://127.0.0.1:1", "needs certificates: name them in Dask's configuration"),
        ("ucx://127.0.0.1:1", "ucx:// cannot be used: give tcp://host:port"),
        ("inproc://here", "inproc:// cannot be used"),
        ("ws://127.0.0.1:1", "ws:// cannot be used"),
        ("://", "cannot be used"),
    ],
)
def test_an_address_that_is_no_schedulers_is_named(
    address: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "ANSWER_SECONDS", 1)
    refused(address, words)


def test_one_that_accepts_and_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert connecting.ANSWER_SECONDS + connecting.CONNECT_SECONDS < 30
    monkeypatch.setattr(connecting, "ANSWER_SECONDS", 2)
    started = time.monotonic()
    with listening() as port:
        refused(f"tcp://127.0.0.1:{port}", "no Dask scheduler answers there: check host and port")
    assert time.monotonic() - started < 10


def test_a_workers_port_is_not_the_schedulers() -> None:
    with distributed.LocalCluster(
        n_workers=1, processes=False, protocol="tcp", dashboard_address=None
    ) as cluster:
        (worker,) = cluster.workers.values()
        refused(worker.address, "a Dask worker answers there, not the scheduler")
        with connected(cluster.scheduler_address) as client:
            assert client.submit(sum, [1, 2]).result() == 3


@pytest.mark.parametrize("dashboard", [False, True])
def test_a_cluster_of_ones_own_listens_on_loopback_alone(dashboard: bool) -> None:
    psutil = pytest.importorskip("psutil")
    with connected(workers=1, dashboard=dashboard) as client:
        here = psutil.Process()
        bound = [
            connection.laddr
            for process in (here, *here.children(recursive=True))
            for connection in process.net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        ]
        served = answered(client)
    assert len(bound) >= 2
    assert {address.ip for address in bound} == {"127.0.0.1"}
    assert ("/health" in served) == dashboard
    assert dashboard or not served


def answered(client: object) -> list[str]:
    """Return the addresses of the cluster's HTTP server that answer."""
    from urllib.error import HTTPError
    from urllib.request import urlopen

    port = client.cluster.scheduler.http_server.port  # type: ignore[attr-defined]
    found = []
    for route in ("health", "status", "info/main/workers.html", "metrics", "json/counts.json"):
        address = f"http://127.0.0.1:{port}/{route}"
        with suppress(HTTPError), urlopen(address, timeout=10):
            found.append(f"/{route}")
    return found


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="Windows has no signal masks")
def test_workers_leave_ctrl_c_to_the_one_who_started_them() -> None:
    with connected(workers=1) as client:
        (worker,) = client.run(os.getpid).values()
        os.kill(worker, signal.SIGINT)
        time.sleep(0.5)
        assert list(client.run(os.getpid).values()) == [worker]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[str, str]:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    asked = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=whorl"]
    subprocess.run(
        [openssl, *asked, "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    return str(key), str(certificate)


def test_certificates_are_those_of_dasks_configuration(
    certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import dask

    key, pem = certificate
    named = {"distributed.comm.tls.ca-file": pem}
    for part in ("scheduler", "worker", "client"):
        named |= {f"distributed.comm.tls.{part}.{k}": v for k, v in (("key", key), ("cert", pem))}
    with dask.config.set(named):
        secure = distributed.Security(require_encryption=True)
        with (
            distributed.LocalCluster(
                n_workers=1, processes=False, security=secure, protocol="tls://",
                dashboard_address=None,
            ) as cluster,
            connected(cluster.scheduler_address) as client,
        ):  # fmt: skip
            assert cluster.scheduler_address.startswith("tls://")
            assert client.submit(sum, [1, 2]).result() == 3
            plain = cluster.scheduler_address.replace("tls://", "tcp://")
            monkeypatch.setattr(connecting, "ANSWER_SECONDS", 2)
            refused(plain, "no Dask scheduler answers there")
    with dask.config.set(named | {"distributed.comm.tls.ca-file": "/nowhere/ca.pem"}):
        refused("tls://127.0.0.1:1", "No such file")


def test_no_dask_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(WhorlError, match=r"whorl-audit\[dask\]"), connected(workers=1):
        pytest.fail("connected without Dask")
