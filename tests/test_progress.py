"""Progress: silent by itself, lines where there is no terminal, nothing when quiet."""

from __future__ import annotations

import pytest

from whorl import progress


def work() -> None:
    with progress.track("comparing", 3) as advance:
        for _ in range(3):
            advance(1)


def test_library_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    work()
    assert capsys.readouterr() == ("", "")


def test_lines_without_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0)
    with progress.shown():
        work()
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0] == "comparing: 1 of 3, about 0 s left"
    assert err.splitlines()[-1].startswith("comparing: 3 done in ")


def test_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.shown(quiet=True):
        work()
    work()
    assert capsys.readouterr() == ("", "")


def test_bar_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    with progress.shown():
        work()
    assert "comparing" in capsys.readouterr().err


def test_a_status_stands_beside_the_steps(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0)
    with progress.shown(), progress.track("training", 2) as advance:
        advance(1, "loss 0.5")
        advance(1, "loss 0.4")
    assert capsys.readouterr().err.splitlines()[0] == "training: 1 of 2, about 0 s left, loss 0.5"
