"""The contract as a whole: which checks an attack must pass, and the one line that runs them."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import indent

from whorl.errors import WhorlError
from whorl.methods import Method
from whorl.methods.supervised import SupervisedMethod
from whorl.runs import Entry, as_entry
from whorl.testing.check import Check
from whorl.testing.form import FORM
from whorl.testing.learning import LEARNING
from whorl.testing.odd import ODDITIES
from whorl.testing.power import POWER


class ContractError(WhorlError):
    """An attack breaks promises of the contract.

    Attributes
    ----------
    broken : mapping of str to str
        Name of the check → how the promise is broken.
    """

    def __init__(self, name: str, broken: Mapping[str, str], tried: int) -> None:
        lines = [f"{name} fails {len(broken)} of {tried} checks:"]
        lines += [f"{check}:\n{indent(message, '    ')}" for check, message in broken.items()]
        super().__init__(indent("\n".join(lines), "  ").lstrip())
        self.broken = dict(broken)


def checks_of(method: str | Method | Entry) -> tuple[Check, ...]:
    """Return the checks that an attack must pass.

    With pytest each becomes a test of its own::

        @pytest.mark.parametrize("check", checks_of(MyAttack()), ids=lambda check: check.name)
        def test_contract(check: Check) -> None:
            check.run(MyAttack())

    Parameters
    ----------
    method : str, Method or Entry
        The attack, before it is fitted. One that learns from a development set has more checks.

    Examples
    --------
    >>> checks = checks_of("brightness")
    >>> checks[0].name, checks[0].promise
    ('one_finite_score_for_each_candidate',
     "Every candidate gets one finite score and one decision, in the view's order.")
    >>> len(checks_of("blind")) - len(checks)
    3
    """
    learns = isinstance(as_entry(method).method, SupervisedMethod)
    return (*FORM, *POWER, *ODDITIES, *(LEARNING if learns else ()))


def check_method(method: str | Method | Entry, *, excused: Mapping[str, str] | None = None) -> None:
    """Hold an attack to the whole contract.

    It is scored some 150 times on small images, so one that trains should be given a small budget.
    Optional libraries that it needs, and skops if it learns, must be installed.

    Parameters
    ----------
    method : str, Method or Entry
        The attack, before it is fitted.
    excused : mapping of str to str, optional
        Name of a check → why the attack, by its nature, does not pass it. An excuse must hold:
        if the check is passed after all, that is a failure too. It covers a broken promise, not
        an attack that ends in an error.

    Raises
    ------
    ContractError
        Naming every check that failed, and how.
    WhorlError
        If an excuse names no check of this attack.

    Examples
    --------
    >>> blind = {"finds_planted_copies": "never looks at a generated image"}
    >>> check_method("brightness", excused=blind)
    >>> check_method("brightness")
    Traceback (most recent call last):
    whorl.testing.contract.ContractError: brightness fails 1 of 21 checks:
      finds_planted_copies:
        AUC 0.576, 0.653, 0.535 on three tasks: each must be above 0.9
    """
    own, checks, excuses = as_entry(method), checks_of(method), dict(excused or {})
    if unknown := sorted(excuses.keys() - {check.name for check in checks}):
        raise WhorlError(
            f"{own.name} has no check called {', '.join(unknown)}: checks_of({own.name!r}) "
            "lists their names"
        )
    faults = {check.name: _fault(check, own, excuses.get(check.name)) for check in checks}
    errors = {name: error for name, error in faults.items() if error is not None}
    if errors:
        broken = {name: _worded(error) for name, error in errors.items()}
        raise ContractError(own.name, broken, len(checks)) from ExceptionGroup(
            "what the checks raised", list(errors.values())
        )


def _fault(check: Check, entry: Entry, excuse: str | None) -> Exception | None:
    """Run a check; return what it raised, None if all is as it should be."""
    try:
        check.run(entry)
    except AssertionError as error:
        return error if excuse is None else None
    except Exception as error:  # an attack may raise whatever its author's slip leads to
        return error
    if excuse is None:
        return None
    return AssertionError(f"is passed, so the excuse {excuse!r} no longer holds: remove it")


def _worded(error: Exception) -> str:
    """Return an error's message, with its type unless it is a promise that was broken."""
    message = str(error).strip()
    return message if type(error) is AssertionError else f"{type(error).__name__}: {message}"
