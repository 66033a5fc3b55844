"""Images, and patients, that stand on both sides where they should stand on one."""

from __future__ import annotations

from collections.abc import Iterator

from whorl.building.checking.findings import Finding, Level
from whorl.building.record import TaskRecord
from whorl.images import ImageSet
from whorl.images.notes import shortened
from whorl.similarity import find_duplicates
from whorl.tasks.pseudonyms import shared_patients

LABELS = "used and not used", "development and test"


def check_duplicates(a: ImageSet, b: ImageSet, between: str) -> Iterator[Finding]:
    """Say which images are the same, or nearly, in both of two sets."""
    found = find_duplicates(a, b)
    topic = f"duplicates between {between}"
    if found.exact_count:
        pairs = [f"{first} = {second}" for first, second in found.exact]
        yield Finding(Level.FAULT, topic, f"{found.exact_count:,} exact: {shortened(pairs)}")
    if found.near_count:
        pairs = [f"{first} ~ {second} ({alike:.3f})" for first, second, alike in found.near]
        yield Finding(
            Level.WARNING,
            topic,
            f"{found.near_count:,} near (thumbnails correlate from {found.threshold}), worth a "
            f"look: {shortened(pairs)}",
        )
    if not found.exact_count and not found.near_count:
        yield Finding(Level.FINE, topic, "none")


def check_patients(
    a: ImageSet, b: ImageSet, between: str, record: TaskRecord | None
) -> Iterator[Finding]:
    """Say which patients have images in both of two sets; a split by slice allows that."""
    both = sorted(shared_patients(a, b))
    topic = f"patients between {between}"
    if not both:
        yield Finding(Level.FINE, topic, "none on both sides")
        return
    by_slice = record is not None and record.split == "slice"
    yield Finding(
        Level.WARNING if by_slice else Level.FAULT,
        topic,
        f"{len(both):,} {'has' if len(both) == 1 else 'have'} images on both sides: "
        f"{shortened(both)}" + (", as the split by slice allows" if by_slice else ""),
    )


def check_card(used: ImageSet, not_used: ImageSet, record: TaskRecord | None) -> Iterator[Finding]:
    """Say whether the truth agrees with what the generator's card says that it saw."""
    if record is None:
        return
    seen = set(record.generator.training_hashes)
    wrong = [i for i, content in zip(used.ids, used.hashes, strict=True) if content not in seen]
    wrong += [
        i for i, content in zip(not_used.ids, not_used.hashes, strict=True) if content in seen
    ]
    if wrong:
        told = f"{len(wrong):,} images are not what the generator's card says: {shortened(wrong)}"
        yield Finding(Level.FAULT, "truth", told)
    else:
        yield Finding(Level.FINE, "truth", "agrees with the generator's card")
