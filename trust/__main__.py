"""``python -m trust``: simulate audits whose truth is known, and print how often they err."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from trust.page import VARIABLE
from trust.table import described, tables, write
from trust.tally import Tally, broken, tallied
from trust.worlds import World, worlds
from whorl.cache import Cache, default_folder
from whorl.compute import Compute, computing
from whorl.errors import WhorlError
from whorl.files import write_text
from whorl.progress import shown

AUDITS, QUICK = 400, 20
PAGE = Path(__file__).parents[1] / "docs" / "statistics.md"
TALLIES = TypeAdapter(list[Tally])

Tallies = dict[str, Tally]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write; 1 if something does not hold, or in plain words what is wrong."""
    options = _options(arguments)
    data = os.environ.get(VARIABLE)
    chosen = _chosen(worlds(Path(data or "") / "data"), options, with_real=bool(data))
    try:
        if options.write and not data:
            raise WhorlError(f"the page needs all worlds: set {VARIABLE} to the real images")
        with shown(), computing(Compute(cache=Cache(default_folder()))):
            tallies = _measured(chosen, options)
        print(tables(chosen, tallies))
        if options.write:
            write(PAGE, described(chosen, tallies))
    except WhorlError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    wrong = [text for world in chosen for text in broken(world, tallies[world.name])]
    sys.stderr.writelines(f"{text}\n" for text in wrong)
    return int(bool(wrong))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m trust", description=__doc__)
    parser.add_argument(
        "--audits",
        type=int,
        metavar="N",
        help=f"of each world, more where they are cheap; {AUDITS}",
    )
    parser.add_argument("--quick", action="store_true", help=f"a rough look: {QUICK} audits")
    parser.add_argument("--seed", type=int, metavar="N", default=0)
    parser.add_argument(
        "--only", metavar="TEXT", default="", help="worlds whose name holds this text"
    )
    parser.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="write every number here after each world; what it holds already is not measured anew",
    )
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE.name}")
    options = parser.parse_args(arguments)
    options.audits = options.audits or (QUICK if options.quick else AUDITS)
    if options.audits < 1:
        parser.error("--audits must be at least 1")
    if options.write and options.only:
        parser.error("--write needs all worlds: leave --only out")
    return options


def _chosen(
    everything: Sequence[World], options: argparse.Namespace, *, with_real: bool
) -> list[World]:
    """Return the worlds that are asked for and can be drawn, and say which cannot."""
    named = [world for world in everything if options.only in world.name]
    if not with_real and any(world.real for world in named):
        sys.stderr.write(f"worlds of real images are left out: {VARIABLE} is not set\n")
    return [world for world in named if with_real or not world.real]


def _measured(chosen: Sequence[World], options: argparse.Namespace) -> Tallies:
    """Return the tally of each world, from the file or from audits made now."""
    kept = _kept(options.json)
    for world in chosen:
        known, wanted = kept.get(world.name), (world.times * options.audits, options.seed)
        if known is None or (known.audits, known.seed) != wanted:
            kept[world.name] = tallied(world, *wanted)
            if options.json is not None:
                text = TALLIES.dump_json(list(kept.values()), indent=2).decode()
                write_text(options.json, text + "\n")
    return {world.name: kept[world.name] for world in chosen}


def _kept(path: Path | None) -> Tallies:
    """Return what a file holds; nothing if there is none.

    Raises
    ------
    WhorlError
        If it holds anything else.
    """
    if path is None or not path.exists():
        return {}
    try:
        found = TALLIES.validate_json(path.read_bytes())
    except ValidationError as error:
        raise WhorlError(f"{path}: not written by python -m trust; choose another file") from error
    return {tally.world: tally for tally in found}


if __name__ == "__main__":
    sys.exit(main())
