"""What a reader is shown of a candidate, in a world where it is known what was copied where."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.auditing import evidence
from whorl.auditing.evidence import explanations, half_area, place_of
from whorl.methods import Traces
from whorl.methods.explain import ExplainAway
from whorl.tasks.view import View
from whorl.testing.worlds import image_set, smooth_images

SIZE = 96


def world() -> View:
    """Sixteen reals; "m0" has real 3 in its lower left ninth and real 5 elsewhere."""
    rng = np.random.default_rng(0)
    reals = image_set(smooth_images(16, rng, SIZE), "real")
    made = smooth_images(6, rng, SIZE)
    made[0] = reals.pixels[5]
    made[0, 2 * SIZE // 3 :, : SIZE // 3] = reals.pixels[3, 2 * SIZE // 3 :, : SIZE // 3]
    made[1] = reals.pixels[3][:, ::-1]
    return View(image_set(made, "m"), reals.take(range(10)), reals.take(range(10, 16)))


def traces_of(view: View) -> Traces:
    traces = ExplainAway().score(view).traces
    assert traces is not None
    return traces


def test_it_shows_which_images_are_explained_and_where() -> None:
    view = world()
    whole, part = explanations(view, traces_of(view), [5, 3])
    assert view.generated.ids[whole[0].index] == view.generated.ids[0]
    by_index = {found.index: found for found in part}
    assert by_index[0].place == "lower left"
    assert by_index[0].half < whole[0].half
    assert whole[0].place != "lower left"
    assert whole[0].laid.correlation > max(0.5, whole[0].others or 0)
    assert [found.share for found in whole] == sorted((f.share for f in whole), reverse=True)


def test_the_strongest_place_of_all_images_of_a_candidate_is_one() -> None:
    view = world()
    (found,) = explanations(view, traces_of(view), [5])
    assert max(float(each.where.max()) for each in found) == 1
    assert min(float(each.where.min()) for each in found) >= 0


def test_a_sample_of_reals_by_content_competes_for_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_RIVALS", 4)
    assert evidence.rivals(("d", "b", "e", "a", "c"), [2, 0]) == [2, 0, 3, 1]
    assert evidence.rivals(("d", "b"), [1]) == [1, 0]


def test_nothing_shown_is_nothing_computed() -> None:
    view = world()
    assert explanations(view, traces_of(view), []) == []


def test_without_a_rival_nobody_else_is_named() -> None:
    view = world()
    lone = View(view.generated, view.candidates.take([3]))
    (found,) = explanations(lone, traces_of(lone), [0])
    assert found[0].others is None
    assert found[0].place == ""


def test_half_of_an_even_field_is_half_of_the_area() -> None:
    assert half_area(np.ones((4, 4), np.float32)) == 0.5
    assert half_area(np.zeros((4, 4), np.float32)) == 0.5


@pytest.mark.parametrize(
    ("row", "column", "name"),
    [(0, 2, "upper right"), (1, 1, "centre"), (1, 0, "middle left"), (2, 1, "lower centre")],
)
def test_places_are_named_as_seen_on_the_page(row: int, column: int, name: str) -> None:
    field = np.full((9, 9), 0.1, np.float32)
    field[3 * row : 3 * row + 3, 3 * column : 3 * column + 3] = 1
    assert place_of(field) == name
