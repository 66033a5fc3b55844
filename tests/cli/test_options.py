"""Options that several commands share."""

from __future__ import annotations

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import TEXTS, found_or_told
from whorl.cli.options import Reading, Validating
from whorl.errors import ImageError
from whorl.images import Window


@given(st.integers(-5000, 5000), st.integers(1, 5000))
def test_a_window_is_read_as_it_is_typed(centre: int, width: int) -> None:
    assert Reading(window=f"{centre},{width}").window_parsed == Window(centre, width)


@given(TEXTS)
def test_any_other_text_is_a_usage_error_of_the_option(text: str) -> None:
    expected, fault = found_or_told(lambda: Window.parse(text), ImageError)
    if expected is None:
        with pytest.raises(typer.BadParameter) as caught:
            Reading(window=text)
        assert (str(caught.value), caught.value.param_hint) == (fault, "--window")
    else:
        assert Reading(window=text).window_parsed == expected


def test_no_window_is_none() -> None:
    assert Reading().window_parsed is None


def test_a_single_fold_is_a_usage_error() -> None:
    assert Validating(folds=0).folds == 0
    with pytest.raises(typer.BadParameter, match="must be 0, or 2 and more"):
        Validating(folds=1)
