from __future__ import annotations

import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.images.files import RAMP, write, write_dicom, write_nifti
from whorl import progress
from whorl.errors import ImageError
from whorl.images import ImageSet, Origin, load, loading, reading, storage


def test_images_come_by_name_with_their_paths(tmp_path: Path) -> None:
    for number in (10, 2, 1):
        write(tmp_path, f"ct_{number}.png", np.full((8, 9), number, np.uint8))
    images = load(str(tmp_path))
    assert images.name == tmp_path.name
    assert images.ids == ("ct_1", "ct_2", "ct_10")
    assert images.pixels[:, 0, 0].tolist() == [1, 2, 10]
    assert images.origins == tuple(Origin(tmp_path / f"ct_{n}.png") for n in (1, 2, 10))
    assert (images.notes, images.skipped) == ((), ())


def test_a_list_of_files_and_a_name(tmp_path: Path) -> None:
    files = [write(tmp_path, "b.png"), write(tmp_path, "a.png", RAMP[::-1])]
    images = load(files, name="candidates")
    assert (images.name, images.ids) == ("candidates", ("b", "a"))


def test_hashes_are_known_and_those_of_the_pixels(tmp_path: Path) -> None:
    write(tmp_path, "a.png")
    write(tmp_path, "b.png", RAMP[::-1])
    images = load(tmp_path)
    assert "hashes" in vars(images)
    assert images.hashes == ImageSet(images.ids, images.pixels).hashes
    assert images.hashes[0] != images.hashes[1]


def test_formats_mix(tmp_path: Path) -> None:
    write(tmp_path, "a.png")
    write_dicom(tmp_path / "b.dcm", RAMP)
    write_nifti(tmp_path / "c.nii", np.stack([RAMP.T[::-1, ::-1]] * 2, axis=-1))
    images = load(tmp_path)
    assert images.ids == ("a", "b", "c_000", "c_001")
    assert np.array_equal(images.pixels, np.stack([RAMP] * 4))


def test_other_files_are_counted_on_the_set(tmp_path: Path) -> None:
    write(tmp_path, "a.png")
    (tmp_path / "labels.csv").touch()
    images = load(tmp_path)
    assert (images.unread, images.source) == ({"text file": 1}, tmp_path.name)
    assert images.take([0]).unread == {"text file": 1}


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_order_and_notes_do_not_depend_on_threads(
    tmp_path: Path, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: threads)
    for number in range(90):
        colour = np.full((8, 8, 3), number, np.uint8)
        colour[..., 0] += number % 3 == 1
        write(tmp_path, f"{number:02}.png", colour)
    images = load(tmp_path)
    assert images.pixels[:, 0, 0].tolist() == list(range(90))
    assert images.notes == (
        "30 of 90 images converted from colour to grey by luma (ITU-R 601); first: 01.png",
    )


def test_mixed_sizes_are_listed(tmp_path: Path) -> None:
    for name, size in {"a": (9, 8), "b": (8, 8), "c": (8, 8)}.items():
        write(tmp_path, f"{name}.png", np.zeros(size, np.uint8))
    with pytest.raises(
        ImageError,
        match=r"reals: the images differ in size: 8×8 \(2, first b\.png\), 8×9 \(1, first a\.png\)"
        r"; --resize N brings them to N×N, --size N where a generator is to learn from them$",
    ):
        load(tmp_path, name="reals")


def test_resize_brings_images_to_one_size_with_notes(tmp_path: Path) -> None:
    write(tmp_path, "a.png", np.full((16, 16), 7, np.uint8))
    write(tmp_path, "b.png", np.full((32, 20), 9, np.uint8))
    write(tmp_path, "c.png", np.full((8, 8), 5, np.uint8))
    images = load(tmp_path, resize=8)
    assert images.pixels[:, 3, 3].tolist() == [7, 9, 5]
    assert images.size == (8, 8)
    assert images.notes == (
        "2 of 3 images resized to 8×8 (Lanczos filter): 16×16 (1), 20×32 (1); first: a.png",
        "1 of 3 images stretched: resizing did not keep their aspect ratio; first: b.png",
    )


