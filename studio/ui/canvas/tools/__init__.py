"""The tools; a new one is a file of its own and a line here."""

from studio.ui.canvas.tools.box import BoxTool
from studio.ui.canvas.tools.polygon import PolygonTool
from studio.ui.canvas.tools.select import SelectTool
from studio.ui.canvas.tools.tool import Tool

TOOLS: tuple[type[Tool], ...] = (SelectTool, BoxTool, PolygonTool)

__all__ = ["TOOLS", "BoxTool", "PolygonTool", "SelectTool", "Tool"]
