"""The tools; a new one is a file of its own and a line here."""

from studio.ui.canvas.tools.bezier import BezierTool
from studio.ui.canvas.tools.box import BoxTool
from studio.ui.canvas.tools.cuboid import CuboidTool
from studio.ui.canvas.tools.ellipse import CircleTool, EllipseTool
from studio.ui.canvas.tools.lasso import LassoTool
from studio.ui.canvas.tools.mask import BrushTool, EraserTool
from studio.ui.canvas.tools.points import PointsTool
from studio.ui.canvas.tools.polygon import PolygonTool
from studio.ui.canvas.tools.polyline import PolylineTool
from studio.ui.canvas.tools.rotated_box import RotatedBoxTool
from studio.ui.canvas.tools.select import SelectTool
from studio.ui.canvas.tools.skeleton import SkeletonTool
from studio.ui.canvas.tools.tool import Tool

TOOLS: tuple[type[Tool], ...] = (
    SelectTool, BoxTool, RotatedBoxTool, PolygonTool, LassoTool, PolylineTool, PointsTool,
    EllipseTool, CircleTool, CuboidTool, SkeletonTool, BezierTool, BrushTool, EraserTool,
)  # fmt: skip

__all__ = ["TOOLS", "BoxTool", "PolygonTool", "SelectTool", "Tool"]
