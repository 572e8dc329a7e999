"""What a person switched on for the label page; kept in the settings, over all projects."""

from __future__ import annotations

from studio.errors import StudioError
from studio.services.settings import Settings

_KEY = "label_page"


class Switches:
    """Names of what is on.

    Parameters
    ----------
    settings : Settings
        Keep it. Where they cannot be written, a switch holds until the window is closed.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        found = settings.get(_KEY)
        self._on = {str(name) for name in found} if isinstance(found, list) else set()

    def on(self, name: str) -> bool:
        """Tell whether something is switched on."""
        return name in self._on

    def set(self, name: str, on: bool) -> None:
        """Switch something on or off."""
        if on == self.on(name):
            return
        self._on ^= {name}
        try:
            self._settings.set(_KEY, [*sorted(self._on)])
        except StudioError:
            # A full disk must not keep anybody from looking at a ruler.
            return
