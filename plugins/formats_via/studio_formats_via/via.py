"""The VGG image annotator, versions 1 and 2: a project or its annotations as one JSON file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from studio.api.files import walk
from studio.api.formats import (
    AnnotatedMedia,
    Drawn,
    Found,
    LabelSchema,
    Points,
    Problem,
    Tag,
    UnreadableLabels,
    Written,
)
from studio.api.losses import Keeps
from studio.api.unchecked import Named, beginnings, document, found, local_name, text
from studio_formats_via.regions import LABEL, attributes_of, drawn_of, forms_of, tags_of

KINDS = frozenset({"box", "circle", "ellipse", "polygon", "polyline", "points", "tag"})


class Via:
    """JSON of the VGG image annotator 1 and 2, read and written."""

    name = "via"
    title = "VGG image annotator"
    reads = True
    writes = True
    geometries = KINDS
    keeps = Keeps(geometries=KINDS, attributes="any")

    def recognises(self, path: Path) -> float:
        """Look for a JSON file of regions."""
        return 0.94 if any(map(_promising, beginnings(path, ".json"))) else 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures, those that no file names last."""
        sheets = list(_sheets(path, problems))
        if not sheets:
            raise UnreadableLabels("There is no file of VIA 1 or 2 here.", "Choose another format.")
        named = (
            _named(file, entry, problems)
            for file, sheet in sheets
            for entry in _entries(sheet).values()
        )
        yield from found(path, (one for one in named if one is not None), problems)

    def label_order(self, path: Path) -> Sequence[str]:
        """Take the order of the choices that the label has."""
        for _, sheet in _sheets(path, []):
            value: object = sheet.get("_via_attributes")
            for key in ("region", LABEL, "options"):
                value = value.get(key) if isinstance(value, dict) else None
            if isinstance(value, dict):
                return [text(name) for name in value if text(name)]
        return ()

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write one project beside the pictures."""
        names = {label.id: label.name for label in schema.labels}
        entries: dict[str, object] = {}
        for item in items:
            regions = [
                {"shape_attributes": form, "region_attributes": attributes_of(s, names[s.label])}
                for s in item.shapes
                for form in forms_of(s)
            ]
            tags = {names[s.label]: True for s in item.shapes if isinstance(s.geometry, Tag)}
            entries[f"{item.media.name}-1"] = {
                "filename": item.media.name,
                "size": -1,
                "regions": regions,
                "file_attributes": {"labels": tags} if tags else {},
            }
        project = _project(schema.names, entries)
        written = Written(lost=lost(items))
        written.files["via_project.json"] = json.dumps(project, ensure_ascii=False).encode()
        return written


def lost(items: Sequence[AnnotatedMedia]) -> list[str]:
    """Say what is lost beyond what the capabilities of the format name."""
    shapes = [shape for item in items for shape in item.shapes]
    several = sum(isinstance(s.geometry, Points) and len(s.geometry.points) > 1 for s in shapes)
    named = sum(LABEL in shape.attributes for shape in shapes)
    told = []
    if several:
        told.append(f"VIA has single points: {several:,} sets of points were taken apart.")
    if named:
        told.append(f"The label is an attribute here: {named:,} others called so were left out.")
    return told


def _promising(start: bytes) -> bool:
    return b'"_via_' in start or (b'"regions"' in start and b'"shape_attributes"' in start)


def _sheets(path: Path, problems: list[Problem]) -> Iterator[tuple[Path, dict[str, object]]]:
    for file in [path] if path.is_file() else walk(path):
        if file.suffix.casefold() != ".json":
            continue
        try:
            sheet = document(file)
        except UnreadableLabels as error:
            problems.append(Problem(path=file.name, reason=error.what_happened))
            continue
        if isinstance(sheet, dict) and any(
            isinstance(entry, dict) and "filename" in entry for entry in _entries(sheet).values()
        ):
            yield file, sheet


def _entries(sheet: dict[str, object]) -> dict[str, object]:
    entries = sheet.get("_via_img_metadata", sheet)
    return entries if isinstance(entries, dict) else {}


def _named(file: Path, entry: object, problems: list[Problem]) -> Named | None:
    if not isinstance(entry, dict) or not text(entry.get("filename")):
        problems.append(Problem(path=file.name, reason="An entry names no picture."))
        return None
    name = local_name(text(entry["filename"]))
    drawn: list[Drawn] = list(tags_of(entry.get("file_attributes")))
    regions = entry.get("regions")
    # Version 1 numbers its regions in a dictionary.
    listed = list(regions.values()) if isinstance(regions, dict) else regions
    for number, region in enumerate(listed if isinstance(listed, list) else [None], 1):
        form = region if isinstance(region, dict) else {}
        one = drawn_of(form.get("shape_attributes"), form.get("region_attributes"))
        if isinstance(one, Drawn):
            drawn.append(one)
        else:
            problems.append(Problem(path=name, reason=f"Region {number}: {one}."))
    return Named(name, file, drawn)


def _project(names: Sequence[str], entries: dict[str, object]) -> dict[str, object]:
    """Write a project with settings that the program cannot do without."""
    choices = dict.fromkeys(names, "")
    grid = {
        "img_height": 80, "rshape_fill": "none", "rshape_fill_opacity": 0.3,
        "rshape_stroke": "yellow", "rshape_stroke_width": 2, "show_region_shape": True,
        "show_image_policy": "all",
    }  # fmt: skip
    image = {
        "region_label": LABEL, "region_color": LABEL, "region_label_font": "10px Sans",
        "on_image_annotation_editor_placement": "NEAR_REGION",
    }  # fmt: skip
    return {
        "_via_settings": {
            "ui": {
                "annotation_editor_height": 25,
                "annotation_editor_fontsize": 0.8,
                "leftsidebar_width": 18,
                "image_grid": grid,
                "image": image,
            },
            "core": {"buffer_size": 18, "filepath": {}, "default_filepath": ""},
            "project": {"name": "export"},
        },
        "_via_img_metadata": entries,
        "_via_attributes": {
            "region": {
                LABEL: {
                    "type": "dropdown", "description": "", "options": choices, "default_options": {}
                }
            },
            "file": {
                "labels": {
                    "type": "checkbox", "description": "", "options": choices, "default_options": {}
                }
            },
        },
        "_via_data_format_version": "2.0.10",
        "_via_image_id_list": list(entries),
    }  # fmt: skip
