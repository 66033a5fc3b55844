"""The worlds that audits are tried in, and what must hold in each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from trust.real import Parted, chest_ct, nodules
from trust.simulated import Drawn, Leak
from trust.trials import LEVEL, Trial

SHARES = {"a tenth": 0.1, "half": 0.5, "all": 1.0}
STRENGTHS = (0.75, 1.5, 3.0)


@dataclass(frozen=True)
class Bound:
    """What a rate must be.

    Attributes
    ----------
    rate : str
        As :class:`trust.trials.Said` names it.
    limit : float
    at_most : bool
        Whether the rate must not be above the limit, or not below it.
    """

    rate: str
    limit: float
    at_most: bool = True


@dataclass(frozen=True)
class World:
    """One kind of audit.

    Attributes
    ----------
    name : str
        In words.
    draw : function of a random generator to Trial
        Draws one.
    bounds : tuple of Bound
        What must hold.
    uniform : bool
        Whether p-values of images must be uniform, not only valid.
    real : bool
        Whether it takes real images.
    leaked : bool
        Whether anything was used.
    times : int
        So many times the audits asked for are made, where they are cheap.
    """

    name: str
    draw: Callable[[np.random.Generator], Trial]
    bounds: tuple[Bound, ...]
    uniform: bool = False
    real: bool = False
    leaked: bool = False
    times: int = 1


CHEAP = 5
DISCOVERIES = (Bound("false patients", LEVEL), Bound("false images", LEVEL))
NOTHING = (Bound("shown", LEVEL), *DISCOVERIES)
LEAKED = (*DISCOVERIES, Bound("covered", 1 - LEVEL, at_most=False))
SHIFTED = (Bound("warned", 0.9, at_most=False),)


def worlds(data: Path) -> tuple[World, ...]:
    """Return all worlds; real images are read from a folder when one of their audits is drawn."""
    slices, crops = partial(chest_ct, data), partial(nodules, data)
    return (
        World(
            "200 and 199 patients of one image", Drawn(200, 199), NOTHING, uniform=True, times=CHEAP
        ),
        World(
            "lung nodules, 200 and 199 patients of one image, patients not given",
            Parted(crops, 200, 199, 300, given=False),
            NOTHING,
            uniform=True,
            real=True,
        ),
        World(
            "chest CT, 13 and 13 patients of 1 to 92 slices, patients given",
            Parted(slices, 13, 13, 10),
            NOTHING,
            real=True,
        ),
        World(
            "chest CT, 13 and 13 patients, patients not given",
            Parted(slices, 13, 13, 10, given=False),
            NOTHING,
            real=True,
        ),
        World(
            "chest CT, 20 and 30 patients, patients not given",
            Parted(slices, 20, 30, 15, given=False),
            NOTHING,
            real=True,
        ),
        World(
            "30 and 40 patients of 1 to 80 images, alike by 0.7",
            Drawn(30, 40, 80, 80, alike=0.7),
            NOTHING,
            times=CHEAP,
        ),
        World(
            "30 patients of 1 to 80 images and 40 of 1 to 5, alike by 0.7",
            Drawn(30, 40, 80, 5, alike=0.7),
            NOTHING,
            times=CHEAP,
        ),
        World(
            "30 patients of 1 to 80 images and 40 of 1, not alike",
            Drawn(30, 40, 80, 1),
            NOTHING,
            times=CHEAP,
        ),
        World(
            "chest CT, 20 and 30 patients, reference softer and paler",
            Parted(slices, 20, 30, 15, foreign=True),
            SHIFTED,
            real=True,
        ),
        World(
            "lung nodules, 100 and 100 patients, reference of three quarters the pixels",
            Parted(crops, 100, 100, 300, foreign=True),
            SHIFTED,
            real=True,
        ),
        *_leaked("200 and 200 patients of one image", lambda leak: Drawn(200, 200, leak=leak)),
        *_leaked(
            "chest CT, 20 and 30 patients of 1 to 92 slices",
            lambda leak: Parted(slices, 20, 30, 15, look=False, leak=leak),
            real=True,
        ),
    )


def _leaked(
    name: str, draw: Callable[[Leak], Callable[[np.random.Generator], Trial]], *, real: bool = False
) -> Iterator[World]:
    """Yield a world for each share that was used, and each strength."""
    for words, share in SHARES.items():
        for strength in STRENGTHS:
            yield World(
                f"{name}; {words}, by {strength:g}",
                draw(Leak(share, strength)),
                LEAKED,
                real=real,
                leaked=True,
            )
