"""``python -m speed``: measure every library that is installed, print what was found."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from speed.chart import write_chart
from speed.machine import machine
from speed.process import ProcessError
from speed.results import Row, measure_libraries, measure_scaling, rows_of
from speed.scaling import FEWEST_PAIRS, Point
from speed.table import table_of_libraries, table_of_scaling
from whorl.compute import available_cores
from whorl.errors import WhorlError
from whorl.files import write_text
from whorl.progress import shown

PAIRS = 100_000
WIDTH = 200  # characters, so that no cell is cut where output is not a terminal


def main() -> int:
    """Measure, print and write; say what is wrong in plain words, without a traceback."""
    options = _options()
    try:
        with shown():
            described, rows, points = _measured(options)
        _print(described, rows, points)
        _write(options, described, rows, points)
    except (WhorlError, ProcessError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m speed", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number here")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="draw a chart here, as SVG")
    parser.add_argument("--images", type=Path, metavar="DIR", help="measure on these images")
    parser.add_argument("--quick", action="store_true", help="a rough look: once each")
    parser.add_argument("--pairs", type=int, metavar="N", help="scale up to so many pairs")
    parser.add_argument(
        "--cores", type=int, metavar="N", default=1, help="every library may use so many cores"
    )
    options = parser.parse_args()
    options.images = options.images and options.images.resolve()
    options.pairs = options.pairs or (FEWEST_PAIRS if options.quick else PAIRS)
    if options.pairs < FEWEST_PAIRS:
        parser.error(f"--pairs must be at least {FEWEST_PAIRS:,}")
    if not 1 <= options.cores <= available_cores():
        parser.error(f"--cores must be from 1 to {available_cores()}, as many as there are")
    return options


def _measured(options: argparse.Namespace) -> tuple[dict[str, Any], list[Row], list[Point]]:
    """Measure everything."""
    described = machine()
    measurements = measure_libraries(options.images, quick=options.quick, cores=options.cores)
    points = list(measure_scaling(options.pairs, described["cores"], options.images))
    beside = points if options.cores == 1 else []
    return described, rows_of(measurements, beside), points


def _print(described: dict[str, Any], rows: list[Row], points: list[Point]) -> None:
    """Print the tables."""
    console = Console(width=WIDTH)
    console.print(f"{described['processor']}, {described['cores']} cores, {described['system']}")
    versions = (f"{name} {version}" for name, version in described["versions"].items() if version)
    console.print(", ".join(versions))
    console.print(table_of_libraries(rows), table_of_scaling(points))


def _write(
    options: argparse.Namespace, described: dict[str, Any], rows: list[Row], points: list[Point]
) -> None:
    """Write what was asked for."""
    if options.json is not None:
        everything = {
            "measured": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": described,
            "cores": options.cores,
            "images": "a folder" if options.images else "drawn from a seed, 256×256",
            "libraries": [row._asdict() for row in rows],
            "scaling": [point._asdict() for point in points],
        }
        write_text(options.json, json.dumps(everything, indent=2, ensure_ascii=False) + "\n")
    if options.chart is not None:
        write_chart(options.chart, rows, points)


if __name__ == "__main__":
    sys.exit(main())
