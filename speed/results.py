"""Measuring every library, and what follows from the measurements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from speed.libraries import LIBRARIES, WINDOWS, Library, Window
from speed.measure import Measurement, measured
from speed.process import ProcessError
from speed.scaling import Point, pairs_up_to, point, threads_up_to
from whorl.progress import track

OURS, REFERENCE = "whorl", "scikit-image"
PAIRS_OVER_THREADS = 40_000


class Row(NamedTuple):
    """One library with one window.

    Attributes
    ----------
    window, library : str
        What was measured.
    microseconds : float or None
        For one pair; None where nothing was measured.
    times_whorl : float or None
        How many times as long as whorl takes on as many cores.
    difference : float or None
        Largest, to scikit-image.
    peak_bytes : int or None
        Of the library's process.
    note : str
        What else there is to say.
    tried : dict of str to float
        Microseconds for one pair by each of the library's ways, from a short trial.
    """

    window: Window
    library: str
    microseconds: float | None
    times_whorl: float | None
    difference: float | None
    peak_bytes: int | None
    note: str
    tried: dict[str, float]


Measured = Mapping[tuple[str, Window], Measurement | str]
"""By library and window: a measurement, or why there is none."""


def measure_libraries(folder: Path | None, *, quick: bool, cores: int) -> Measured:
    """Measure every library that is installed with every window, in turn, several times over.

    Raises
    ------
    ProcessError
        If whorl or scikit-image fails; what any other library fails with is kept.
    """
    best: dict[tuple[str, Window], Measurement | str] = {}
    rounds = 1 if quick else 3
    with track("libraries", rounds * len(LIBRARIES) * len(WINDOWS)) as advance:
        for _ in range(rounds):
            for window in WINDOWS:
                for library in LIBRARIES:
                    found = _measurement(library, window, folder, quick=quick, cores=cores)
                    known = best.get((library.name, window))
                    best[library.name, window] = _better(known, found)
                    advance(1)
    return best


def _measurement(
    library: Library, window: Window, folder: Path | None, *, quick: bool, cores: int
) -> Measurement | str:
    """Return a measurement, or why there is none."""
    if library.version() is None:
        return "not installed"
    try:
        return measured(library.name, window, folder, quick=quick, cores=cores)
    except ProcessError as error:
        if library.name in (OURS, REFERENCE):
            raise
        return f"failed: {error}"


def _better(one: Measurement | str | None, other: Measurement | str) -> Measurement | str:
    """Return the faster of two measurements, or what there is."""
    if isinstance(one, Measurement) and isinstance(other, Measurement):
        return min(one, other, key=lambda each: each.microseconds)
    return one if isinstance(one, Measurement) else other


def measure_scaling(most_pairs: int, cores: int, folder: Path | None) -> Iterator[Point]:
    """Yield whorl's times over growing numbers of pairs, then over growing numbers of threads.

    Raises
    ------
    ProcessError
        If a measurement fails.
    """
    steps = [(pairs, cores) for pairs in pairs_up_to(most_pairs)]
    steps += [(PAIRS_OVER_THREADS, threads) for threads in threads_up_to(cores)]
    with track("scaling", len(steps) * len(WINDOWS)) as advance:
        for window in WINDOWS:
            for pairs, threads in steps:
                yield point(window, pairs, threads, folder)
                advance(1)


def rows_of(measurements: Measured, points: list[Point]) -> list[Row]:
    """Return the table's rows: each window's libraries, whorl first, on one core and on all."""
    rows = []
    for window in WINDOWS:
        ours = _sure(measurements, OURS, window)
        everything = [each for each in points if each.window == window]
        for library in LIBRARIES:
            rows.append(_row(library, window, measurements, ours))
            if library.name == OURS and everything:
                rows.append(_row_of_all_cores(everything, ours))
    return rows


def _row(library: Library, window: Window, measurements: Measured, ours: Measurement) -> Row:
    """Return one library's row."""
    found = measurements[library.name, window]
    if isinstance(found, str):
        return Row(window, library.name, None, None, None, None, found, {})
    reference = _sure(measurements, REFERENCE, window)
    return Row(
        window,
        library.name,
        found.microseconds,
        found.microseconds / ours.microseconds,
        float(np.abs(np.subtract(found.values, reference.values)).max()),
        found.peak_bytes,
        "; ".join(filter(None, (found.way, library.notes.get(window)))),
        found.tried,
    )


def _row_of_all_cores(points: list[Point], ours: Measurement) -> Row:
    """Return the row of whorl on all cores, from the longest of the runs that used them."""
    longest = max(points, key=lambda each: (each.threads, each.pairs))
    return Row(
        longest.window,
        f"{OURS}, {longest.threads} threads",
        longest.microseconds,
        longest.microseconds / ours.microseconds,
        None,
        longest.peak_bytes,
        f"by the clock, {longest.pairs:,} pairs",
        {},
    )


def _sure(measurements: Measured, library: str, window: Window) -> Measurement:
    """Return a measurement that must be there."""
    found = measurements[library, window]
    if isinstance(found, str):
        raise ProcessError(f"{library}: {found}")
    return found
