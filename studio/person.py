"""Who works here: the name under which edits, reviews and comments are kept."""

from __future__ import annotations

import getpass
import os


def person() -> str:
    """Return the person's name: `STUDIO_PERSON`, or the name on this machine, or nothing."""
    given = os.environ.get("STUDIO_PERSON", "").strip()
    if given:
        return given[:200]
    try:
        return getpass.getuser()[:200]
    # In a container the account may have no name (KeyError, and OSError from 3.13 on).
    except (KeyError, OSError):
        return ""
