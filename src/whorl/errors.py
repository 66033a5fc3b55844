"""The errors that whorl raises when the input, not the program, is at fault."""

from __future__ import annotations


class WhorlError(Exception):
    """The input is at fault.

    The message is one or more plain lines that name the file, line or option at fault and say
    what to do. The command line prints it and exits with status 1; it never shows a traceback.
    """


class ImageError(WhorlError):
    """An image or a folder of images cannot be used."""


class LayoutError(WhorlError):
    """A folder does not hold what the official task layout asks for."""


class RunFileError(WhorlError):
    """A run file or a truth file breaks the official format."""


class NeedError(WhorlError):
    """A method needs something that the view does not hold."""


class ScoreError(WhorlError):
    """Scores cannot be turned into decisions or metrics."""
