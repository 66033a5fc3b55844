"""The start of the ``whorl`` command: from its first moment Ctrl-C ends it quietly."""

from __future__ import annotations

import os
import signal

INTERRUPTED = 130


def main() -> None:
    """Run the command line; interrupted while it is loaded or after it has ended, leave at once."""
    signal.signal(signal.SIGINT, _leave)
    from whorl.cli.main import main as command

    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        command()
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGINT, _leave)


def _leave(_number: int, _frame: object) -> None:
    """End the process: nothing has been begun that must be ended in order."""
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
