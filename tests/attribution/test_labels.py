"""Which subset an image is of: by folder, by table, by patient."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.attribution.worlds import greys
from whorl.attribution.labels import labelled, renamed
from whorl.attribution.view import SubsetError
from whorl.images import ImageSet


def named(*ids: str) -> ImageSet:
    return ImageSet(ids, np.zeros((len(ids), 8, 8), np.uint8), "reals")


def test_the_uppermost_folder_is_the_subset() -> None:
    assert labelled(named("site A/p1/x", "site B/x")).subsets == ("site A", "site B")


def test_images_in_no_folder_are_named() -> None:
    with pytest.raises(SubsetError, match="reals: no sub-folder holds 1 of 2 images: 'x'; give"):
        labelled(named("t1/a", "x"))


def test_a_table_names_the_subsets_of_ids_with_or_without_extension(tmp_path: Path) -> None:
    table = tmp_path / "subsets.csv"
    table.write_text("image_id,subset\na.png,t2\nb,t1\nc,t9\n")
    assert labelled(named("a", "b"), str(table)).subsets == ("t2", "t1")
    with pytest.raises(SubsetError, match=r"no subset stands in .*subsets.csv for 1 of 2 images"):
        labelled(named("a", "d"), table)
    table.write_text("image_id,site\na,t2\n")
    with pytest.raises(SubsetError, match=r"subsets.csv: line 1: the header names no column subse"):
        labelled(named("a"), table)


def test_patients_out_of_headers_are_shown_by_pseudonym() -> None:
    images = greys("r", [1, 2, 3], ["Meier", "Abel", "Meier"])
    assert labelled(images, "patient").subsets == ("Meier", "Abel", "Meier")
    hidden = replace(images, patients_confidential=True)
    assert labelled(hidden, "patient").subsets == ("P001", "P002", "P001")


def test_patients_that_are_not_known() -> None:
    with pytest.raises(SubsetError, match="whose the images are is not known"):
        labelled(greys("r", [1]), "patient")


def test_what_is_neither() -> None:
    with pytest.raises(SubsetError, match="--subsets site: is neither folder nor patient, nor a"):
        labelled(greys("r", [1]), "site")


def test_folders_of_generated_images_are_called_as_those_of_their_reals() -> None:
    made = labelled(named("gen_t1/a", "generated_t2/a", "t3/a", "other/a"))
    assert renamed(made, ["t1", "real_t2", "t3"]).subsets == ("t1", "real_t2", "t3", "other")
