"""Smart tools that need no weights: a small gesture becomes a shape."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="smart_tools",
    title="Smart tools",
    api="0.1",
    assistants=(
        "studio_smart_tools.wand:MagicWand",
        "studio_smart_tools.live_wire:LiveWire",
        "studio_smart_tools.cut_out:CutOut",
        "studio_smart_tools.superpixels:Superpixels",
        "studio_smart_tools.watershed:Watershed",
        "studio_smart_tools.pixel_classifier:PixelClassifier",
        "studio_smart_tools.edge_snap:EdgeSnap",
        "studio_smart_tools.contour:ContourRefinement",
        "studio_smart_tools.find_similar:FindSimilar",
    ),
)
