"""Room for images whose number is not known before they come."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.errors import ImageError
from whorl.images import space
from whorl.images.space import Space


@pytest.mark.parametrize("count", [None, 5, 2, 9])
def test_what_goes_in_comes_out_however_many_were_announced(
    count: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space, "FIRST_SPACE", 2)
    room = Space(count)
    for grey in range(5):
        room.put(np.full((3, 4), grey, np.uint8))
    assert room.pixels.shape == (5, 3, 4)
    assert room.pixels[:, 0, 0].tolist() == list(range(5))
    with pytest.raises(ImageError, match="is 3×4, the first is 4×3"):
        room.put(np.zeros((4, 3), np.uint8))


def test_nothing_is_no_image() -> None:
    assert len(Space(None).pixels) == 0
