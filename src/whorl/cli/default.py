"""Groups of commands whose first one need not be named."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class RunByDefault(TyperGroup):
    """A group of commands whose first one, ``run``, need not be named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take what is no command's name as the words of ``run``."""
        named = bool(args) and args[0] in self.commands
        return super().parse_args(ctx, args if named else ["run", *args])
