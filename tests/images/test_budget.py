from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from tests.images.files import write
from whorl.images import load
from whorl.images.budget import READERS, Budget, bytes_to_decode


def test_readers_together_never_hold_more_than_the_budget() -> None:
    budget, held, most = Budget(100), [0], [0]
    lock = threading.Lock()

    def work(size: int) -> None:
        with budget.held(size):
            with lock:
                held[0] += size
                most[0] = max(most[0], held[0])
            time.sleep(0.002)
            with lock:
                held[0] -= size

    threads = [threading.Thread(target=work, args=(size,)) for size in (60, 50, 40, 100, 30) * 6]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert most[0] <= 100
    assert budget.free == 100


def test_who_wants_more_than_all_goes_alone() -> None:
    budget = Budget(10)
    with budget.held(1000):
        assert budget.free == 0
    assert budget.free == 10


def test_of_the_largest_images_one_is_decoded_at_a_time_and_small_ones_all_at_once() -> None:
    assert 2 * bytes_to_decode(8192, 8192, 1) > READERS.total >= bytes_to_decode(8192, 8192, 1)
    assert 8 * bytes_to_decode(1024, 1024, 1) < READERS.total


def test_reading_holds_what_an_image_takes_and_gives_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Budget(bytes_to_decode(32, 48, 1))  # one at a time
    monkeypatch.setattr("whorl.images.loading.READERS", small)
    for number in range(6):
        write(tmp_path, f"{number}.png", np.full((32, 48), number, np.uint8))
    assert load(tmp_path).pixels[:, 0, 0].tolist() == list(range(6))
    assert small.free == small.total
