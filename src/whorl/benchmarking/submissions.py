"""Run files of others, entered into a benchmark and ranked with the rest."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from pathlib import Path

from whorl.benchmarking.cards import TaskFolder
from whorl.benchmarking.result import Result, Setup
from whorl.benchmarking.store import Store
from whorl.errors import RunFileError, ScoreError, WhorlError
from whorl.evaluation import read_scores
from whorl.files import file_hash
from whorl.images import digest_of
from whorl.tasks.edition import edition_named
from whorl.tasks.runfile import read_run
from whorl.tasks.textfile import first_few

LIMIT = 10
LONGEST_NAME = 60


def submit(
    folder: TaskFolder,
    run: Path | str,
    out: Path | str,
    *,
    team: str,
    name: str | None = None,
    scores: Path | str | None = None,
    limit: int = LIMIT,
) -> bool:
    """Enter a run file, checked as the official validator does.

    Parameters
    ----------
    folder : TaskFolder
        The task.
    run : path
        The run file.
    out : path
        The benchmark's folder.
    team : str
        Who sent it.
    name : str or None
        What it is called; None = as its file.
    scores : path or None
        A score file of the same candidates: adds AUC and TPR at low FPR.
    limit : int
        Runs that a team may enter for one task.

    Returns
    -------
    bool
        False if this very run was there already.

    Raises
    ------
    RunFileError
        If the run breaks the format, or the team has entered as many as it may.
    ScoreError
        If the scores are not of the task's candidates.
    WhorlError
        If a name cannot be used, or the team has another run of this name.
    """
    card, store = folder.card, Store(Path(out))
    called = _name(name or Path(run).stem, "--name")
    setup = Setup(name=called, team=_name(team, "--team"), needs=None)
    used = read_run(run, card.candidates, edition_named(card.edition))
    values = None if scores is None else _scores(scores, card.candidates)
    content = [card.digest, setup.model_dump_json(), file_hash(run),
               "" if scores is None else file_hash(scores)]  # fmt: skip
    key = digest_of(content)
    store.keep_card(card)
    if store.holds(card.digest, called, key):
        return False
    entered = {r.setup for r in store.results() if r.task == card.digest}
    earlier = {one for one in entered if _folded(one.team) == _folded(setup.team)}
    if others := {one.team for one in earlier} - {setup.team}:
        raise WhorlError(
            f"--team {team}: runs are entered as {others.pop()}, which differs in capitals or "
            "spaces alone: give it as it is there"
        )
    if setup in earlier:
        raise WhorlError(f"{run}: {team} has entered another run called {called}: give --name")
    if len(earlier) >= limit:
        raise RunFileError(f"{run}: {team} has entered {len(earlier)} runs, and may enter {limit}")
    store.keep(
        Result(
            key=key,
            task=card.digest,
            setup=setup,
            seed=0,
            method="",
            rule="",
            used={i: used[i] for i in card.candidates},
            scores=values,
            null=None,
            threshold=None,
            cost=None,
            versions={},
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
        )
    )
    return True


def _folded(text: str) -> str:
    """Return a name without what may be written one way or another: case, width, spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _name(text: str, option: str) -> str:
    """Return a name, checked."""
    if not text.strip() or not text.isprintable() or len(text) > LONGEST_NAME:
        raise WhorlError(
            f"{option} {text!r}: expected 1 to {LONGEST_NAME} characters that can be printed"
        )
    return text.strip()


def _scores(path: Path | str, ids: tuple[str, ...]) -> dict[str, float]:
    """Return the candidates' scores."""
    found = read_scores(path)
    if lacking := [i for i in ids if i not in found]:
        raise ScoreError(f"{path}: {len(lacking):,} candidates have no score: {first_few(lacking)}")
    if extra := [i for i in found if i not in set(ids)]:
        raise ScoreError(f"{path}: {len(extra):,} ids are no candidates: {first_few(extra)}")
    return {i: found[i] for i in ids}
