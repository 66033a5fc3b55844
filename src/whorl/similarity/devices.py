"""Computing tiles on a GPU, through torch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from whorl.errors import WhorlError
from whorl.extras import installing
from whorl.similarity.device_kernels import DeviceKernel
from whorl.similarity.measures import Measure
from whorl.similarity.threads import Span, Tile

if TYPE_CHECKING:
    import torch

MEMORY_SHARE = 0.5  # of the device's free memory, for the work; half as much may keep the rows
MOST_MEMORY = 4 * 2**30  # for the work; also what counts as free where a device does not tell
SIDE = 1024  # items of either set compared at once, at most
TILE_BYTES = 256 * 2**20  # similarities that are computed before they are handed out


def tiles_by_device(
    measure: Measure,
    a: NDArray[Any],
    b: NDArray[Any],
    spans: Sequence[Span],
    device: str,
) -> Iterator[Tile]:
    """Yield the similarities of all of `a` with each span of `b`, in the order of the spans.

    Equal to those of :func:`whorl.similarity.threads.tiles_by_threads` to 1e-4. Spans are worked
    on several at a time, in blocks that fit the device's free memory and shrink where it runs out.

    Parameters
    ----------
    measure : Measure
        The similarity.
    a, b : ndarray
        What is compared; memory-mapped arrays are read as needed.
    spans : sequence of (int, int)
        First and last position (exclusive) in `b`.
    device : str
        As torch names it: "cuda", "cuda:1", or "cpu".

    Raises
    ------
    WhorlError
        If torch or the device is missing, the measure cannot be computed there, or not even one
        pair fits into its memory.
    """
    comparison = _Comparison(measure, a, device)
    for group in _groups(spans, len(a)):
        tile = comparison.tile(np.concatenate([b[slice(*span)] for span in group]))
        ends = np.cumsum([last - first for first, last in group])
        yield from np.split(tile, ends[:-1], axis=1)


class _Comparison:
    """All of `a` with whatever comes, within the memory that the device has free."""

    def __init__(self, measure: Measure, a: NDArray[Any], device: str) -> None:
        self._device = usable_device(device)
        self._kernel = _gpu_half(measure)
        self._what = f"{measure.name} of one pair of {'×'.join(map(str, a.shape[:0:-1]))}"
        self._rows = a
        free = _free_bytes(self._device)
        self._memory = min(int(free * MEMORY_SHARE), MOST_MEMORY)
        self._side = self._largest_side()
        self._whole = measure.whole_rows
        each = self._prepared(a[:1]).nbytes
        self._keep = self._whole or len(a) * each <= free * MEMORY_SHARE / 2
        self._kept: torch.Tensor | None = None

    def tile(self, columns: NDArray[Any]) -> Tile:
        """Return the similarities of all rows with these columns."""
        import torch

        while True:
            try:
                with _full_precision(), torch.inference_mode():
                    return self._compute(columns)
            except torch.OutOfMemoryError:
                pass  # only outside of the handler is what was computed let go
            self._keep, self._kept = self._whole, None
            torch.cuda.empty_cache()
            self._memory //= 2
            self._side = self._largest_side()

    def _compute(self, columns: NDArray[Any]) -> Tile:
        """Compare block by block."""
        if self._keep and self._kept is None:
            self._kept = self._all_rows()
        tile = np.empty((len(self._rows), len(columns)), np.float32)
        rows_side = len(self._rows) if self._whole else self._side
        for across in _cuts(len(columns), self._side):
            b = self._prepared(columns[across])
            for down in _cuts(len(self._rows), rows_side):
                a = self._prepared(self._rows[down]) if self._kept is None else self._kept[down]
                tile[down, across] = self._kernel.compare(a, b, self._memory).cpu().numpy()
        return tile

    def _prepared(self, items: NDArray[Any]) -> torch.Tensor:
        """Copy items to the device and prepare them there."""
        import torch

        return self._kernel.prepare(torch.tensor(items, device=self._device))

    def _all_rows(self) -> torch.Tensor:
        """Prepare all rows, block by block, or at once where the measure needs to see all."""
        import torch

        if self._whole:
            return self._kernel.prepare_rows(torch.tensor(self._rows, device=self._device))
        one = self._prepared(self._rows[:1])
        rows = one.new_empty((len(self._rows), *one.shape[1:]))
        for cut in _cuts(len(rows), self._side):
            rows[cut] = self._prepared(self._rows[cut])
        return rows

    def _largest_side(self) -> int:
        """Return the largest block, a power of two, that can be worked on in the memory."""
        side, shape = SIDE, self._rows.shape[1:]
        while side and self._kernel.least_bytes(shape, side) > self._memory:
            side //= 2
        if not side:
            raise WhorlError(
                f"{self._what} does not fit into the memory that is free on {self._device}: end "
                "what else runs there, choose another --device, or use --device cpu"
            )
        return side


def _gpu_half(measure: Measure) -> DeviceKernel:
    """Return the measure's GPU half, which it must have."""
    kernel = measure.on_device()
    if kernel is None:
        raise WhorlError(
            f"{measure.name} cannot be computed on a GPU: use --device cpu, or another measure"
        )
    return kernel


def _groups(spans: Sequence[Span], rows: int) -> Iterator[list[Span]]:
    """Cut the spans into runs that together fill a block."""
    most = max(1, min(SIDE, TILE_BYTES // (4 * rows)))
    group: list[Span] = []
    for span in spans:
        if group and sum(last - first for first, last in [*group, span]) > most:
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _cuts(length: int, step: int) -> Iterator[slice]:
    """Yield slices of at most `step`, one after the other."""
    return (slice(first, first + step) for first in range(0, length, step))


def usable_device(device: str) -> torch.device:
    """Return the device, once it has taken a tensor."""
    if not re.fullmatch(r"cpu|cuda(:\d+)?", device):
        raise WhorlError(f"--device {device}: must be cpu, cuda or cuda:NUMBER")
    try:
        import torch
    except ImportError as error:
        raise WhorlError(
            f"--device {device} needs torch: {installing('deep')}, or use --device cpu"
        ) from error
    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise WhorlError(
            f"--device {device} is not available here ({reason}): use --device cpu"
        ) from error
    return torch.device(device)


def _free_bytes(device: torch.device) -> int:
    """Return the memory that is free on the device, what torch holds in reserve included."""
    import torch

    if device.type != "cuda":
        return MOST_MEMORY
    free, _total = torch.cuda.mem_get_info(device)
    return free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)


@contextmanager
def _full_precision() -> Iterator[None]:
    """Compute float32 products in float32 within the block."""
    import torch

    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)
