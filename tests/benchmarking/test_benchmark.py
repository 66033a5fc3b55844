"""A benchmark runs what is missing, and nothing twice."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.benchmarking.worlds import write_task
from whorl.benchmarking.benchmark import benchmark
from whorl.benchmarking.cards import survey
from whorl.benchmarking.jobs import Asked, chosen_entries, planned
from whorl.benchmarking.leaderboard import read_leaderboard
from whorl.benchmarking.running import run_job, without_result
from whorl.benchmarking.store import Store, StoreError
from whorl.errors import WhorlError
from whorl.methods import Method, Scores
from whorl.networks.backbones import find_weights
from whorl.networks.weights import Weights
from whorl.runs import entry
from whorl.tasks.view import View

ALL_USED = entry("all-used")


@dataclass(frozen=True)
class Dying(Method):
    """Ends its process, as a system that lacks memory does."""

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


@dataclass(frozen=True)
class Broken(Method):
    """Has a fault."""

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        raise ZeroDivisionError("a fault")


DYING = replace(ALL_USED, name="dying", method=Dying())
BROKEN = replace(ALL_USED, name="broken", method=Broken())


def test_the_same_again_runs_only_what_is_missing(tmp_path: Path) -> None:
    folder = survey(write_task(tmp_path / "task"))
    out = tmp_path / "out"
    first = benchmark([folder], [ALL_USED, entry("none-used")], out)
    assert (first.done, first.before) == (2, 0)
    kept = {path: path.stat().st_mtime_ns for path in out.rglob("*.json")}
    second = benchmark([folder], [ALL_USED, entry("none-used"), entry("brightness")], out)
    assert (second.done, second.before) == (1, 2)
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items())
    next((out / "results").rglob("all-used.*")).unlink()  # as after a kill
    third = benchmark([folder], [ALL_USED, entry("none-used"), entry("brightness")], out)
    assert (third.done, third.before) == (1, 2)


def test_a_killed_or_broken_job_leaves_its_reason_and_the_rest_goes_on(tmp_path: Path) -> None:
    folder = survey(write_task(tmp_path / "task"))
    out = tmp_path / "out"
    outcome = benchmark([folder], [DYING, BROKEN, ALL_USED], out, jobs=2)
    assert outcome.done == 1
    assert [job.setup.name for job in outcome.failed] == ["dying", "broken"]
    said = {failure.setup.name: failure for failure in Store(out).failures()}
    assert "signal 9" in said["dying"].reason
    assert said["broken"].reason == "ZeroDivisionError: a fault"
    assert said["broken"].command == "whorl benchmark task --methods broken --out out"


def test_what_cannot_run_is_skipped_with_its_reason(tmp_path: Path) -> None:
    root = write_task(tmp_path / "task")
    out = tmp_path / "out"
    asked = Asked(budget="full")
    outcome = benchmark([survey(root)], [entry("vcmi-8"), entry("vcmi-4")], out, asked)
    assert [job.setup.name for job in outcome.skipped] == ["vcmi-8", "vcmi-4"]
    weights, gpu = (failure for failure in Store(out).failures())
    reasons = {failure.setup.name: failure.reason for failure in (weights, gpu)}
    assert "pretrained weights" in reasons["vcmi-8"]
    assert "asks for a GPU" in reasons["vcmi-4"]
    assert str(tmp_path) not in reasons["vcmi-8"] + reasons["vcmi-4"]
    for part in (root / "development").iterdir():
        part.rename(tmp_path / part.name)
    outcome = benchmark([survey(root)], [entry("dmk-2")], tmp_path / "other")
    assert "development set" in outcome.skipped[0].obstacle


def test_a_result_says_all_that_it_rests_on(tmp_path: Path) -> None:
    folder = survey(write_task(tmp_path / "task", reference=10))
    (job,) = planned([folder], [entry("nearest-correlation")], Asked(seeds=1))
    result = run_job(job)
    assert result.task == folder.card.digest
    assert result.key == job.key
    assert result.method == repr(entry("nearest-correlation").method)
    assert result.setup.reference == "reference"
    assert result.null is not None
    assert tuple(result.null) == folder.card.reference
    assert tuple(result.used) == folder.card.candidates
    assert result.scores is not None
    assert result.threshold == max(result.null.values())
    assert result.cost is not None
    assert (result.cost.peak_mb or 0) > 10
    assert str(tmp_path) not in result.model_dump_json()


def test_the_reference_is_part_of_the_setting(tmp_path: Path) -> None:
    folder = survey(write_task(tmp_path / "with", reference=10))
    plain = survey(write_task(tmp_path / "without"))
    nearest, learner = entry("nearest-ssim"), entry("blind")

    def seen(policy: str) -> list[str]:
        jobs = planned([folder, plain], [nearest, learner], Asked(reference=policy))  # type: ignore[arg-type]
        return [job.setup.reference for job in jobs]

    assert seen("auto") == ["reference", "reference", "none", "none"]
    assert seen("none") == ["none"] * 4
    assert seen("not_used") == ["reference", "reference", "not_used", "none"]
    keys = {
        job.key
        for policy in ("auto", "none")
        for job in planned([folder, plain], [nearest], Asked(reference=policy))  # type: ignore[arg-type]
    }
    assert len(keys) == 3  # without a reference both are the same job


def test_weights_are_named_without_their_path(tmp_path: Path) -> None:
    folder = survey(write_task(tmp_path / "task"))
    weights = tmp_path / "weights"
    weights.mkdir()
    (weights / "resnet50.safetensors").write_bytes(b"weights")
    (job,) = planned([folder], [entry("vcmi-8")], Asked(weights=str(weights)))
    assert not job.obstacle
    assert "resnet50.safetensors" in job.method
    assert str(tmp_path) not in job.method
    assert (job.setup.weights or "").startswith("resnet50.safetensors (SHA-256 ")
    (job,) = planned([folder], [entry("aimultimedia-2")], Asked(weights=str(weights)))
    assert job.obstacle == "the folder of weights has no file of vgg16"


def test_weights_are_read_once_however_many_tasks_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [survey(write_task(tmp_path / name, reference=k)) for k, name in ((2, "a"), (3, "b"))]
    weights = tmp_path / "resnet50.safetensors"
    weights.write_bytes(b"weights")
    read = []

    def counted(text: str, backbone: str) -> Weights:
        read.append(backbone)
        return find_weights(text, backbone)

    monkeypatch.setattr("whorl.benchmarking.jobs.find_weights", counted)
    jobs = list(planned(folders, [entry("vcmi-8")], Asked(weights=str(weights), seeds=2)))
    assert len({job.key for job in jobs}) == 4
    assert read == ["resnet50"]


def test_patterns_choose_entries_and_baselines_are_always_there() -> None:
    names = [one.name for one in chosen_entries("vcmi-1*, dmk-2")]
    assert names == ["vcmi-1", "vcmi-10", "dmk-2", "blind", "all-used", "none-used", "random",
                     "brightness"]  # fmt: skip
    with pytest.raises(WhorlError, match="did you mean vcmi-1"):
        chosen_entries("vcmi_1")


def test_one_task_in_two_folders_is_refused(tmp_path: Path) -> None:
    one, two = (survey(write_task(tmp_path / name)) for name in ("one", "two"))
    with pytest.raises(WhorlError, match="holds the same images as"):
        benchmark([one, two], [ALL_USED], tmp_path / "out")


def test_a_broken_result_is_named(tmp_path: Path) -> None:
    folder = survey(write_task(tmp_path / "task"))
    out = tmp_path / "out"
    benchmark([folder], [ALL_USED], out)
    (path,) = out.glob("results/*/*.json")
    path.write_text(path.read_text("utf-8").replace('"seed":0', '"seed":"x"'), encoding="utf-8")
    with pytest.raises(StoreError, match=r"all-used.*seed"):
        Store(out).results()


def test_interrupted_and_resumed_it_comes_to_the_same_leaderboard(tmp_path: Path) -> None:
    folder = survey(write_task(tmp_path / "task", reference=6))
    entries = [entry(name) for name in ("nearest-correlation", "blind", "random", "all-used")]

    def told(out: Path) -> list[dict[str, object]]:
        costs = ("seconds", "cpu_seconds", "peak_mb")
        records = read_leaderboard(out).to_records()
        return [{name: v for name, v in one.items() if name not in costs} for one in records]

    benchmark([folder], entries, tmp_path / "whole")
    benchmark([folder], [*entries[:2], DYING], tmp_path / "cut")
    benchmark([folder], entries, tmp_path / "cut")
    assert [one for one in told(tmp_path / "cut") if one["name"] != "dying"] == told(
        tmp_path / "whole"
    )


def test_a_reason_names_no_path_of_the_machine(tmp_path: Path) -> None:
    folder = survey(write_task(tmp_path / "task"))
    (job,) = planned([folder], [entry("vcmi-8")], Asked(weights=str(tmp_path / "none.pt")))
    reason = without_result(job).reason
    assert reason.startswith("--weights none.pt: cannot be read")
    assert str(tmp_path) not in reason


def test_patients_are_numbered_over_both_sets_by_table_or_record(tmp_path: Path) -> None:
    root = write_task(tmp_path / "task", reference=4)
    ids, others = survey(root).card.candidates, survey(root).card.reference
    assert survey(root).card.patients is None
    lines = [f"{i},Meier{k // 2}" for k, i in enumerate(ids)]
    lines += [f"{i},Abel" for i in others[1:]] + [f"{others[0]},Meier0"]
    (root / "patients.csv").write_text("\n".join(["image_id,patient", *lines]), encoding="utf-8")
    card = survey(root).card
    assert card.patients == tuple(k // 2 for k in range(24))
    assert card.reference_patients == (0, 12, 12, 12)
    assert "Meier" not in card.model_dump_json()
    (root / "patients.csv").unlink()
    (root / "task.json").write_text(json.dumps({
        "generator": {"kind": "gan", "memorised_share": 0.25},
        "files": {f"test/real_unknown_1/{i}.png": {"patient": "P1"} for i in ids},
    }))  # fmt: skip
    card = survey(root).card
    assert card.patients == (0,) * 24
    assert (card.generator, card.memorised) == ("gan", 0.25)


@pytest.mark.parametrize("text", ["{", "[]"])
def test_a_broken_record_of_a_task_is_named(tmp_path: Path, text: str) -> None:
    root = write_task(tmp_path / "task")
    (root / "task.json").write_text(text, encoding="utf-8")
    with pytest.raises(WhorlError, match=r"task\.json: (is not JSON|expected a JSON object)"):
        survey(root)


def test_a_task_without_a_test_set_is_refused(tmp_path: Path) -> None:
    root = write_task(tmp_path / "task")
    with pytest.raises(WhorlError, match="holds no test set"):
        survey(root / "development")
