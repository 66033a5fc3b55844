"""The tasks and the runs behind docs/runs.md, docs/tasks.md and docs/explain-away.md; resumable.

``python scripts/benchmark.py DATA OUT`` builds tasks with known truth from the real images under
``DATA/data`` (a folder of images and a manifest for each pool), makes two null tasks of images
that no generator saw, and runs the catalogue on them and on the tasks under ``DATA/tasks``. On a
CPU that takes hours; the same command goes on where it was. ``--only`` some tasks, or
``--methods``, does a part. Then ``make docs FROM=OUT/results`` writes the pages.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from whorl.images import ImageSet, load


@dataclass(frozen=True)
class Wanted:
    """A task to be built."""

    name: str
    pool: str
    generator: str
    train: int
    development: int
    test: int
    size: int
    split: str


WANTED = (
    Wanted("ct-pca-80", "ct_slices", "pca-diffusion", 80, 20, 100, 128, "patient"),
    Wanted("ct-pca-400", "ct_slices", "pca-diffusion", 400, 80, 200, 128, "slice"),
    Wanted("ct-latent-80", "ct_slices", "latent-diffusion", 80, 20, 100, 128, "patient"),
    Wanted("ct-latent-400", "ct_slices", "latent-diffusion", 400, 80, 200, 128, "slice"),
    Wanted("ct-gan-80", "ct_slices", "gan", 80, 20, 100, 128, "patient"),
    Wanted("ct-gan-400", "ct_slices", "gan", 400, 80, 200, 128, "slice"),
    Wanted("nodules-pca-200", "nodule_crops", "pca-diffusion", 200, 60, 200, 64, "patient"),
    Wanted("nodules-latent-120", "nodule_crops", "latent-diffusion", 120, 30, 120, 64, "patient"),
    Wanted("nodules-latent-500", "nodule_crops", "latent-diffusion", 500, 80, 200, 64, "slice"),
)
NULL = {"ct-null": "ct-pca-400", "nodules-null": "nodules-pca-200"}
GIVEN = ("ct-latent-diffusion", "ct-pca-diffusion")
SAMPLE = "sample"
GENERATED = 1000
BACKBONES = {  # of the runs that start from pretrained weights, and the size each is trained at
    "resnet18": 64, "resnet50": 64, "resnet101": 64, "vgg11": 64, "vgg16": 64,
    "inception_v3": 96, "vit_base_patch32_224": 224,
}  # fmt: skip
OWN = "whorl"  # is run without a reference too
PACKAGED = "one-five-one-zero-3,copy-embedding"  # whose weights a package brings


def whorl(*arguments: object) -> None:
    """Run the command line in a process of its own."""
    command = Path(sys.executable).with_name("whorl")
    subprocess.run([command, *map(str, arguments)], check=True)  # noqa: S603


def build(data: Path, out: Path, wanted: Wanted) -> None:
    """Build a task, or finish one that was interrupted."""
    pool = data / "data" / wanted.pool
    whorl(
        "task", "build", pool / "images", "--out", out / wanted.name,
        "--generator", wanted.generator, "--train", wanted.train,
        "--development", wanted.development, "--test", wanted.test, "--generated", GENERATED,
        "--patients", pool / "manifest.csv", "--patient-column", "patient_group",
        "--split", wanted.split, "--size", wanted.size,
    )  # fmt: skip


def build_null(data: Path, out: Path, name: str, wanted: Wanted, each: int = 200) -> None:
    """Make a task of images that the generator never saw, with truth drawn at random."""
    source, folder = out / wanted.name, out / name
    if (folder / "truth.csv").exists():
        return
    pool = data / "data" / wanted.pool
    images = load(pool / "images", resize=wanted.size)
    with (pool / "manifest.csv").open() as file:
        patient = {row["image_id"]: row["patient_group"] for row in csv.DictReader(file)}
    seen = set(json.loads((source / "task.json").read_text())["generator"]["training_hashes"])
    free = [k for k, content in enumerate(images.hashes) if content not in seen]
    rng = np.random.default_rng(0)
    patients = rng.permutation(sorted({patient[images.ids[k]] for k in free}))
    judged = set(patients[: len(patients) // 2])
    sides = [
        rng.permutation([k for k in free if (patient[images.ids[k]] in judged) is side])[:each]
        for side in (True, False)
    ]
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source / "test" / "generated_1", folder / "test" / "generated_1")
    whose = ["image_id,patient"]
    for part, stem, rows in (
        (folder / "test" / "real_unknown_1", "real_unknown", sides[0]),
        (folder / "reference", "reference", sides[1]),
    ):
        part.mkdir(parents=True)
        for number, k in enumerate(rows, 1):
            save(images, int(k), part / f"{stem}_{number:04}.png")
            whose.append(f"{stem}_{number:04},{patient[images.ids[k]]}")
    used = rng.permutation(np.arange(len(sides[0])) < len(sides[0]) // 2)
    truth = [f"real_unknown_{number:04},{int(u)}" for number, u in enumerate(used, 1)]
    (folder / "patients.csv").write_text("\n".join(whose) + "\n")
    (folder / "truth.csv").write_text("\n".join(truth) + "\n")


def pretrain(data: Path, out: Path, crops: int = 64) -> None:
    """Train each backbone for two passes over some crops: weights of known making, no good ones."""
    pool, folder = out / "crops", out / "backbones"
    pool.mkdir(parents=True, exist_ok=True)
    folder.mkdir(exist_ok=True)
    for image in sorted((data / "data" / "nodule_crops" / "images").iterdir())[:crops]:
        if not (pool / image.name).exists():
            shutil.copyfile(image, pool / image.name)
    for backbone, size in BACKBONES.items():
        file = folder / f"{backbone}.safetensors"
        if not file.exists():
            whorl(
                "pretrain", pool, "--backbone", backbone, "--out", file,
                "--epochs", 2, "--size", size, "--threads", 1,
            )  # fmt: skip


def save(images: ImageSet, k: int, path: Path) -> None:
    """Write one image."""
    Image.fromarray(images.pixels[k]).save(path)


def main() -> None:
    """Build what is missing, and run what is missing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", nargs="*", default=[], help="names of tasks")
    parser.add_argument("--methods", default="all")
    asked = parser.parse_args()
    tasks = asked.out / "tasks"
    names = asked.only or [*(wanted.name for wanted in WANTED), *NULL, *GIVEN, SAMPLE]
    by_name = {wanted.name: wanted for wanted in WANTED}
    for name in names:
        if name in by_name:
            build(asked.data, tasks, by_name[name])
    for name in names:
        if name in NULL:
            build_null(asked.data, tasks, name, by_name[NULL[name]])
    folders = [asked.data / "tasks" / name if name in GIVEN else tasks / name
               for name in names if name != SAMPLE]  # fmt: skip
    sample = ["--sample"] * (SAMPLE in names)
    pretrain(asked.data, asked.out)
    backbones = asked.out / "backbones"
    for methods, reference, weights in (
        (asked.methods, "not-used", backbones),
        (PACKAGED, "not-used", "package"),
        (OWN, "none", backbones),
    ):
        whorl(
            "benchmark", *folders, *sample, "--methods", methods, "--out", asked.out / "results",
            "--reference", reference, "--budget", "fast", "--weights", weights,
        )  # fmt: skip


if __name__ == "__main__":
    main()
