"""What can be done on every page with a canvas: take a tool, look from nearer or farther."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from studio.ui.canvas.tools.tool import Tool
from studio.ui.canvas.view import ZOOM_STEP, CanvasView
from studio.ui.desk import Command


def tool_commands(page: str, canvas: CanvasView, tools: Sequence[Tool] = ()) -> list[Command]:
    """Return one command for each tool.

    Parameters
    ----------
    page : str
        Id of the page, put before those of the commands.
    tools : sequence of Tool
        Those that are offered; all of the canvas if empty.
    """
    return [
        Command(
            f"{page}.tool_{one.id}",
            one.title,
            partial(canvas.take_tool, one.id),
            one.shortcut,
            one.icon,
        )
        for one in tools or canvas.tools.values()
    ]


def view_commands(
    page: str, canvas: CanvasView, what: str, there: Callable[[], bool], why_not: str
) -> list[Command]:
    """Return the commands that zoom.

    Parameters
    ----------
    page : str
        Id of the page, put before those of the commands.
    what : str
        What is looked at: `picture` or `frame`.
    there : callable
        Tells whether there is one.
    why_not : str
        What is missing otherwise.
    """
    nearer, farther = partial(canvas.zoom_by, ZOOM_STEP), partial(canvas.zoom_by, 1 / ZOOM_STEP)
    verbs = (
        ("farther", "Zoom out", farther, "Ctrl+-", "zoom-out"),
        ("nearer", "Zoom in", nearer, "Ctrl++", "zoom-in"),
        ("full", "Zoom to 100 %", canvas.actual_size, "0", "zoom-scan"),
        ("fit", f"Fit {what}", canvas.fit, "F", "maximize"),
    )
    return [
        Command(f"{page}.{verb}", title, run, key, icon, "View", there, why_not)
        for verb, title, run, key, icon in verbs
    ]
