"""The ``whorl`` command as ``python -m hard.whorl``: of this checkout, whatever is installed."""

from __future__ import annotations

from whorl.cli.main import main

if __name__ == "__main__":
    main()
