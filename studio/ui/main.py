"""The window's beginning: one application, one theme, one window."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from studio.ui.shell.crash_report import Hook
from studio.ui.shell.opener import Opener
from studio.ui.theme import current
from studio.ui.window import Window


def application(theme: str) -> QApplication:
    """Return the application, dressed; there is one a process."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("Visual AI studio")
    app.setDesktopFileName("visual-ai-studio")
    current.put_on(app, theme)
    return app


def run(opener: Opener, folder: Path | None = None, sample: str = "") -> int:
    """Show the window until it is closed.

    Parameters
    ----------
    opener : Opener
        The composed studio; see `studio.app`.
    folder : Path, optional
        Project to open; without one the welcome page is shown.
    sample : str
        Sample to open instead; it is made behind the shown window if it is not there yet.

    Returns
    -------
    int
        Exit code.
    """
    app = application(str(opener.settings.get("theme")))
    window = Window(opener)
    hook = Hook(window.fail)
    hook.install()
    window.show()
    if folder is not None:
        window.open(folder)
    elif sample:
        window.entrance.open_sample(sample)
    try:
        return app.exec()
    finally:
        hook.remove()
