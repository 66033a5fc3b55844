"""torchvision beside a torch built for the CPU alone: a cure for its missing operators.

timm imports torchvision. The registry's torchvision is built against a torch for GPUs; beside one
for CPUs its native operators do not load, and its import fails over an operator that nothing here
uses. Declaring that operator first lets the import go through. Calling it still fails, by name.
"""

from __future__ import annotations

import sys
from typing import Any

from whorl.extras import imported
from whorl.networks.runtime import EXTRA, WHAT, ready

OPERATORS = ("nms", "qnms")
SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"

_declared: list[Any] = []  # torch forgets operators whose library is let go


def torchvision() -> Any:
    """Return torchvision; its operators are declared only where its plain import fails.

    Raises
    ------
    NeedError
        If it is not installed.
    """
    try:
        return imported("torchvision", EXTRA, WHAT)
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]  # what the failed import left behind
    library = ready().library.Library("torchvision", "FRAGMENT")
    for operator in OPERATORS:
        library.define(operator + SIGNATURE)
    _declared.append(library)
    return imported("torchvision", EXTRA, WHAT)