def test_resizing_does_not_alias(tmp_path: Path) -> None:
    stripes = np.zeros((64, 64), np.uint8)
    stripes[:, ::2] = 255  # finer than 16 columns can show: an even grey remains
    write(tmp_path, "a.png", stripes)
    small = load(tmp_path, resize=16).pixels[0, :, 2:-2]
    assert abs(small.mean() - 127.5) < 2
    assert np.ptp(small) < 12


@pytest.mark.parametrize("side", [-1, 0, 6, 8193])
def test_resize_out_of_range(tmp_path: Path, side: int) -> None:
    fault = rf"cannot be resized to {side}×{side} pixels: give a number from 7 to 8192"
    with pytest.raises(ImageError, match=fault):
        load(tmp_path, resize=side)


def test_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    with pytest.raises(ImageError, match=r"a\.png: is empty.*\(--skip-unreadable passes over"):
        load(tmp_path)


def test_link_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to(tmp_path / "gone.png")
    with pytest.raises(ImageError, match=r"a\.png: cannot be read: No such file"):
        load(tmp_path)


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises(ImageError, match=r"a\.png: is no ordinary file"):
        load(tmp_path)


def test_folder_in_a_list(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="is no ordinary file"):
        load([tmp_path])


def test_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    write(tmp_path, "a.png")
    monkeypatch.setattr(Image, "open", refuse)
    with pytest.raises(ImageError, match=r"a\.png: cannot be read: Permission denied"):
        load(tmp_path)


