"""Hold what was built to what git tracks: nothing of the package is left out, no junk comes along.

Run by ``make dist``: ``python scripts/check_dist.py dist``.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = "src/"


def tracked() -> set[str]:
    """Return the files that git tracks, as paths from the root."""
    listing = subprocess.run(  # noqa: S603
        ["git", "-C", str(ROOT), "ls-files", "-z"],  # noqa: S607
        capture_output=True,
        check=True,
        text=True,
    )
    return set(listing.stdout.split("\0")) - {""}


def in_wheel(path: Path) -> set[str]:
    """Return the files of a wheel, less those that describe it."""
    with zipfile.ZipFile(path) as wheel:
        return {name for name in wheel.namelist() if ".dist-info/" not in name}


def in_sdist(path: Path) -> set[str]:
    """Return the files of a source distribution, less its top folder and what describes it."""
    with tarfile.open(path) as sdist:
        files = {member.name.partition("/")[2] for member in sdist if member.isfile()}
    return files - {"PKG-INFO"}


def faults(files: set[str], wheel: set[str], sdist: set[str]) -> list[str]:
    """Return what stands between the files in git and what was built, one line each."""
    package = _packaged(files)
    return [
        *(f"wheel lacks {name}" for name in sorted(package - wheel)),
        *(f"wheel has {name}, which git does not track" for name in sorted(wheel - package)),
        *(f"sdist lacks {PACKAGE}{name}" for name in sorted(package - _packaged(sdist))),
        *(f"sdist has {name}, which git does not track" for name in sorted(sdist - files)),
    ]


def _packaged(files: set[str]) -> set[str]:
    """Return the files of the package, as a wheel names them."""
    return {name.removeprefix(PACKAGE) for name in files if name.startswith(PACKAGE)}


def main() -> int:
    """Check the one wheel and the one source distribution of a folder."""
    folder = Path(sys.argv[1])
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    found = faults(tracked(), in_wheel(wheel), in_sdist(sdist))
    sys.stderr.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
