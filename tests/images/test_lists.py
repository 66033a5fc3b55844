"""Lists of images in CSV files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.images.files import RAMP, write
from whorl.errors import ImageError
from whorl.images import load


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    for number, name in enumerate(("p1/a.png", "p2/a.png", "p2/b.2.png")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write((tmp_path / name).parent, Path(name).name, RAMP + np.uint8(number))
    return tmp_path


def listing(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_text(text)
    return path


def test_paths_start_from_the_list_and_keep_its_order(scans: Path) -> None:
    text = f"note,path\nx,p2/b.2.png\ny,p1/../p1/a.png\nz,{scans}/p2/a.png\n"
    images = load(listing(scans, text))
    assert images.ids == ("p2/b.2", "p1/a", "p2/a")
    assert images.pixels[:, 0, 0].tolist() == [2, 0, 1]
    assert (images.patients, images.name) == (None, "list")


def test_patients_and_ids_are_taken_from_their_columns(scans: Path) -> None:
    text = "\ufefffile,patient,image_id\np1/a.png,Ann,one\np2/a.png,Bob,two\n"
    images = load(listing(scans, text))
    assert (images.ids, images.patients) == (("one", "two"), ("Ann", "Bob"))
    assert not images.patients_confidential


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"line 1: expected one column of paths \(path, file, .*\), found nothing"),
        ("id,name\n", "line 1: expected one column of paths .* found id, name"),
        ("path,file\n", "line 1: expected one column of paths .* found path and file"),
        ("path,path\n", "line 1: names a column twice"),
        ("path\n", "line 2: expected an image, found nothing"),
        ("path,patient\np1/a.png,\n,x\n", "line 2: has no patient; line 3: has no path"),
        ("path\n\np1/a.png\np1/gone.png\n", r"line 4: no file 'p1/gone\.png'"),
        ("path\np1/a.png,x\n", "line 2: expected 1 fields, found 2"),
        ('path\n"p1\n', "is not valid CSV"),
        ("path\n" + "x.png\n" * 9, r"line 6: no file 'x\.png'; and 4 more"),
        ("path\np1/a.png\np1/a.png\n", "have the same id 'a'"),
    ],
)
def test_faults_are_named(scans: Path, text: str, message: str) -> None:
    with pytest.raises(ImageError, match=message):
        load(listing(scans, text))


def test_text_in_another_encoding(scans: Path) -> None:
    path = scans / "list.csv"
    path.write_bytes("path\nä.png\n".encode("latin-1"))
    with pytest.raises(ImageError, match="is not UTF-8 text"):
        load(path)
