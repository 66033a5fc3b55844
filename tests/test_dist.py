"""What is built is held to what git tracks."""

from __future__ import annotations

from pathlib import Path

from scripts.check_dist import faults, in_sdist, in_wheel, tracked

FILES = {"src/whorl/a.py", "src/whorl/sample/b.png", "LICENSE", "tests/test_a.py"}
WHEEL = {"whorl/a.py", "whorl/sample/b.png"}


def test_what_is_complete_has_no_faults() -> None:
    assert faults(FILES, WHEEL, FILES) == []


def test_a_file_of_the_package_that_is_left_out_is_named() -> None:
    found = faults(FILES, {"whorl/a.py"}, FILES - {"src/whorl/a.py"})
    assert found == ["wheel lacks whorl/sample/b.png", "sdist lacks src/whorl/a.py"]


def test_junk_is_named() -> None:
    found = faults(FILES, WHEEL | {"whorl/a.nbi"}, FILES | {"notes.txt"})
    assert found == [
        "wheel has whorl/a.nbi, which git does not track",
        "sdist has notes.txt, which git does not track",
    ]


def test_the_lists_are_read_from_the_archives(tmp_path: Path) -> None:
    import tarfile
    import zipfile

    (tmp_path / "a.py").write_text("")
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        wheel.writestr("whorl/a.py", "")
        wheel.writestr("whorl_audit-1.dist-info/METADATA", "")
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as sdist:
        sdist.add(tmp_path / "a.py", "whorl_audit-1/src/whorl/a.py")
        sdist.add(tmp_path / "a.py", "whorl_audit-1/PKG-INFO")
    assert in_wheel(tmp_path / "a.whl") == {"whorl/a.py"}
    assert in_sdist(tmp_path / "a.tar.gz") == {"src/whorl/a.py"}
    assert "scripts/check_dist.py" in tracked()
