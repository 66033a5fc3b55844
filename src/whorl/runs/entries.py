"""What a run is: a method with its rule, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from whorl.decisions import Decisions, Rule
from whorl.errors import NeedError
from whorl.methods.base import Method, Scores
from whorl.methods.supervised import SupervisedMethod
from whorl.runs.settings import AS_IT_IS, SettingError, Settings
from whorl.tasks.view import Development, View

OVERVIEW = "Andrei et al., Overview of ImageCLEFmedical GANs, CLEF 2023 Working Notes"


class Fidelity(StrEnum):
    """How closely an entry follows the run that a team submitted."""

    SPECIFIED = "specified"
    PARTIAL = "partial"
    RECONSTRUCTION = "reconstruction"


@dataclass(frozen=True)
class Entry:
    """A run: a method with its rule, and where it comes from.

    Attributes
    ----------
    name : str
        What the command line calls it.
    method : Method
        Gives the scores.
    rule : Rule
        Turns them into decisions.
    summary : str
        What it does, in one line.
    team : str
        Who submitted it; "whorl" for entries of this project.
    citation : str
        The paper it comes from; empty for the trivial rows.
    fidelity : Fidelity or None
        How closely it follows the submitted run; None where there was none.
    paper_f1 : float or None
        The F1 printed in the overview paper's table 2.
    settings : Settings
        What the user has set of it.
    """

    name: str
    method: Method
    rule: Rule
    summary: str
    team: str = "whorl"
    citation: str = ""
    fidelity: Fidelity | None = None
    paper_f1: float | None = None
    settings: Settings = AS_IT_IS

    def with_settings(self, settings: Settings) -> Entry:
        """Return the entry with its method set as the user wants it.

        Raises
        ------
        SettingError
            Naming the option that the method does not take.
        """
        try:
            method = settings.applied(self.method)
        except SettingError as error:
            reason = error.reason.replace(type(self.method).__name__, self.name, 1)
            raise SettingError(error.option, reason) from error
        return replace(self, method=method, settings=settings)

    def run(self, view: View, *, seed: int = 0) -> tuple[Scores, Decisions]:
        """Score the candidates and decide by the entry's own rule."""
        scores = self.score(view, seed=seed)
        return scores, self.rule.decide(scores)

    def score(self, view: View, *, seed: int = 0) -> Scores:
        """Score the candidates, as :meth:`whorl.methods.Method.score` does.

        Raises
        ------
        NeedError
            Naming the entry: if the view lacks what the method needs.
        """
        try:
            return self.method.score(view, seed=seed)
        except NeedError as error:
            raise NeedError(str(error).replace(type(self.method).__name__, self.name, 1)) from error

    def fitted(self, development: Development, *, seed: int = 0) -> Entry:
        """Return the entry with its method fitted on a development set.

        Raises
        ------
        NeedError
            If the method learns nothing from a development set.

        Examples
        --------
        >>> from whorl.runs import entry
        >>> from whorl.tasks.sample import sample_task
        >>> view = sample_task().view
        >>> blind = entry("blind").fitted(view.development)
        >>> blind.run(replace(view, development=None))[0].values.shape
        (60,)
        """
        if not isinstance(self.method, SupervisedMethod):
            raise NeedError(f"{self.name} learns nothing from a development set: run it as it is")
        return replace(self, method=self.method.fit(development, seed=seed))

    def to_dict(self) -> dict[str, object]:
        """Return the fields that ``whorl methods --json`` lists."""
        return {
            "name": self.name,
            "team": self.team,
            "needs": sorted(self.method.needs),
            "fidelity": self.fidelity,
            "paper_f1": self.paper_f1,
            "citation": self.citation,
            "summary": self.summary,
            "method": repr(self.method),
            "rule": repr(self.rule),
        }
