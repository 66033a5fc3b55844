"""Computing tiles on a Dask cluster.

One task computes one tile. Images that came from files travel as their paths and content hashes:
a worker reads them itself, through a file system that it shares with the client, and refuses what
has another content. Other arrays travel with the tasks. What a worker has prepared it keeps for
its next tiles, up to a bound. A task whose worker dies is given to another.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from whorl.errors import WhorlError
from whorl.images import ImageSet, Origin, Reading, load
from whorl.similarity.measures import Measure, array_of
from whorl.similarity.threads import KEPT_BYTES, Span, Tile, rows_at_once

if TYPE_CHECKING:
    from distributed import Client, Future

RETRIES = 5


def tiles_by_cluster(
    measure: Measure,
    a: ImageSet | NDArray[Any],
    b: ImageSet | NDArray[Any],
    spans: Sequence[Span],
    client: Client,
) -> Iterator[Tile]:
    """Yield the similarities of all of `a` with each span of `b`, in the order of the spans.

    The same as :func:`whorl.similarity.threads.tiles_by_threads`, computed by the workers of
    `client`. At most two tiles a worker thread are under way, so that the client's memory stays
    bounded.

    Raises
    ------
    WhorlError
        If the cluster has no worker.
    """
    array = array_of(measure, a)
    height = rows_at_once(measure, array.shape)
    rows = [_part(measure, a, first, first + height) for first in range(0, len(a), height)]
    threads = sum(client.nthreads().values())
    if not threads:
        raise WhorlError("the Dask cluster has no worker: start at least one")
    waiting: deque[Future[Tile]] = deque()
    try:
        for span in spans:
            waiting.append(
                client.submit(
                    _tile, measure, rows, _part(measure, b, *span), pure=False, retries=RETRIES
                )
            )
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        client.cancel(list(waiting))


@dataclass(frozen=True)
class _Part:
    """A part of a set as it travels: where its images come from, or the array itself."""

    hashes: tuple[str, ...]
    origins: tuple[Origin, ...]
    array: NDArray[Any] | None
    in_colour: bool = False

    def fetch(self) -> NDArray[Any]:
        """Return the array, read from its files where it did not travel."""
        if self.array is not None:
            return self.array
        found: dict[str, NDArray[np.uint8]] = {}
        together: dict[tuple[Path, Reading], dict[Path, None]] = defaultdict(dict)
        # one folder at a time: elsewhere names may be the same
        for origin in self.origins:
            together[origin.path.parent, origin.reading][origin.path] = None
        for (_, reading), paths in together.items():
            images = load(list(paths), **reading._asdict())
            pixels = images.shown if self.in_colour else images.pixels
            found |= dict(zip(images.hashes, pixels, strict=True))
        for content, origin in zip(self.hashes, self.origins, strict=True):
            if content not in found:
                raise WhorlError(f"{origin.path}: a worker read another content than the client")
        return np.stack([found[content] for content in self.hashes])


def _part(measure: Measure, items: ImageSet | NDArray[Any], first: int, last: int) -> _Part:
    """Return a part of the items, ready to travel."""
    if not isinstance(items, ImageSet):
        return _Part((), (), items[first:last])
    hashes = items.hashes[first:last]
    if items.origins is None:
        return _Part(hashes, (), array_of(measure, items)[first:last])
    origins = (o._replace(path=o.path.absolute()) for o in items.origins[first:last])
    return _Part(hashes, tuple(origins), None, measure.colour)


def _tile(measure: Measure, rows: Sequence[_Part], columns: _Part) -> Tile:
    """Compute one tile; runs on a worker."""
    prepared = measure.prepare(columns.fetch())
    return np.concatenate(
        [measure.compare(_PREPARED.get(measure, part), prepared) for part in rows]
    )


class _Prepared:
    """What a worker has prepared of the rows, kept for its next tiles up to a bound."""

    def __init__(self, limit: int) -> None:
        self._limit, self._lock = limit, Lock()
        self._kept: OrderedDict[tuple[Measure, tuple[str, ...]], tuple[int, Any]] = OrderedDict()

    def get(self, measure: Measure, part: _Part) -> Any:
        """Return the prepared part; the longest unused make room for the new."""
        key = (measure, part.hashes)
        with self._lock:
            if key in self._kept and part.hashes:
                self._kept.move_to_end(key)
                return self._kept[key][1]
        array = part.fetch()
        prepared = measure.prepare_rows(array)
        if part.hashes:
            with self._lock:
                self._kept[key] = (len(array) * measure.prepared_bytes(array.shape[1:]), prepared)
                while (
                    len(self._kept) > 1
                    and sum(size for size, _ in self._kept.values()) > self._limit
                ):
                    self._kept.popitem(last=False)
        return prepared


_PREPARED = _Prepared(KEPT_BYTES)
