from __future__ import annotations

from dataclasses import replace

from whorl.features import Joined
from whorl.features.embeddings import Embedding
from whorl.methods.blind import Blind
from whorl.methods.parts import parts_of, with_parts
from whorl.networks.backbones import Backbone
from whorl.runs.teams.clef_cse_gan.clusters import TwoClusters

NESTED = TwoClusters(Joined((Embedding(Backbone("a")), Embedding(Backbone("b")))))


def test_parts_within_tuples_are_found() -> None:
    assert [part.name for part in parts_of(NESTED) if isinstance(part, Backbone)] == ["a", "b"]


def test_each_part_is_changed_and_the_others_are_kept() -> None:
    changed = with_parts(
        NESTED, lambda part: replace(part, size=7) if isinstance(part, Backbone) else part
    )
    assert [part.size for part in parts_of(changed) if isinstance(part, Backbone)] == [7, 7]
    assert changed == TwoClusters(
        Joined((Embedding(Backbone("a", size=7)), Embedding(Backbone("b", size=7))))
    )


def test_nothing_changed_is_the_same_object() -> None:
    method = Blind()
    assert with_parts(method, lambda part: part) is method
