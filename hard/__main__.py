"""``python -m hard``: attack whorl, print what came of it, and write it into the documentation."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from random import Random

from hard.attack import Attack, Tally, Trial, tallied
from hard.attacks import ATTACKS
from hard.cluster import SHAPE, cluster
from hard.parts import main as parts
from hard.scale import COARSE
from hard.scale import main as scale
from hard.table import END, START, described, table
from trust.table import write
from whorl.errors import WhorlError
from whorl.files import write_text

SECONDS_BETWEEN_LINES = 10.0
MEASURING = {"scale": scale, "parts": parts}


def main(arguments: Sequence[str] | None = None) -> int:
    """Attack, print and write; 1 if anything went otherwise than it has to."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in MEASURING:
        return MEASURING[given[0]](given[1:])
    options = _options(given)
    before = signal.signal(signal.SIGTERM, _ended)  # so that no process is left behind
    try:
        tallies = _tallies(options)
        print(table(ATTACKS, tallies))
        if options.out is not None:
            write(options.out, described(ATTACKS, tallies), START, END)
    except WhorlError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        signal.signal(signal.SIGTERM, before)
    for tally in tallies:
        sys.stderr.writelines(f"{tally.name}: {reason}\n" for reason in tally.reasons)
        if tally.skipped:
            sys.stderr.write(f"{tally.name}: not tried: {tally.skipped}\n")
    return int(any(tally.otherwise for tally in tallies))


def _ended(number: int, _frame: object) -> None:
    """End as after an error."""
    raise SystemExit(128 + number)


def attacked(attack: Attack, seed: int, count: int) -> Tally:
    """Make an attack in a folder of its own."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="whorl-hard-") as folder:
        trials = attack.tries(Path(folder), Random(seed), count)
        tally = tallied(attack.name, _told(attack.name, trials, count))
    return replace(tally, seconds=round(time.monotonic() - began, 1), seed=seed)


def _told(name: str, trials: Iterable[Trial], count: int) -> Iterator[Trial]:
    """Yield trials; say every few seconds how far they are, and at once what went otherwise."""
    said = time.monotonic()
    for k, trial in enumerate(trials, 1):
        if trial.fault or time.monotonic() - said > SECONDS_BETWEEN_LINES:
            said = time.monotonic()
            fault = f": {trial.fault}" if trial.fault else ""
            sys.stderr.write(f"{name}, {k} of {count}: {trial.what}{fault}\n")
        yield trial


def _tallies(options: argparse.Namespace) -> list[Tally]:
    """Return the tally of each attack that is asked for, from the file or made now."""
    known = _kept(options.json)
    for attack in options.chosen:
        if attack.name not in known:
            count = options.tries or (attack.quick if options.quick else attack.full)
            known[attack.name] = attacked(attack, options.seed, count)
            if options.json is not None:
                kept = [asdict(tally) for tally in known.values()]
                write_text(options.json, json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
    return [known[attack.name] for attack in ATTACKS if attack.name in known]


def _kept(path: Path | None) -> dict[str, Tally]:
    """Return what a file of earlier results holds, but for what could not be tried.

    Raises
    ------
    WhorlError
        If it holds anything else.
    """
    if path is None or not path.exists():
        return {}
    try:
        found = [Tally(**entry) for entry in json.loads(path.read_text("utf-8"))]
    except (TypeError, ValueError) as error:
        raise WhorlError(f"{path}: not written by python -m hard; choose another file") from error
    return {
        tally.name: replace(tally, reasons=tuple(tally.reasons))
        for tally in found
        if not tally.skipped
    }


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    named = {attack.name: attack for attack in ATTACKS}
    parser = argparse.ArgumentParser(
        prog="python -m hard", description=__doc__,
        epilog="python -m hard scale, and parts: many images, with seconds and memory",
    )  # fmt: skip
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"attacks, by default all: {', '.join(named)}"
    )
    parser.add_argument("--quick", action="store_true", help="few tries of each")
    parser.add_argument("--tries", type=int, metavar="N", help="so many of each")
    parser.add_argument("--seed", type=int, metavar="N", default=0)
    parser.add_argument("--out", type=Path, metavar="PAGE.md", help="put the table into this page")
    parser.add_argument(
        "--json", type=Path, metavar="FILE",
        help="keep results here; what it holds already is not tried anew",
    )  # fmt: skip
    parser.add_argument(
        "--shape", type=int, nargs=3, metavar=("N", "M", "S"), default=SHAPE,
        help="what the cluster compares: N generated images, M candidates, S pixels a side",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in named]:
        parser.error(f"no attack is called {unknown[0]!r}: {', '.join(named)}")
    if options.tries is not None and options.tries < 1:
        parser.error("--tries must be at least 1")
    if min(options.shape[:2]) < 1 or options.shape[2] < COARSE:
        parser.error(f"--shape takes N and M of 1 or more, and S of {COARSE} or more")
    asked = [named[name] for name in named if name in (options.names or named)]
    sized = partial(cluster, shape=tuple(options.shape))
    options.chosen = [
        replace(attack, tries=sized) if attack.tries is cluster else attack for attack in asked
    ]
    return options


if __name__ == "__main__":
    sys.exit(main())
