"""The door without a window: every step of the life as a command."""

from studio.cli.main import main

__all__ = ["main"]
