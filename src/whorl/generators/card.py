"""The card that lies beside a trained generator: what it is, what it saw, how much it repeats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from whorl.errors import WhorlError
from whorl.files import write_text
from whorl.schema import read_model

CARD = "card.json"


class Card(BaseModel):
    """What is known of a trained generator.

    Attributes
    ----------
    kind, settings
        Its kind and its hyper-parameters.
    height, width : int
        Of its images, in pixels.
    seed : int
        Seed of its training.
    training_images : int
        How many it was trained on.
    training_hashes : tuple of str
        SHA-256 of each one's size and grey values, sorted.
    steps, seconds, device
        How long it was trained, on what.
    final_loss : float
        Mean of the last twentieth of the losses.
    samples : int
        How many samples the two shares below were measured on.
    memorised_share, copied_share : float
        See :mod:`whorl.generators.memorisation`.
    versions : mapping of str to str
        Of Python, whorl and the libraries that compute.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    settings: dict[str, Any]
    height: int
    width: int
    seed: int
    training_images: int
    training_hashes: tuple[str, ...]
    steps: int
    seconds: float
    device: str
    final_loss: float | None
    samples: int
    memorised_share: float
    copied_share: float
    versions: dict[str, str]

    def to_markdown(self) -> str:
        """Return the card as a page for readers; the hashes are counted, not listed."""
        rows = {
            "kind": f"`{self.kind}`",
            "images": f"{self.width}×{self.height}, 8-bit grey",
            "trained on": f"{self.training_images:,} images (hashes in `{CARD}`)",
            "training": f"{self.steps:,} steps, {self.seconds:,.0f} s on {self.device}, "
            f"seed {self.seed}",
            "final loss": "–" if self.final_loss is None else f"{self.final_loss:.4f}",
            "memorised": f"{self.memorised_share:.1%} of {self.samples} samples lie nearer to a "
            "training image than that lies to any other training image",
            "copied": f"{self.copied_share:.1%} of {self.samples} samples lie three times nearer "
            "to one training image than to the next",
            "settings": ", ".join(f"{name} {value}" for name, value in self.settings.items()),
            "versions": ", ".join(f"{name} {value}" for name, value in self.versions.items()),
        }
        lines = ["# Generator card", "", "| | |", "|---|---|"]
        lines += [f"| {name} | {value} |" for name, value in rows.items()]
        lines += ["", "Distances are Euclidean, between grey values. A figure of nothing memorised",
                  "does not show that nothing leaks: `whorl audit` asks that."]  # fmt: skip
        return "\n".join(lines) + "\n"


def write_card(folder: Path | str, card: Card) -> None:
    """Write the card into a folder, as ``card.json`` and ``card.md``, each atomically."""
    write_text(Path(folder) / CARD, card.model_dump_json(indent=1) + "\n")
    write_text(Path(folder) / "card.md", card.to_markdown())


def read_card(folder: Path | str) -> Card:
    """Return the card in a generator's folder.

    Raises
    ------
    WhorlError
        If there is none, or one that breaks its schema, naming the field at fault.
    """
    return read_model(Path(folder) / CARD, Card, WhorlError)
