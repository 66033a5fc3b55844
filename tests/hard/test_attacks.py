"""whorl under attack: a few tries of each in the suite, all of them with -m slow."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from hard.attack import tallied
from hard.attacks import ATTACKS

BY_NAME = {attack.name: attack for attack in ATTACKS}
LIGHT = {"truncated": 30, "rewriting": 30, "crafted": 30}
"""Those that need no process of their own, with the tries that take a second or two."""

LEAST = {"crafted": 134}
"""Where a full run makes as many tries as there are."""


@pytest.mark.parametrize("name", LIGHT)
def test_a_few_tries_end_as_they_have_to(name: str, tmp_path: Path) -> None:
    tally = tallied(name, BY_NAME[name].tries(tmp_path, Random(1), LIGHT[name]))
    assert tally.reasons == ()
    assert tally.tried == tally.as_wanted == LIGHT[name]


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_all_tries_end_as_they_have_to(attack, tmp_path: Path) -> None:
    tally = tallied(attack.name, attack.tries(tmp_path, Random(0), attack.full))
    if tally.skipped:
        pytest.skip(tally.skipped)
    assert tally.reasons == ()
    assert tally.as_wanted == tally.tried >= LEAST.get(attack.name, attack.full)
