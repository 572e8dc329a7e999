"""One place where logging is set up."""

from __future__ import annotations

import logging
import sys


def set_up(level: int = logging.WARNING) -> None:
    """Send the studio's log records to standard error.

    Parameters
    ----------
    level : int
        Lowest `logging` level that is shown.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger("studio")
    root.handlers[:] = [handler]
    root.setLevel(level)
