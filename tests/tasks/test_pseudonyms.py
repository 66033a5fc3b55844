"""Patients across sets, and what outputs call them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from whorl.errors import WhorlError
from whorl.files import file_hash, written_atomically
from whorl.images import ImageSet
from whorl.tasks.pseudonyms import (
    patients_known,
    pseudonyms,
    require_apart,
    shared_patients,
    with_masked_ids,
    without_shared,
    write_key,
)


def of(name: str, *patients: str) -> ImageSet:
    ids = tuple(f"{name[0]}{k}" for k in range(len(patients)))
    pixels = np.zeros((len(ids), 8, 8), np.uint8)
    return ImageSet(ids, pixels, name, patients=patients)


CANDIDATES = of("candidates", "Meier", "Abel", "Meier")
REFERENCE = of("reference", "Zorn", "Abel", "Zorn")


def test_pseudonyms_count_patients_as_they_first_appear() -> None:
    expected = {"Meier": "P001", "Abel": "P002", "Zorn": "P003"}
    assert pseudonyms(CANDIDATES, REFERENCE) == expected
    assert pseudonyms(CANDIDATES.take([1, 0]))["Abel"] == "P001"


def test_a_thousand_patients_have_pseudonyms_of_one_length() -> None:
    called = pseudonyms(of("c", *map(str, range(1000))))
    assert (called["0"], called["999"]) == ("P0001", "P1000")


def test_folders_that_bear_a_patient_s_id_are_called_by_the_pseudonym() -> None:
    ids = ("Meier/ct/Meier", "export/MEIER/1", "Abel/Meier/2", "Meier")
    images = replace(of("candidates", "Meier", "Meier", "Abel", "Meier"), ids=ids)
    called = {"Meier": "P001", "Abel": "P002"}
    masked = with_masked_ids(images, called)
    assert masked.ids == ("P001/ct/Meier", "export/P001/1", "P002/Meier/2", "Meier")
    made = replace(images, patients=("synthetic",) * 4)
    assert with_masked_ids(made, called).ids[2] == "P002/P001/2"
    assert with_masked_ids(CANDIDATES, called) is CANDIDATES


def test_the_key_says_who_is_who_to_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "patients.csv"
    digest = write_key(path, CANDIDATES, REFERENCE.take([0]))
    assert path.read_text().splitlines() == [
        "image_set,image_id,patient,pseudonym",
        "candidates,c0,Meier,P001",
        "candidates,c1,Abel,P002",
        "candidates,c2,Meier,P001",
        "reference,r0,Zorn,P003",
    ]
    assert path.stat().st_mode & 0o777 == 0o600
    assert digest == file_hash(path)


def test_a_key_that_others_could_read_is_closed_when_it_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "patients.csv"
    path.write_text("")
    path.chmod(0o644)
    write_key(path, CANDIDATES)
    assert path.stat().st_mode & 0o777 == 0o600


def test_nobody_else_reads_a_file_while_it_is_written(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        with written_atomically(tmp_path / "key", 0o600) as temporary:
            assert temporary.stat().st_mode & 0o077 == 0
        with written_atomically(tmp_path / "open"):
            pass
    finally:
        os.umask(umask)
    modes = [(tmp_path / name).stat().st_mode & 0o777 for name in ("key", "open")]
    assert modes == [0o600, 0o666]


def test_a_patient_on_both_sides_is_named() -> None:
    assert shared_patients(CANDIDATES, REFERENCE) == ("Abel",)
    with pytest.raises(WhorlError, match=r"'Abel' has images .* --drop-shared-patients") as caught:
        require_apart(CANDIDATES, REFERENCE)
    assert "DICOM" not in str(caught.value)
    require_apart(CANDIDATES, REFERENCE.take([0, 2]))


def test_a_patient_known_from_headers_is_named_by_pseudonym() -> None:
    hidden = replace(CANDIDATES, patients_confidential=True)
    with pytest.raises(WhorlError, match=r"'P002' has images .* placeholders") as caught:
        require_apart(hidden, REFERENCE)
    assert "Abel" not in str(caught.value)


def test_reference_images_of_shared_patients_are_left_out() -> None:
    kept = without_shared(REFERENCE, CANDIDATES)
    assert kept.ids == ("r0", "r2")
    assert without_shared(kept, CANDIDATES) is kept
    with pytest.raises(WhorlError, match="all its patients are among the candidates"):
        without_shared(REFERENCE.take([1]), CANDIDATES)


def test_sets_of_which_only_some_know_patients_are_named() -> None:
    bare = replace(REFERENCE, patients=None)
    assert patients_known(CANDIDATES, REFERENCE)
    assert not patients_known(bare)
    with pytest.raises(WhorlError, match=r"reference: .* of candidates, but not of 'r0', 'r1'"):
        patients_known(CANDIDATES, bare)
