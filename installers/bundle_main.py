"""The entry of the bundle: the `studio` command; without arguments it opens the window."""

from __future__ import annotations

import sys

from studio.cli import main

if len(sys.argv) == 1:
    sys.argv.append("window")
main()
