from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from whorl.cache import Cache
from whorl.compute import Compute, computing
from whorl.networks.runtime import arrays_of, computed_in_batches, load_arrays, seeded
from whorl.networks.trainer import Trainer
from whorl.networks.training import Plan, trained

torch = pytest.importorskip("torch")

INPUTS = np.random.default_rng(0).normal(size=(13, 4)).astype(np.float32)
TARGETS = INPUTS.sum(axis=1, keepdims=True)


def network() -> Any:
    with seeded(5):
        return torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.ReLU(),
                                   torch.nn.Dropout(0.1), torch.nn.Linear(8, 1))  # fmt: skip


def loss_of(net: Any, rows: Any, rng: np.random.Generator) -> Any:
    noise = torch.from_numpy(rng.normal(0, 0.01, (len(rows), 4)).astype(np.float32))
    return torch.nn.functional.mse_loss(
        net(torch.from_numpy(INPUTS[rows]) + noise), torch.from_numpy(TARGETS[rows])
    )


def held_out(net: Any) -> float:
    with torch.no_grad():
        outputs = net(torch.from_numpy(INPUTS))
    return float(torch.nn.functional.mse_loss(outputs, torch.from_numpy(TARGETS)))


def run(plan: Plan, *, watched: bool = False, loss: Any = loss_of) -> dict[str, Any]:
    net = network()
    watch = held_out if watched else None
    trained(net, loss, len(INPUTS), plan, seed=1, label="test", key="net", held_out=watch)
    return arrays_of(net)


def same(a: dict[str, Any], b: dict[str, Any]) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


class StoppedError(Exception):
    """Stands for Ctrl-C."""


def stopping_after(steps: int) -> Any:
    done = [0]

    def loss(net: Any, rows: Any, rng: np.random.Generator) -> Any:
        if done[0] == steps:
            raise StoppedError
        done[0] += 1
        return loss_of(net, rows, rng)

    return loss


@pytest.mark.parametrize("plan", [
    Plan(6, batch=4, learning_rate=0.01),
    Plan(6, batch=4, learning_rate=0.01, optimiser="sgd", weight_decay=1e-3),
    Plan(12, batch=4, learning_rate=0.05, patience=3),
])  # fmt: skip
@pytest.mark.parametrize("steps", [1, 3, 7, 9])
def test_a_resumed_training_ends_as_one_without_interruption(
    plan: Plan, steps: int, tmp_path: Path
) -> None:
    watched = plan.patience is not None
    with computing(Compute(threads=1)):
        straight = run(plan, watched=watched)
    with computing(Compute(threads=1, cache=Cache(tmp_path))):
        with pytest.raises(StoppedError):
            run(plan, watched=watched, loss=stopping_after(steps))
        resumed = run(plan, watched=watched)
    assert same(resumed, straight)


def test_a_training_that_was_done_is_not_done_again(tmp_path: Path) -> None:
    plan = Plan(3, batch=4)
    with computing(Compute(cache=Cache(tmp_path))):
        first = run(plan)
        assert same(run(plan, loss=stopping_after(0)), first)
        with pytest.raises(StoppedError):
            run(Plan(3, batch=5), loss=stopping_after(0))


@pytest.mark.filterwarnings("ignore:.*begins anew")
@pytest.mark.parametrize("crafted", [
    {"result.0.weight": np.zeros((2, 2), np.float32)},
    {"losses": np.zeros(2)},
    {"watched": np.zeros(0), "losses": np.zeros(2), "optimiser.nine": np.zeros(2)},
    "optimiser", "bytes",
])  # fmt: skip
def test_what_the_cache_holds_of_another_training_is_not_gone_on_with(
    crafted: Any, tmp_path: Path
) -> None:
    from safetensors.numpy import load, save

    plan, cache = Plan(3, batch=4), Cache(tmp_path)
    with computing(Compute(threads=1)):
        straight = run(plan)
    with computing(Compute(threads=1, cache=cache)):
        with pytest.raises(StoppedError):
            run(plan, loss=stopping_after(5))
        ((key, found),) = kept_in(cache)
        if crafted == "optimiser":
            state = load(found.tobytes())
            crafted = {
                name: np.zeros(3, np.float32) if name.endswith("exp_avg") else array
                for name, array in state.items()
            }
        content = b"no state" if crafted == "bytes" else save(crafted)
        cache.put(key, np.frombuffer(content, np.uint8))
        assert same(run(plan), straight)


def kept_in(cache: Cache) -> list[tuple[str, Any]]:
    """Return the one key that a training of `run` has, and what is kept under it."""
    key = f"training net {Plan(3, batch=4)!r} seed 1 items {len(INPUTS)} on cpu"
    return [(key, cache.get(key))]


def test_an_unknown_optimiser_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^no optimiser 'adamw': choose adam or sgd$"):
        Plan(1, optimiser="adamw")


def test_training_learns() -> None:
    net = network()
    before = held_out(net.eval())
    trained(net, loss_of, len(INPUTS), Plan(200, 4, 0.01), seed=1, label="test", key="")
    assert held_out(net.eval()) < before / 5


def test_early_stopping_takes_the_best_weights() -> None:
    seen: list[float] = []

    def watch(net: Any) -> float:
        seen.append(held_out(net))
        return seen[-1]

    net = network()
    plan = Plan(100, batch=4, learning_rate=0.5, patience=3)
    trained(net, loss_of, len(INPUTS), plan, seed=1, label="test", key="", held_out=watch)
    assert 3 < len(seen) < 100
    assert int(np.argmin(seen)) == len(seen) - 4
    assert held_out(net) == min(seen)


def test_the_last_item_is_never_alone() -> None:
    sizes: list[int] = []

    def loss(net: Any, rows: Any, rng: np.random.Generator) -> Any:
        sizes.append(len(rows))
        return loss_of(net, rows, rng)

    trained(network(), loss, 13, Plan(1, batch=4), seed=0, label="test", key="")
    assert sizes == [4, 4, 5]


def test_the_running_average_follows() -> None:
    net = network()
    trainer = Trainer(net, torch.optim.SGD(net.parameters(), 0.1), seed=0, averaging=0.5)
    before = arrays_of(net)["0.bias"]
    trainer.step(lambda rng: loss_of(net, np.arange(13), rng))
    assert trainer.average is not None
    expected = before + (1 - 1 / 11) * (arrays_of(net)["0.bias"] - before)
    np.testing.assert_allclose(arrays_of(trainer.average)["0.bias"], expected, rtol=1e-6)


def test_the_rate_is_that_of_the_step() -> None:
    net = network()
    optimiser = torch.optim.SGD(net.parameters(), 1.0)
    trainer = Trainer(net, optimiser, seed=0, rate=lambda step: 0.1 / (step + 1))
    for expected in (0.1, 0.05):
        trainer.step(lambda rng: loss_of(net, np.arange(13), rng))
        assert optimiser.param_groups[0]["lr"] == expected


def test_in_batches_as_at_once() -> None:
    net = network().eval()
    with torch.inference_mode():
        whole = net(torch.from_numpy(INPUTS)).numpy()
    np.testing.assert_allclose(computed_in_batches(net, INPUTS, batch=5), whole, atol=1e-6)


def test_weights_of_another_network_are_refused() -> None:
    with pytest.raises(RuntimeError, match="size mismatch"):
        load_arrays(network(), {n: np.zeros((2, 2), np.float32) for n in arrays_of(network())})
