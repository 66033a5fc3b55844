"""A lost cluster is told in plain words."""

from __future__ import annotations

import logging

import pytest

from whorl.errors import WhorlError
from whorl.similarity.losing import loss_named

distributed = pytest.importorskip("distributed")


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch) -> logging.Logger:
    log = logging.getLogger("distributed.client")
    monkeypatch.setattr(log, "disabled", False)
    return log


def test_a_lost_scheduler_and_lost_workers_are_named(log: logging.Logger) -> None:
    from distributed.client import FutureCancelledError

    with pytest.raises(WhorlError, match="the Dask cluster was lost: start it anew"), loss_named():
        raise FutureCancelledError("a", "scheduler-connection-lost")
    killed = distributed.KilledWorker("a", "tcp://127.0.0.1:1", 3)
    with pytest.raises(WhorlError, match="cluster lost its workers"), loss_named():
        raise killed
    assert log.disabled, "it says the same later, with a traceback"


def test_other_errors_pass_and_the_log_is_as_before(log: logging.Logger) -> None:
    with loss_named():
        assert log.disabled
    with pytest.raises(ZeroDivisionError), loss_named():
        _ = 1 / 0
    assert not log.disabled
