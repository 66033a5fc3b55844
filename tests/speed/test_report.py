"""From measurements to rows, tables, JSON and the chart."""

from __future__ import annotations

import io
import json
import sys

import pytest
from rich.console import Console

from speed import __main__ as command
from speed import results
from speed.libraries import LIBRARIES, WINDOWS
from speed.machine import machine
from speed.measure import Measurement
from speed.process import ProcessError
from speed.results import Row, rows_of
from speed.scaling import Point, pairs_up_to, threads_up_to
from speed.table import table_of_libraries, table_of_scaling

ABSENT = "piqa"
POINTS = [
    Point("uniform", 10_000, 2, 0.25, 10**8),
    Point("uniform", 40_000, 1, 2.0, 2 * 10**8),
    Point("gaussian", 10_000, 2, 0.5, 10**8),
]


def measurement(microseconds: float, value: float) -> Measurement:
    return Measurement("", {"": microseconds}, 128, microseconds, [[value, 0.5]], 300_000_000)


def measurements() -> dict:
    found = {
        (library.name, window): measurement(400.0, 0.2503)
        for library in LIBRARIES
        for window in WINDOWS
    }
    for window in WINDOWS:
        found["whorl", window] = measurement(40.0, 0.25001)
        found["scikit-image", window] = measurement(5000.0, 0.25)
        found[ABSENT, window] = "not installed"
    return found


def printed(table) -> str:
    stream = io.StringIO()
    Console(file=stream, width=command.WIDTH).print(table)
    return stream.getvalue()


def test_rows_hold_ratios_and_differences() -> None:
    rows = {(row.window, row.library): row for row in rows_of(measurements(), POINTS)}
    assert rows["uniform", "whorl"].times_whorl == 1
    assert rows["uniform", "scikit-image"].times_whorl == pytest.approx(125)
    assert rows["uniform", "scikit-image"].difference == 0
    assert rows["gaussian", "torchmetrics"].difference == pytest.approx(3e-4)
    assert rows["uniform", "whorl, 2 threads"].microseconds == pytest.approx(25)
    assert rows["uniform", ABSENT] == Row(
        "uniform", ABSENT, None, None, None, None, "not installed", {}
    )


def test_the_table_names_what_is_absent() -> None:
    lines = printed(table_of_libraries(rows_of(measurements(), POINTS))).splitlines()
    absent = next(line for line in lines if ABSENT in line)
    cells = [cell.strip() for cell in absent.strip().strip("|").split("|")]
    assert cells == ["uniform", ABSENT, "–", "–", "–", "–", "not installed"]
    ours = next(line for line in lines if "| whorl " in line)
    cells = [cell.strip() for cell in ours.strip().strip("|").split("|")]
    assert cells == ["uniform", "whorl", "40", "1", "1e-05", "300", ""]


def test_the_table_of_scaling_tells_time_a_pair() -> None:
    assert "| uniform  | 40,000 |       1 |    2.00 |      50.0 |     200 |" in printed(
        table_of_scaling(POINTS)
    )


def test_numbers_of_pairs_and_threads() -> None:
    assert pairs_up_to(200_000) == [10_000, 30_000, 100_000, 200_000]
    assert pairs_up_to(10_000) == [10_000]
    assert threads_up_to(1) == [1]
    assert threads_up_to(6) == [1, 2, 4, 6]


def test_a_failing_library_is_named_and_the_rest_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def measured(library, *_args, **_kwargs):
        if library == "torchmetrics":
            raise ProcessError("RuntimeError: broken")
        return measurement(40.0, 0.25)

    monkeypatch.setattr(results, "measured", measured)
    monkeypatch.setattr(results.Library, "version", lambda _self: "1.0")
    found = results.measure_libraries(None, quick=True, cores=1)
    assert found["torchmetrics", "uniform"] == "failed: RuntimeError: broken"
    assert found["piqa", "uniform"] == measurement(40.0, 0.25)


def test_whorl_must_not_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def measured(*_args, **_kwargs):
        raise ProcessError("broken")

    monkeypatch.setattr(results, "measured", measured)
    with pytest.raises(ProcessError, match="broken"):
        results.measure_libraries(None, quick=True, cores=1)


@pytest.fixture
def stubbed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "measure_libraries", lambda *_args, **_kwargs: measurements())
    monkeypatch.setattr(command, "measure_scaling", lambda *_args: iter(POINTS))


@pytest.mark.usefixtures("stubbed")
def test_json_holds_every_number_and_nothing_of_the_machine_s_names(
    tmp_path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import platform

    target = tmp_path / "speed.json"
    monkeypatch.setattr(sys, "argv", ["speed", "--json", str(target)])
    assert command.main() == 0
    text = target.read_text("utf-8")
    found = json.loads(text)
    assert len(found["libraries"]) == len(WINDOWS) * (len(LIBRARIES) + 1)
    assert found["scaling"][1] == POINTS[1]._asdict()
    assert found["machine"]["cores"] >= 1
    assert platform.node() not in text
    assert str(tmp_path) not in text
    assert "scikit-image" in capsys.readouterr().out


@pytest.mark.usefixtures("stubbed")
def test_the_chart_is_a_small_svg_without_a_date(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    target = tmp_path / "speed.svg"
    monkeypatch.setattr(sys, "argv", ["speed", "--chart", str(target)])
    assert command.main() == 0
    text = target.read_text("utf-8")
    assert "torchmetrics" in text
    assert ABSENT not in text
    assert "<dc:date>" not in text
    assert len(text) < 200_000


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--pairs", "5", "--pairs must be at least 10,000"),
        ("--cores", "0", "--cores must be from 1 to"),
        ("--cores", "100000", "--cores must be from 1 to"),
    ],
)
def test_numbers_out_of_range_are_refused(
    option: str,
    value: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["speed", option, value])
    with pytest.raises(SystemExit):
        command.main()
    assert message in capsys.readouterr().err


@pytest.mark.usefixtures("stubbed")
def test_whorl_on_all_cores_stands_beside_libraries_on_one_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from whorl.compute import available_cores

    if available_cores() < 2:
        pytest.skip("needs two cores")
    monkeypatch.setattr(sys, "argv", ["speed", "--cores", "2"])
    assert command.main() == 0
    assert "whorl, " not in capsys.readouterr().out


def test_the_machine_is_described() -> None:
    described = machine()
    assert described["processor"]
    assert described["versions"]["whorl-audit"]
