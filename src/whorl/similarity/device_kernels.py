"""What the GPU half of a measure is, and what several halves share.

Torch is imported in functions only: measures are made where there is none. Pairs are compared in
single precision with TensorFloat-32 off (:mod:`whorl.similarity.devices` sees to that), squared
errors in double.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

PART = 4096  # values that are multiplied and added at once, in single precision


class DeviceKernel(ABC):
    """The GPU half of a measure: the measure on torch tensors, on whatever device they lie.

    It prepares items once, as one tensor with a row an item, then compares two blocks of them. It
    agrees with the CPU half to 1e-4.
    """

    @abstractmethod
    def prepare(self, items: Tensor) -> Tensor:
        """Compute once what every comparison of these items needs; one row an item."""

    def prepare_rows(self, items: Tensor) -> Tensor:
        """Compute once what the first set needs, all of it; asked of `whole_rows` measures."""
        return self.prepare(items)

    @abstractmethod
    def compare(self, a: Tensor, b: Tensor, memory: int) -> Tensor:
        """Return the (n, m) similarities, working in about `memory` bytes if that is enough."""

    @abstractmethod
    def least_bytes(self, shape: tuple[int, ...], side: int) -> int:
        """Return the bytes that comparing `side` with `side` items of a shape takes at least."""


class ProductKernel(DeviceKernel):
    """A similarity that is one matrix product of prepared rows."""

    def least_bytes(self, shape: tuple[int, ...], side: int) -> int:
        """Return the bytes of the product, and of preparing and keeping both blocks."""
        return 16 * side**2 + 64 * side * prod(shape)


class UnitProductKernel(ProductKernel):
    """A similarity that is the product of two rows of unit length."""

    def compare(self, a: Tensor, b: Tensor, memory: int) -> Tensor:  # noqa: ARG002
        """Return the product of every pair, within −1 to 1.

        Added up in parts, so that rounding stays small.
        """
        import torch

        products = a.new_zeros(len(a), len(b))
        for x, y in zip(torch.split(a, PART, 1), torch.split(b, PART, 1), strict=True):
            products.addmm_(x, y.T)
        return products.clamp_(-1, 1)


def at_unit_length(rows: Tensor) -> Tensor:
    """Return double rows over their length, in single precision; zero stays zero."""
    import torch

    lengths = torch.linalg.vector_norm(rows, dim=1, keepdim=True)
    return (rows / torch.where(lengths > 0, lengths, 1)).float()
