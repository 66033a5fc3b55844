"""The attacks see what they are made to see: each is tried on a fault that is put there."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from hard import crafted, rewriting, truncated
from hard.__main__ import main
from hard.attack import Attack, Skipped, Tally, Trial, judged, tallied
from hard.attacks import ATTACKS
from hard.commands import _page, differences, outputs
from hard.measured import measured
from hard.parts import parts
from hard.process import Ended
from hard.scale import draw, fields
from hard.scale import main as scale
from hard.table import END, START, described


def test_a_file_read_though_cut_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("whole")
    kept = truncated.Kept(path, path.read_text, "whole")
    assert truncated.fault(kept) == ""
    path.write_text("who")
    assert truncated.fault(kept) == "read without an error, with other values"


def test_a_mixture_is_seen() -> None:
    contents = np.zeros((2, 4)), np.ones((2, 4))
    assert [rewriting._which(found, contents) for found in contents] == [0, 1]
    mixed = np.vstack([contents[0][:1], contents[1][:1]])
    shared = rewriting.Shared("x", lambda _: None, lambda: rewriting._which(mixed, contents))
    assert rewriting._fault(shared) == "read a mixture"


def test_what_runs_or_is_accepted_is_seen(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    runs = crafted.Crafted("x", tmp_path / "f", b"", lambda _: canary.touch())
    assert crafted._fault(runs, canary) == "it ran"
    assert not canary.exists()
    accepted = crafted.Crafted("x", tmp_path / "f", b"", lambda path: path)
    assert crafted._fault(accepted, canary) == "accepted"


def test_every_payload_runs_where_it_is_unpickled(tmp_path: Path) -> None:
    import pickle

    from hard.payloads import payloads, pickled

    canary = tmp_path / "canary"
    for name, payload in payloads(canary):
        content = pickled(payload, 2)
        with suppress(TypeError):  # what becomes of it does not matter
            pickle.loads(content)
        assert canary.exists(), name
        canary.unlink()


def test_trials_are_counted_and_what_is_raised_is_a_fault() -> None:
    def fails() -> str:
        raise ValueError("no")

    trials = [Trial("a"), judged("b", fails), judged("c", lambda: "")]
    tally = tallied("x", trials)
    assert (tally.tried, tally.as_wanted, tally.otherwise) == (3, 2, 1)
    assert tally.reasons == ("b: ValueError: no",)


def test_what_cannot_be_tried_says_why() -> None:
    def trials():
        raise Skipped("no Chromium")
        yield

    assert tallied("x", trials()) == Tally("x", skipped="no Chromium")


def test_a_traceback_is_a_fault_and_a_plain_error_is_none() -> None:
    assert Ended(1, "", "whorl: a.png: is damaged\n").fault == ""
    assert Ended(1, "", "Traceback (most recent call last):\nKeyError: 1\n").fault.endswith("1")
    assert Ended(0, "", "").fault == "exit status 0: nothing said"


def test_times_do_not_count_as_differences(tmp_path: Path) -> None:
    for name, seconds, value in (("a", 1, 5), ("b", 2, 5), ("c", 1, 6)):
        (tmp_path / name).mkdir()
        record = {"record": {"seconds": seconds}, "value": value}
        (tmp_path / name / "summary.json").write_text(json.dumps(record))
    a, b, c = (outputs(tmp_path / name) for name in "abc")
    assert differences(a, b) == ""
    assert differences(c, a) == "summary.json differs"


def test_of_a_page_only_what_says_when_and_how_fast_is_left_out() -> None:
    line = "<dt>{}</dt><dd><bdi>{}</bdi>"
    one, other = (line.format("scoring", number) for number in ("0.067", "1.5"))
    assert _page(one) == _page(other)
    assert _page(line.format("seed", 1)) != _page(line.format("seed", 2))
    assert _page("at 2026-11-30T20:41:12+00:00, by") == "at , by"


def test_drawn_images_are_distinct_and_the_same_again(tmp_path: Path) -> None:
    first, again = (np.concatenate(list(fields(300, 16, 3))) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert len({image.tobytes() for image in first}) == 300
    draw(tmp_path, 3, 16, 3)
    assert len(list(tmp_path.glob("*.png"))) == 3


def test_every_step_takes_time_and_a_pair_moves_a_few_bytes() -> None:
    pytest.importorskip("distributed")
    found = parts(6, 16)
    assert min(found.values()) >= 0
    assert 4 <= found["answer for a pair, bytes"] < 6
    assert found["comparing a pair, ns"] > 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_is_that_of_a_command_and_its_children(tmp_path: Path) -> None:
    child = "import time; held = bytes(range(256)) * 400_000; time.sleep(1)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    found = measured([sys.executable, "-c", code], os.environ, tmp_path / "log")
    assert found.status == 0
    assert found.memory > found.largest > 100e6
    assert found.seconds >= 1


def test_scale_refuses_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(SystemExit):
        scale(["--folder", str(tmp_path)])
    assert (tmp_path / "mine").exists()


def test_the_command_writes_the_page_and_fails_where_something_went_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = iter([("", ""), ("", "read")])
    attack = Attack(
        "cut", "files cut", "an error", lambda *_: [Trial("at 3", f) for f in next(faults)], 2, 1
    )
    monkeypatch.setattr("hard.__main__.ATTACKS", (attack,))
    page = tmp_path / "page.md"
    page.write_text(f"before\n{START}\n{END}\nafter\n")
    assert main(["--out", str(page)]) == 0
    assert main(["--out", str(page), "--json", str(tmp_path / "kept.json")]) == 1
    assert "cut: at 3: read" in capsys.readouterr().err
    text = page.read_text("utf-8")
    assert "| **cut**: files cut | an error | 2 | 1 | 1 |" in text
    assert text.startswith("before")
    assert main(["--json", str(tmp_path / "kept.json")]) == 1, "from the file"
    for wrong in (["burn"], ["--tries", "0"], ["--shape", "10", "0", "16"]):
        with pytest.raises(SystemExit):
            main(wrong)


def test_what_could_not_be_tried_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = iter([False, True])

    def tries(*_: object) -> Iterator[Trial]:
        if not next(there):
            raise Skipped("no Chromium")
        yield Trial("at 3")

    monkeypatch.setattr("hard.__main__.ATTACKS", (Attack("cut", "cut", "an error", tries, 1, 1),))
    kept = ["--json", str(tmp_path / "kept.json")]
    assert main(kept) == 0
    assert "cut: not tried: no Chromium" in capsys.readouterr().err
    assert main(kept) == 0
    assert "| 1 | 1 | 0 |" in capsys.readouterr().out


def test_what_was_not_tried_is_told() -> None:
    text = described(ATTACKS, [Tally("names", skipped="no Chromium")])
    assert "- Not tried: **names**: no Chromium." in text