def test_name_that_is_no_text(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/ct_\xff.png")
    write(tmp_path, "a.png").rename(path)
    with pytest.raises(ImageError, match=r"ct_\\udcff\.png': has a name with control .*: rename"):
        load(tmp_path)


def test_header_that_belies_the_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from whorl.images import raster
    from whorl.images.decoding import Header

    monkeypatch.setattr(raster, "probe", lambda _: Header(1, 9, 9))
    write(tmp_path, "a.png")
    with pytest.raises(ImageError, match=r"a\.png: its pixels are not of the size that its header"):
        load(tmp_path)


@pytest.fixture
def half_broken(tmp_path: Path) -> Path:
    """A folder of four images, and of three that fail when checked or when decoded."""
    noise = np.random.default_rng(0).integers(0, 256, (4, 64, 64), dtype=np.uint8)
    for name, pixels in zip(("a", "c", "f", "g"), noise, strict=True):
        write(tmp_path, f"{name}.png", pixels)
    (tmp_path / "b.png").write_text("text")
    for name in ("d", "e"):
        whole = (tmp_path / "a.png").read_bytes()
        (tmp_path / f"{name}.png").write_bytes(whole[: len(whole) // 2])
    return tmp_path


def test_unreadable_files_are_skipped_on_request(half_broken: Path) -> None:
    images = load(half_broken, skip_unreadable=True)
    whole = load([half_broken / f"{name}.png" for name in "acfg"])
    assert images.ids == ("a", "c", "f", "g")
    assert np.array_equal(images.pixels, whole.pixels)
    assert images.hashes == whole.hashes
    assert images.origins == whole.origins
    assert [line.split(": ")[0] for line in images.skipped] == ["b.png", "d.png", "e.png"]
    assert "--skip-unreadable" not in images.skipped[0]


def test_the_first_fault_by_name_is_the_error(half_broken: Path) -> None:
    (half_broken / "b.png").unlink()
    with pytest.raises(
        ImageError, match=r"d\.png: is damaged or cut short \(its stream ends after"
    ):
        load(half_broken)


def test_skipping_everything_is_an_error(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).touch()
    with pytest.raises(
        ImageError, match=r"none of 2 files can be read; the first: .*a\.png: is em"
    ):
        load(tmp_path, skip_unreadable=True)


def test_skipping_all_that_passed_the_check_is_an_error(half_broken: Path) -> None:
    with pytest.raises(ImageError, match="none of 2 files can be read"):
        load([half_broken / "d.png", half_broken / "e.png"], skip_unreadable=True)


def test_skipping_does_not_hide_that_two_files_have_one_id(tmp_path: Path) -> None:
    write(tmp_path, "a.png")
    (tmp_path / "a.jpg").touch()
    with pytest.raises(ImageError, match="have the same id 'a'"):
        load(tmp_path, skip_unreadable=True)


def test_slice_and_file_of_one_id_are_both_named(tmp_path: Path) -> None:
    write_nifti(tmp_path / "a.nii", np.zeros((8, 8, 2), np.uint8))
    write(tmp_path, "a_001.png")
    with pytest.raises(ImageError, match=r"a\.nii and .*a_001\.png have the same id 'a_001'"):
        load(tmp_path)


def test_large_sets_are_memory_mapped(half_broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_memory = load(half_broken, skip_unreadable=True)
    monkeypatch.setattr(storage, "IN_MEMORY_BYTES", 1)
    monkeypatch.setattr(loading, "allocate", lambda shape: storage.allocate(shape, limit=1))
    monkeypatch.setattr(loading, "BLOCK_BYTES", 64 * 64)
    images = load(half_broken, skip_unreadable=True)
    assert isinstance(images.pixels, np.memmap)
    assert np.array_equal(images.pixels, in_memory.pixels)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_memory_stays_bounded_however_many_images(tmp_path: Path) -> None:
    """600 MB of pixels pass through; far less may stay in memory.

    The peak is asked of /proc: that of ``getrusage`` begins with the test's own process.
    """
    write(tmp_path, "0000.png", np.zeros((1000, 1000), np.uint8))
    for number in range(1, 600):
        os.link(tmp_path / "0000.png", tmp_path / f"{number:04}.png")
    script = (
        "import sys, whorl.images as i; a = i.load(sys.argv[1]); "
        "peak = open('/proc/self/status').read().split('VmHWM:')[1].split()[0]; print(len(a), peak)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True
    )
    count, kilobytes = map(int, done.stdout.split())
    assert count == 600
    assert kilobytes < 400_000


def test_warnings_of_libraries_do_not_leak(tmp_path: Path) -> None:
    """A TIFF whose tags are cut off makes Pillow warn, which the tests turn into an error."""
    path = write(tmp_path, "a.tif")
    path.write_bytes(path.read_bytes()[:-2])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pytest.raises(ImageError):
            load(tmp_path)
    assert caught == []


def test_the_limit_of_pillow_is_left_as_it_is(tmp_path: Path) -> None:
    before = Image.MAX_IMAGE_PIXELS
    write(tmp_path, "a.png")
    load(tmp_path)
    assert before == Image.MAX_IMAGE_PIXELS


def test_progress_counts_files_and_images(tmp_path: Path) -> None:
    steps: dict[str, list[int]] = {}

    @contextmanager
    def display(label: str, total: int) -> Iterator[progress.Advance]:
        steps[label] = [total]
        yield steps[label].append

    write(tmp_path, "a.png")
    write_nifti(tmp_path / "b.nii", np.zeros((8, 8, 3), np.uint8))
    token = progress._display.set(display)
    try:
        load(tmp_path, name="reals")
    finally:
        progress._display.reset(token)
    assert steps == {"checking reals": [2, 1, 1], "reading reals": [4, 1, 3]}


def test_work_not_begun_is_dropped_when_the_results_are_closed() -> None:
    done = []
    go_on = threading.Event()

    def work(item: int) -> int:
        if item >= reading.ITEMS_A_CHUNK:
            go_on.wait(10)
        done.append(item)
        return item

    results = reading.in_parallel(work, list(range(1000)), workers=1)
    assert next(results) == 0
    threading.Timer(0.2, go_on.set).start()
    results.close()
    assert len(done) in (
        reading.ITEMS_A_CHUNK,
        2 * reading.ITEMS_A_CHUNK,
    )  # or had the second begun


@pytest.mark.real
def test_real_slices(real_data: Path) -> None:
    images = load(real_data / "data" / "ct_slices" / "images", name="slices")
    assert len(images) == 1653
    assert images.size == (256, 256)
    assert (images.notes, images.skipped) == ((), ())
    assert images.ids[0] == "ct_0001"
    assert 20 < images.pixels.mean() < 235
