"""A benchmark killed in the middle comes to the same leaderboard; run again, it does nothing."""

from __future__ import annotations

import csv
import io
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.benchmarking.worlds import write_task

WHORL = [sys.executable, "-c", "from whorl.cli.main import main; main()"]
METHODS = "nearest-correlation,dmk-phash,closest-record,explain-z1"
JOBS = 9
OF_TIME = ("seconds", "cpu_seconds", "peak_mb")


def started(task: Path, out: Path) -> subprocess.Popen[str]:
    words = [*WHORL, "benchmark", str(task), "--methods", METHODS, "--out", str(out)]
    return subprocess.Popen(
        words, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
        env={**os.environ, "WHORL_CACHE": str(out.with_suffix(".cache"))},
    )  # fmt: skip


def finished(task: Path, out: Path) -> str:
    said, _ = started(task, out).communicate(timeout=500)
    return said


def results(out: Path) -> list[Path]:
    return [path for path in out.glob("results/*/*.json") if not path.name.startswith(".")]


def ranked(out: Path) -> tuple[list[dict[str, str]], str]:
    """Return the leaderboard as CSV and as Markdown, without what tells time or memory."""
    files = [out.with_suffix(".csv"), out.with_suffix(".md")]
    words = ["leaderboard", str(out), "--csv", str(files[0]), "--md", str(files[1])]
    subprocess.run([*WHORL, *words], check=True, capture_output=True)
    table, page = (file.read_text("utf-8") for file in files)
    rows = [{name: cell for name, cell in row.items() if name not in OF_TIME}
            for row in csv.DictReader(io.StringIO(table))]  # fmt: skip
    return rows, re.sub(r" [\d,]+ \|$", " |", page, flags=re.MULTILINE)


@pytest.mark.slow
def test_killed_and_resumed_it_comes_to_the_same_leaderboard(tmp_path: Path) -> None:
    task = write_task(tmp_path / "task", reference=8)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    running = started(task, killed)
    while len(results(killed)) < 3:
        assert running.poll() is None, "it ended before it could be killed"
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    left = {path: path.read_bytes() for path in results(killed)}
    assert 3 <= len(left) < JOBS
    assert f"{JOBS - len(left)} results new, {len(left)} there before" in finished(task, killed)
    assert all(path.read_bytes() == content for path, content in left.items())
    assert f"{JOBS} results new, 0 there before" in finished(task, whole)
    assert ranked(killed) == ranked(whole)
    before = {path: path.stat().st_mtime_ns for path in killed.rglob("*") if path.is_file()}
    assert f"0 results new, {JOBS} there before" in finished(task, killed)
    assert before == {p: p.stat().st_mtime_ns for p in killed.rglob("*") if p.is_file()}
