"""What helps to see where one is: rulers, grid, navigator, as they were switched on last time."""

from __future__ import annotations

from collections.abc import Callable

from studio.ui.canvas.navigator import NAVIGATOR, Navigator
from studio.ui.canvas.rulers import GRID, RULERS
from studio.ui.canvas.view import CanvasView
from studio.ui.desk import Command
from studio.ui.pages.label.switches import Switches


def view_aids(
    canvas: CanvasView,
    navigator: Navigator,
    switches: Switches,
    there: Callable[[], bool],
    tell: Callable[[str], None],
) -> list[Command]:
    """Show what a person switched on before, and return the commands that switch it."""
    canvas.rulers.shown, canvas.rulers.grid = switches.on(RULERS), switches.on(GRID)
    navigator.show_if(switches.on(NAVIGATOR))
    return [
        *canvas.rulers.commands(there, tell, switches.set),
        *navigator.commands(there, tell, switches.set),
    ]
