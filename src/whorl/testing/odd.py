"""Checks at the edge of what makes sense: a value comes out, or an error with a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from whorl.errors import WhorlError
from whorl.runs import Entry
from whorl.tasks.view import Development, View
from whorl.testing.check import Check, reference_for, require
from whorl.testing.worlds import image_set, smooth_images


def _view(generated: NDArray[np.uint8], candidates: NDArray[np.uint8]) -> View:
    """Return a view of these pixels."""
    return View(image_set(generated, "generated"), image_set(candidates, "candidate"))


def _labelled(*parts: NDArray[np.uint8]) -> View:
    """Return a view whose development set holds these generated, used and not used images."""
    rng = np.random.default_rng(1)
    labelled = Development(*(image_set(pixels, "part") for pixels in parts))
    candidates = smooth_images(4, rng)
    return replace(_view(smooth_images(4, rng), candidates), development=labelled)


def _some() -> NDArray[np.uint8]:
    return smooth_images(6, np.random.default_rng(0))


def _black() -> NDArray[np.uint8]:
    return np.zeros((4, 32, 32), np.uint8)


ODD: Mapping[str, Callable[[], View]] = {
    "one_candidate": lambda: _view(_some(), _some()[:1]),
    "one_generated": lambda: _view(_some()[:1], _some()),
    "all_black": lambda: _view(_black(), _black()),
    "all_the_same": lambda: _view(_some()[[0, 0, 0]], _some()[[0, 0, 0, 0]]),
    "tiny": lambda: _view(_some()[:, :3, :3], _some()[:, 3:6, 3:6]),
    "not_square": lambda: _view(_some()[:, :9, :31], _some()[:, 9:18, :31]),
    "one_development_image_of_each_kind": lambda: _labelled(
        _some()[:1], _some()[1:2], _some()[2:3]
    ),
    "two_equal_development_images": lambda: _labelled(*3 * (_some()[[0, 0]],)),
    "black_development_set": lambda: _labelled(_black(), _black(), _black()),
}
"""Views at the edge of what makes sense, by name."""


def _value_or_named_error(made: Callable[[], View], entry: Entry) -> None:
    """Run an odd view; an error must be of whorl's and say enough to act on."""
    view = made()
    if reference_for(entry):
        view = replace(view, reference=image_set(view.candidates.pixels, "reference"))
    try:
        scores, decisions = entry.run(view)
    except WhorlError as error:
        require(len(str(error)) > 20, f"the error {str(error)!r} does not say what to do")
    except Exception as error:  # whatever it is, it has no name that a user could act on
        raise AssertionError(f"raises {type(error).__name__}: {error}") from error
    else:
        require(np.isfinite(scores.values).all(), "not every score is finite")
        require(decisions.used.dtype == np.bool_, f"decisions are {decisions.used.dtype}, not bool")


ODDITIES = tuple(
    Check(
        f"value_or_named_error_on_{name}",
        f"Odd input ({name.replace('_', ' ')}) gives a value, or a WhorlError that says why.",
        partial(_value_or_named_error, made),
    )
    for name, made in ODD.items()
)
"""What every attack promises about odd input."""
