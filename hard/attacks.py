"""All attacks, in the order of the table."""

from __future__ import annotations

from hard.attack import Attack
from hard.clock import clock
from hard.cluster import cluster
from hard.crafted import crafted
from hard.disks import disks
from hard.kills import kills
from hard.names import NAMES, names
from hard.rewriting import rewriting
from hard.truncated import truncated

ATTACKS = (
    Attack(
        "kills",
        "`audit`, `run`, `generator train`, `task build` and `benchmark` killed (SIGKILL) at "
        "drawn moments, then given again",
        "nothing half written; in the end the same as unbroken",
        kills, full=46, quick=5,
    ),
    Attack(
        "truncated",
        "files of 24 kinds cut short: images, volumes, stacks, archives, run files, models, "
        "generators, weights, cache",
        "an error that names the file, or the same values",
        truncated, full=360, quick=48,
    ),
    Attack(
        "rewriting",
        "images, run files, models, generators and cache entries loaded while they are rewritten",
        "one content or the other",
        rewriting, full=2_500, quick=120,
    ),
    Attack(
        "crafted",
        "pickles, models, weights, arrays and archives made to run something or to write outside",
        "refused by a named error; nothing runs",
        crafted, full=1_000, quick=60,
    ),
    Attack(
        "names",
        "candidates with hostile names (markup, script, templates, formulas, invisible letters), "
        "their report used in headless Chromium",
        "no dialog, no request, no error, no window",
        names, full=len(NAMES), quick=4,
    ),
    Attack(
        "cluster",
        "workers, nannies, the scheduler and whorl itself killed while a Dask cluster computes",
        "the same bytes as on one machine; without a scheduler a named error, and the same "
        "command goes on",
        cluster, full=10, quick=2,
    ),
    Attack(
        "disks",
        "full and read-only disks for outputs and for the cache, files that may not grow",
        "a named error and nothing half written; where only the cache is met, the same result",
        disks, full=20, quick=5,
    ),
    Attack(
        "clock",
        "the clock set back by an hour to twenty years, in mid-run too, and files of any age",
        "the same result",
        clock, full=9, quick=3,
    ),
)  # fmt: skip
"""Of each what is done, what has to come of it, and how often it is tried."""
