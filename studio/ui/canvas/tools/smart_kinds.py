"""A tool for each assistant that the plugins bring."""

from __future__ import annotations

from collections.abc import Callable

from studio.api.assistants import Assistant, Gesture
from studio.services.assisting import Assisting
from studio.ui.canvas.tools.smart import SmartTool, Voice
from studio.ui.canvas.tools.smart_gestures import DragTool, ShapeTool, StrokesTool
from studio.ui.canvas.tools.smart_path import PathTool
from studio.ui.canvas.tools.tool import Tool

_KINDS: dict[Gesture, type[SmartTool]] = {
    "drag": DragTool,
    "path": PathTool,
    "cut": StrokesTool,
    "paint": StrokesTool,
    "scribble": StrokesTool,
    "shape": ShapeTool,
}


def smart_tools(
    assisting: Assisting, say: Callable[[str], None], warn: Callable[[str], None]
) -> list[type[Tool]]:
    """Return a kind of tool for each assistant.

    Parameters
    ----------
    assisting : Assisting
        Asks the assistants.
    say : callable
        Tells a person something beside the canvas.
    warn : callable
        Tells a person what went wrong.
    """
    voice = Voice(say, warn)
    return [_kind(assistant, assisting, voice) for assistant in assisting.assistants()]


def _kind(assistant: Assistant, assisting: Assisting, voice: Voice) -> type[Tool]:
    facts = {
        "assistant": assistant,
        "assisting": assisting,
        "voice": voice,
        "id": assistant.id,
        "title": assistant.title,
        "icon": assistant.icon,
        "shortcut": assistant.shortcut,
        "hint": _hint(assistant),
    }
    return type(f"{type(assistant).__name__}Tool", (_KINDS[assistant.gesture],), facts)


def _hint(assistant: Assistant) -> str:
    said = assistant.hint
    numbers = [one for one in assistant.options if not one.switch]
    switches = [one for one in assistant.options if one.switch]
    if numbers:
        said += f" · [ and ] set “{numbers[0].title.lower()}”"
    if switches:
        said += f" · ' sets “{switches[0].title.lower()}”"
    return said
