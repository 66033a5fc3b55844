"""Stacks of images in one array."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.images import Window, load, stacks

PIXELS = np.random.default_rng(0).integers(0, 256, (5, 8, 9), dtype=np.uint8)


def saved(path: Path, values: NDArray[Any]) -> Path:
    np.save(path, values)
    return path


def test_a_stack_of_unsigned_bytes_is_taken_as_it_is(tmp_path: Path) -> None:
    images = load(saved(tmp_path / "scans.npy", PIXELS))
    assert images.ids == tuple(f"scans_{k:03d}" for k in range(5))
    assert np.array_equal(images.pixels, PIXELS)
    assert (images.source, images.name, images.notes) == ("scans.npy", "scans", ())


def test_other_types_need_a_window(tmp_path: Path) -> None:
    path = saved(tmp_path / "scans.npy", PIXELS.astype(np.int16) * 10 - 1000)
    with pytest.raises(ImageError, match=r"scans_000: holds int16 values, from .* give --window"):
        load(path)
    images = load(path, window=Window(275, 2550))
    assert np.array_equal(images.pixels, PIXELS)
    assert images.notes == ("all images shown through the given window (centre,width): 275,2550",)


def test_values_that_are_no_numbers(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npy", np.full((1, 8, 8), np.nan))
    with pytest.raises(ImageError, match="no finite numbers"):
        load(path, window=Window(0, 1))
    path = saved(tmp_path / "b.npy", np.full((1, 8, 8), 1j))
    with pytest.raises(ImageError, match="holds complex128 values"):
        load(path, window=Window(0, 1))


def test_colour_becomes_luma_and_one_channel_is_grey(tmp_path: Path) -> None:
    colour = np.zeros((2, 8, 8, 3), np.uint8)
    colour[..., 0] = 200
    images = load(saved(tmp_path / "a.npy", colour))
    assert images.pixels[0, 0, 0] == round(0.299 * 200)
    assert "luma" in images.notes[0]
    assert np.array_equal(load(saved(tmp_path / "b.npy", PIXELS[..., None])).pixels, PIXELS)
    assert len(load(saved(tmp_path / "c.npy", PIXELS[0]))) == 1


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_an_array_of_an_npz_is_named_or_the_only_one(tmp_path: Path, save: Any) -> None:
    path = tmp_path / "mnist.npz"
    save(path, images=PIXELS, labels=np.arange(5))
    assert np.array_equal(load(path).pixels, PIXELS)
    save(path, train=PIXELS, test=PIXELS[:2], labels=np.arange(5))
    assert load(f"{path}::test").ids == ("test_000", "test_001")
    with pytest.raises(ImageError, match=r"say which array .*mnist\.npz::NAME; it holds train \(5"):
        load(path)
    with pytest.raises(ImageError, match="holds no array of that name"):
        load(f"{path}::gone")


def test_an_npz_is_read_block_by_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.savez_compressed(tmp_path / "a.npz", a=PIXELS)
    monkeypatch.setattr(stacks, "BLOCK_BYTES", 150)
    assert np.array_equal(load(tmp_path / "a.npz").pixels, PIXELS)


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    objects = np.array([[[{}, {}]]], dtype=object)
    np.save(tmp_path / "a.npy", objects, allow_pickle=True)
    with pytest.raises(ImageError, match=r"a\.npy: cannot be read \(.*Python objects"):
        load(tmp_path / "a.npy")
    np.savez(tmp_path / "a.npz", a=objects)
    with pytest.raises(ImageError, match="Python objects: save it anew"):
        load(tmp_path / "a.npz")


def test_a_header_that_claims_more_than_there_is(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npy", PIXELS)
    path.write_bytes(path.read_bytes().replace(b"(5, 8, 9)", b"(5, 8,99)"))
    with pytest.raises(ImageError, match=r"a\.npy: cannot be read"):
        load(path)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.write(path, "a.npy")
    with pytest.raises(ImageError, match=r"a\.npz: is damaged .*(claims more|too early)"):
        load(tmp_path / "a.npz")


@pytest.mark.parametrize("shape", [(4,), (2, 8, 8, 4), (0, 8, 8), (1, 2, 8, 8, 1)])
def test_other_shapes_are_named(tmp_path: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(ImageError, match="expected images, an array of shape"):
        load(saved(tmp_path / "a.npy", np.zeros(shape, np.uint8)))


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "a.h5::x"])
def test_absent_and_damaged_files(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImageError, match="no such file"):
        load(tmp_path / name)
    (tmp_path / name.split("::")[0]).write_bytes(b"no array at all")
    with pytest.raises(ImageError, match="cannot be read"):
        load(tmp_path / name)


def test_a_data_set_of_hdf5(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "scans.h5"
    with h5py.File(path, "w") as file:
        file["chest/images"] = PIXELS
        file["chest/labels"] = np.arange(5)
    images = load(f"{path}::chest/images")
    assert images.ids[0] == "chest_images_000"
    assert (images.source, np.array_equal(images.pixels, PIXELS)) == (
        "scans.h5::chest/images",
        True,
    )
    assert np.array_equal(load(path).pixels, PIXELS)
    with pytest.raises(ImageError, match=r"holds no array of that name; it holds chest/images \(5"):
        load(f"{path}::chest")


def test_hdf5_reads_no_other_file(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    (tmp_path / "secret").write_bytes(bytes(640))
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["images"] = PIXELS
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["linked"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "/images")
        file.create_dataset(
            "raw", (5, 8, 9), np.uint8, external=[(str(tmp_path / "secret"), 0, 360)]
        )
        layout = h5py.VirtualLayout((5, 8, 9), np.uint8)
        layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "images", (5, 8, 9))
        file.create_virtual_dataset("virtual", layout)
    for name in ("raw", "virtual"):
        with pytest.raises(ImageError, match="keeps its values in other files"):
            load(tmp_path / f"a.h5::{name}")
    with pytest.raises(ImageError, match="holds no array of that name"):
        load(tmp_path / "a.h5::linked")
