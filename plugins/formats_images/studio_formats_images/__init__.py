"""Pictures without label files: folders, class-per-folder trees and IDX pairs."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="formats_images",
    title="Picture folders and IDX",
    api="0.1",
    formats=(
        "studio_formats_images.plain:Images",
        "studio_formats_images.folders:Folders",
        "studio_formats_images.idx:Idx",
    ),
)
