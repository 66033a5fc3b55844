"""Rates, intervals, tables, and the command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from scipy.stats import binomtest

from scripts.make_docs import DOCS
from trust import __main__ as command
from trust.simulated import Drawn
from trust.table import END, START, tables, write
from trust.tally import Tally, broken, tallied
from trust.worlds import LEAKED, NOTHING, SHIFTED, World, worlds
from whorl.errors import WhorlError

ONE = "200 and 200 patients of one image; all, by 3"


def tally(audits: int = 400, uniform: float | None = None, **rates: float) -> Tally:
    named = {name.replace("_", " "): rate for name, rate in rates.items()}
    return Tally(world="w", audits=audits, seed=0, rates=named, uniform=uniform)


def world(bounds: tuple, *, uniform: bool = False) -> World:
    return World("w", Drawn(9, 9), bounds, uniform=uniform)


def test_intervals_are_scipy_s() -> None:
    for hits in (0, 20, 400):
        expected = binomtest(hits, 400).proportion_ci(0.95, "exact")
        assert tally(shown=hits / 400).interval("shown") == pytest.approx(expected)


def test_bounds_are_broken_only_beyond_chance() -> None:
    assert not list(broken(world(NOTHING), tally(shown=0.07, false_patients=0, false_images=0)))
    (found,) = broken(world(NOTHING), tally(shown=0.1, false_patients=0, false_images=0))
    assert found == "w: shown in 10.0% of 400 audits, but at most 5% is promised"
    assert not list(broken(world(SHIFTED), tally(warned=0.87)))
    assert list(broken(world(SHIFTED), tally(warned=0.8)))
    good = {"false_patients": 0.05, "false_images": 0.02}
    assert not list(broken(world(LEAKED), tally(**good, covered=0.93)))
    assert list(broken(world(LEAKED), tally(**good, covered=0.9)))


def test_p_values_that_are_not_uniform_are_named() -> None:
    assert not list(broken(world((), uniform=True), tally(uniform=0.002)))
    assert "not uniform" in next(broken(world((), uniform=True), tally(uniform=1e-4)))


def test_rates_are_means_over_seeded_audits() -> None:
    drawn = World("w", Drawn(19, 19), NOTHING, uniform=True)
    found = tallied(drawn, 5, seed=3)
    assert found == tallied(drawn, 5, seed=3)
    assert found.rates["shown"] * 5 == pytest.approx(round(found.rates["shown"] * 5))
    assert found.uniform is not None


def test_every_world_has_a_name_of_its_own_and_something_to_hold() -> None:
    everything = worlds(Path("nowhere"))
    assert len({each.name for each in everything}) == len(everything)
    assert all(each.bounds for each in everything)
    assert sum(each.leaked for each in everything) == 18


def test_the_command_keeps_what_it_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "trust.json"
    arguments = ["--audits", "2", "--only", ONE, "--json", str(kept)]
    assert command.main(arguments) == 0
    first = capsys.readouterr().out
    assert ONE in first
    monkeypatch.setattr(command, "tallied", lambda *_: pytest.fail("measured anew"))
    assert command.main(arguments) == 0
    assert capsys.readouterr().out == first
    kept.write_text("[1]")
    assert command.main(arguments) == 1
    assert "not written by python -m trust" in capsys.readouterr().err


def test_what_does_not_hold_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"{name} {unit}{version}" for name in ("found", "false")
             for unit in ("patients", "images") for version in ("", " before")]  # fmt: skip
    rates = dict.fromkeys([*names, "shown", "shown before", "covered"], 0.5)
    monkeypatch.setattr(
        command, "tallied", lambda each, *_: Tally(world=each.name, audits=400, seed=0, rates=rates)
    )
    assert command.main(["--only", ONE]) == 1
    assert "covered in 50.0% of 400 audits, but at least 95%" in capsys.readouterr().err


def test_the_page_is_written_only_with_all_worlds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("WHORL_REAL_DATA", raising=False)
    assert command.main(["--quick", "--write"]) == 1
    assert "set WHORL_REAL_DATA" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command.main(["--write", "--only", ONE])
    with pytest.raises(SystemExit):
        command.main(["--audits", "-1"])


def test_a_text_is_put_between_the_marks_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{START}\nold\n{END}\nafter\n")
    write(page, "new")
    write(page, "newer")
    assert page.read_text() == f"before\n\n{START}\n\nnewer\n\n{END}\nafter\n"
    page.write_text("no marks")
    with pytest.raises(WhorlError, match="no lines"):
        write(page, "new")


def test_a_table_s_cells_by_hand() -> None:
    shown = tally(400, 0.31, shown=0.05, shown_before=0.5, false_patients=0, false_images=0.01)
    line = tables([world(NOTHING)], {"w": shown}).splitlines()[-1]
    assert line == (
        "| w | 400 | 5.0 % (3.1–7.6) | 50.0 % | 0.0 % (0.0–0.9) | 1.0 % (0.3–2.5) | – | p = 0.31 |"
    )


def test_the_documentation_has_every_world() -> None:
    page = (DOCS / "statistics.md").read_text("utf-8")
    block = page.split(START)[1].split(END)[0]
    assert int(re.findall(r"draws (\d+)\s+audits", block)[0]) >= 400
    rows = [line.split(" | ") for line in block.splitlines() if line.startswith("| ")]
    assert [row[0].removeprefix("| ") for row in rows if "%" in row[2]] == [
        each.name for each in worlds(Path())
    ]
    assert len({len(row) for row in rows}) == 2
